package sftp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// The names of the authentication methods, RFC 4252 and 4256.
const (
	methodNone     = "none"
	methodKey      = "publickey"
	methodPassword = "password"
	methodQuestion = "keyboard-interactive"
)

// login chooses the authentication methods and remembers what the server took
// and refused. It gives the password away once.
type login struct {
	line     *line
	password Secret

	given   bool     // the password was given to the server, or nearly
	taken   []string // methods that the server took, and wants more
	refused []string // methods that the server answered with no
	allowed []string // methods that the server would take, as it last said
	excess  string   // what the server asks for that one password is no answer to
}

// methods gives the configured ways to log in, best first.
func (l *login) methods(signers []ssh.Signer) []ssh.AuthMethod {
	var methods []ssh.AuthMethod
	if len(signers) > 0 {
		methods = append(methods, ssh.PublicKeys(signers...))
	}
	if l.password != "" {
		methods = append(methods, ssh.PasswordCallback(func() (string, error) { return l.give("the password again") }), l.question())
	}
	return methods
}

// question answers the one hidden question of keyboard-interactive. Anything
// else (a second question, a visible one: a user name, a one-time code) isn't
// answered with the password.
func (l *login) question() ssh.AuthMethod {
	return ssh.KeyboardInteractive(func(_, _ string, questions []string, visible []bool) ([]string, error) {
		if len(questions) == 0 {
			return nil, nil
		}
		more := fmt.Sprintf("%q, which is more than one password", questions)
		if len(questions) > 1 || visible[0] {
			return nil, l.tooMuch(more)
		}
		answer, err := l.give(more)
		return []string{answer}, err
	})
}

// give gives the password away, unless it was given before: then the server
// asks for more.
func (l *login) give(more string) (string, error) {
	if l.given {
		return "", l.tooMuch(more)
	}
	l.given = true
	return string(l.password), nil
}

func (l *login) tooMuch(what string) error {
	l.excess = what
	return fmt.Errorf("the server asks for %s", what)
}

// next is the ssh.ClientAuthCallback: it is called before each attempt and
// stops the ones that would only repeat a failure.
func (l *login) next(state *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	l.allowed, l.taken = state.AllowedMethods, state.PartialSuccessMethods
	if l.line.failure() == nil { // otherwise the line failed, not the login
		l.refused = slices.DeleteFunc(slices.Clone(state.TriedMethods), func(m string) bool { return m == methodNone })
	}
	if isPassword(state.TriedMethods) {
		return nil, errors.New("the password was refused")
	}
	for i, method := range state.PartialSuccessMethods {
		if slices.Contains(state.PartialSuccessMethods[:i], method) {
			return nil, l.tooMuch(method + " again and again")
		}
	}
	return nil, nil
}

// isPassword reports whether one of the methods is one that takes a password.
func isPassword(methods []string) bool {
	return slices.Contains(methods, methodPassword) || slices.Contains(methods, methodQuestion)
}

// explain says how the server refused us; nil when it was something else that
// failed.
func (l *login) explain(err error, user string) error {
	took := ""
	if len(l.taken) > 0 {
		took = " took " + strings.Join(l.taken, ", ") + ", and"
	}
	text := err.Error()
	switch {
	case l.excess != "":
		return withHint(fmt.Errorf("the server%s asks user %s for %s", took, user, l.excess),
			"ask the bank for a login by key, or by key and password: nobody is there at night to answer more")
	case len(l.refused) > 0:
		return fmt.Errorf("the server%s refused the %s of user %s (tried %s; it takes %s)",
			took, l.what(), user, strings.Join(l.refused, ", "), strings.Join(l.allowed, ", "))
	case strings.Contains(text, "unable to authenticate") && len(l.allowed) > 0:
		return fmt.Errorf("the server takes only %s from user %s, and that is not configured",
			strings.Join(l.allowed, ", "), user)
	case strings.Contains(text, "unable to authenticate"), isDisconnect(err) && strings.Contains(text, "uthentication"):
		return fmt.Errorf("the server refused user %s: %w", user, err)
	}
	return nil
}

// what names what was refused as people know it.
func (l *login) what() string {
	var names []string
	if slices.Contains(l.refused, methodKey) {
		names = append(names, "key")
	}
	if isPassword(l.refused) {
		names = append(names, "password")
	}
	return strings.Join(names, " and the ")
}

// unanswered turns a failure after the password was given, and before the
// server said what it thinks of it, into a refusal: there are servers that hang
// up on a wrong password, or hold it back until nobody waits any more, and they
// count it all the same. Any other error, and one that ends the night, gives nil.
func (l *login) unanswered(reason Reason, err error, user string) error {
	if !l.given || isPassword(l.taken) || reason == ReasonCancelled {
		return nil
	}
	return withHint(fmt.Errorf("the server was given the password of user %s and didn't answer; it may have refused it: %w", user, err),
		"ask the bank whether the password is right and the account open; tonight it is not tried again, since repeated failures may lock the account")
}
