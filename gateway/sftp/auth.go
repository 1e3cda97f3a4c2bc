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
	methodPassword = "password"
	methodQuestion = "keyboard-interactive"
)

// login chooses the authentication methods and remembers what the server
// refused. It spends at most one attempt on the password.
type login struct {
	line     *line
	password Secret

	refused []string // methods that the server answered with no
	allowed []string // methods that the server would take, as it last said
}

// methods gives the configured ways to log in, best first.
func (l *login) methods(signers []ssh.Signer) []ssh.AuthMethod {
	var methods []ssh.AuthMethod
	if len(signers) > 0 {
		methods = append(methods, ssh.PublicKeys(signers...))
	}
	if l.password != "" {
		methods = append(methods, ssh.Password(string(l.password)), l.question())
	}
	return methods
}

// question answers the one hidden question of keyboard-interactive. Anything
// else (a second question, a visible one: a user name, a one-time code) isn't
// answered with the password.
func (l *login) question() ssh.AuthMethod {
	answered := false
	return ssh.KeyboardInteractive(func(_, _ string, questions []string, visible []bool) ([]string, error) {
		switch {
		case len(questions) == 0:
			return nil, nil
		case len(questions) > 1 || answered || visible[0]:
			return nil, fmt.Errorf("the server asks %q, which is more than one password", questions)
		}
		answered = true
		return []string{string(l.password)}, nil
	})
}

// next is the ssh.ClientAuthCallback: it is called before each attempt and
// stops the ones that would only repeat a failure.
func (l *login) next(state *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	l.allowed = state.AllowedMethods
	if l.line.failure() == nil { // otherwise the line failed, not the login
		l.refused = slices.DeleteFunc(slices.Clone(state.TriedMethods), func(m string) bool { return m == methodNone })
	}
	if slices.Contains(state.TriedMethods, methodPassword) || slices.Contains(state.TriedMethods, methodQuestion) {
		return nil, errors.New("the password was refused")
	}
	for i, method := range state.PartialSuccessMethods {
		if slices.Contains(state.PartialSuccessMethods[:i], method) {
			return nil, fmt.Errorf("the server asks for %s again and again", method)
		}
	}
	return nil, nil
}

// explain says how the server refused us; nil when it was something else that
// failed.
func (l *login) explain(err error, user string) error {
	text := err.Error()
	switch {
	case len(l.refused) > 0:
		return fmt.Errorf("the server refused user %s (tried %s; it takes %s)",
			user, strings.Join(l.refused, ", "), strings.Join(l.allowed, ", "))
	case strings.Contains(text, "unable to authenticate") && len(l.allowed) > 0:
		return fmt.Errorf("the server takes only %s from user %s, and that is not configured",
			strings.Join(l.allowed, ", "), user)
	case strings.Contains(text, "unable to authenticate"), isDisconnect(err) && strings.Contains(text, "uthentication"):
		return fmt.Errorf("the server refused user %s: %w", user, err)
	}
	return nil
}
