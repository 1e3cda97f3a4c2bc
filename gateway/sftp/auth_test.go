package sftp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	remote "github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"bekal/gateway/sftp"
	"bekal/gateway/sftp/sftptest"
)

const password = "rahasia-contoh"

// inMemory speaks SFTP with files that are nowhere.
func inMemory(channel io.ReadWriteCloser) {
	server := remote.NewRequestServer(channel, remote.InMemHandler())
	_ = server.Serve() // ends when the client hangs up
}

func TestPassword(t *testing.T) {
	type ask func(question func([]string, []bool) bool) bool
	for _, c := range []struct {
		name      string
		password  sftp.Secret
		method    bool   // the server has the method "password"
		questions ask    // nil: the server has no keyboard-interactive
		key       int    // 0: none, 1: is enough, 2: is the first step, 3: is the last, 4: another's
		then      string // the method that is wanted behind the password as well
		ok        bool
		attempts  int64
		says      string
	}{
		{name: "password", password: password, method: true, ok: true, attempts: 1},
		{name: "wrong password", password: "salah", method: true, attempts: 1, says: "refused the password of user bekal"},
		{name: "question", password: password, questions: oneQuestion, ok: true, attempts: 1},
		{name: "question after a notice", password: password, questions: noticeAndQuestion, ok: true, attempts: 1},
		{name: "wrong answer", password: "salah", questions: oneQuestion, attempts: 1, says: "refused the password of user bekal"},
		{name: "wrong for both methods is sent once", password: "salah", method: true, questions: oneQuestion, attempts: 1, says: "refused the password of user bekal"},
		{name: "key then password", password: password, method: true, key: 2, ok: true, attempts: 1},
		{name: "key then question", password: password, questions: oneQuestion, key: 2, ok: true, attempts: 1},
		{name: "key then wrong password", password: "salah", method: true, key: 2, attempts: 1, says: "took publickey, and refused the password of user bekal"},
		{name: "key then wrong answer", password: "salah", questions: oneQuestion, key: 2, attempts: 1, says: "took publickey, and refused the password of user bekal"},
		{name: "password then key", password: password, method: true, key: 3, ok: true, attempts: 1},
		{name: "question then key", password: password, questions: oneQuestion, key: 3, ok: true, attempts: 1},
		{name: "wrong password before the key", password: "salah", method: true, key: 3, attempts: 1, says: "refused the password of user bekal"},
		{name: "password then another's key", password: password, method: true, key: 4, attempts: 1, says: "took password, and refused the key of user bekal"},
		{name: "password then question", password: password, method: true, then: "keyboard-interactive", attempts: 1, says: `took password, and asks user bekal for ."Code: `},
		{name: "question then password", password: password, questions: oneQuestion, then: "password", attempts: 1, says: "took keyboard-interactive, and asks user bekal for the password again"},
		{name: "password then password", password: password, method: true, then: "password", attempts: 1, says: "took password, and asks user bekal for the password again"},
		{name: "key is enough", password: password, method: true, key: 1, ok: true, attempts: 0},
		{name: "two questions", password: password, questions: twoQuestions, attempts: 0, says: `asks .*"Code: `},
		{name: "second question", password: password, questions: secondQuestion, attempts: 1, says: `asks .*"Code: `},
		{name: "visible question", password: password, questions: visibleQuestion, attempts: 0, says: `asks .*"Name: `},
		{name: "only keys are taken", password: password, attempts: 0, says: "takes only publickey"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t)
			var attempts atomic.Int64
			judge := func(given string) error {
				attempts.Add(1)
				if given != password {
					return errors.New("wrong")
				}
				return nil
			}
			second := ssh.ServerAuthCallbacks{}
			if c.method {
				second.PasswordCallback = func(_ ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
					return nil, judge(string(given))
				}
			}
			if c.questions != nil {
				second.KeyboardInteractiveCallback = func(_ ssh.ConnMetadata, challenge ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
					if c.questions(func(questions []string, visible []bool) bool {
						answers, err := challenge("", "", questions, visible)
						right := err == nil
						for _, answer := range answers {
							right = judge(answer) == nil && right
						}
						return right
					}) {
						return nil, nil
					}
					return nil, errors.New("wrong")
				}
			}
			also := map[string]ssh.ServerAuthCallbacks{
				"":                     {PublicKeyCallback: h.config.PublicKeyCallback},
				"password":             {PasswordCallback: second.PasswordCallback},
				"keyboard-interactive": {KeyboardInteractiveCallback: second.KeyboardInteractiveCallback},
			}
			if c.then != "" { // both methods are the same password
				also["password"] = ssh.ServerAuthCallbacks{PasswordCallback: func(_ ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
					return nil, judge(string(given))
				}}
				also["keyboard-interactive"] = ssh.ServerAuthCallbacks{KeyboardInteractiveCallback: func(_ ssh.ConnMetadata, challenge ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
					answers, err := challenge("", "", []string{"Code: "}, []bool{false})
					if err != nil {
						return nil, err
					}
					return nil, judge(answers[0])
				}}
			}
			if c.key > 2 || c.then != "" {
				second = first(second, also[c.then])
			}
			if c.key == 2 {
				h.config.PublicKeyCallback = func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
					return nil, &ssh.PartialSuccessError{Next: second}
				}
			} else {
				if c.key > 2 || c.then != "" {
					h.config.PublicKeyCallback = nil
				}
				h.config.PasswordCallback = second.PasswordCallback
				h.config.KeyboardInteractiveCallback = second.KeyboardInteractiveCallback
			}
			h.serve = inMemory
			o := h.start(t)
			o.Password = c.password
			if c.key == 0 {
				o.Signers = nil
			}
			if c.key == 4 {
				o.Signers = []ssh.Signer{sftptest.NewSigner(t)}
			}
			conn, err := sftp.Dial(t.Context(), o)
			if c.ok {
				if err != nil {
					t.Fatal(err)
				}
				if err := conn.Close(); err != nil {
					t.Error(err)
				}
			} else if e := fails(t, err, false, sftp.ReasonAuthentication); !e.Authentication() {
				t.Error("Authentication is false")
			}
			if err != nil && !regexp.MustCompile(c.says).MatchString(err.Error()) {
				t.Errorf("it doesn't say %q: %v", c.says, err)
			}
			if err != nil && (strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "salah")) {
				t.Errorf("the password is in the error: %v", err)
			}
			if got := attempts.Load(); got != c.attempts {
				t.Errorf("the password was sent %d times, want %d", got, c.attempts)
			}
		})
	}
}

// first makes of methods that let in some after which others are wanted, too.
func first(methods, next ssh.ServerAuthCallbacks) ssh.ServerAuthCallbacks {
	then := func(permissions *ssh.Permissions, err error) (*ssh.Permissions, error) {
		if err == nil {
			err = &ssh.PartialSuccessError{Next: next}
		}
		return permissions, err
	}
	var m ssh.ServerAuthCallbacks
	if methods.PasswordCallback != nil {
		m.PasswordCallback = func(c ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
			return then(methods.PasswordCallback(c, given))
		}
	}
	if methods.KeyboardInteractiveCallback != nil {
		m.KeyboardInteractiveCallback = func(c ssh.ConnMetadata, challenge ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			return then(methods.KeyboardInteractiveCallback(c, challenge))
		}
	}
	return m
}

func noticeAndQuestion(question func([]string, []bool) bool) bool {
	return question(nil, nil) && oneQuestion(question) && question(nil, nil)
}

func oneQuestion(question func([]string, []bool) bool) bool {
	return question([]string{"Password: "}, []bool{false})
}

func twoQuestions(question func([]string, []bool) bool) bool {
	return question([]string{"Password: ", "Code: "}, []bool{false, false})
}

func secondQuestion(question func([]string, []bool) bool) bool {
	return question([]string{"Password: "}, []bool{false}) && question([]string{"Code: "}, []bool{false})
}

func visibleQuestion(question func([]string, []bool) bool) bool {
	return question([]string{"Name: "}, []bool{true})
}

// TestCutWhileAuthenticating: a line that breaks is not a refusal, or one cut
// line at night would stop the bank for good.
func TestCutWhileAuthenticating(t *testing.T) {
	h := newHost(t)
	var line atomic.Pointer[net.Conn]
	h.accept = func(conn net.Conn) bool { line.Store(&conn); return true }
	h.config.PublicKeyCallback = func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
		return nil, (*line.Load()).Close()
	}
	o := h.start(t)
	o.Password = password
	_, err := sftp.Dial(t.Context(), o)
	fails(t, err, true, sftp.ReasonNetwork)
}

// TestKeyAgainAndAgain: a server that takes the key and asks for it once more,
// for ever, is left.
func TestKeyAgainAndAgain(t *testing.T) {
	h := newHost(t)
	var taken atomic.Int64
	var again ssh.ServerAuthCallbacks
	again.PublicKeyCallback = h.config.PublicKeyCallback
	h.config.VerifiedPublicKeyCallback = func(ssh.ConnMetadata, ssh.PublicKey, *ssh.Permissions, string) (*ssh.Permissions, error) {
		taken.Add(1)
		return nil, &ssh.PartialSuccessError{Next: again}
	}
	_, err := sftp.Dial(t.Context(), h.start(t))
	if e := fails(t, err, false, sftp.ReasonAuthentication); !e.Authentication() || !strings.Contains(err.Error(), "again and again") {
		t.Error(err)
	}
	if n := taken.Load(); n != 2 {
		t.Errorf("the key was shown %d times", n)
	}
}

// TestRefusedKeyIsNamed: it is the key that was refused, also where the server
// would take a password.
func TestRefusedKeyIsNamed(t *testing.T) {
	h := newHost(t)
	h.config.PasswordCallback = func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) { return nil, errors.New("wrong") }
	o := h.start(t)
	o.Signers = []ssh.Signer{sftptest.NewSigner(t)}
	_, err := sftp.Dial(t.Context(), o)
	if fails(t, err, false, sftp.ReasonAuthentication); !strings.Contains(err.Error(), "refused the key of user bekal (tried publickey; it takes ") {
		t.Error(err)
	}
	o.Password = "salah"
	_, err = sftp.Dial(t.Context(), o)
	if fails(t, err, false, sftp.ReasonAuthentication); !strings.Contains(err.Error(), "refused the key and the password of user bekal") {
		t.Error(err)
	}
}

// TestRefusedThenCut: a server that refuses and then hangs up has refused.
func TestRefusedThenCut(t *testing.T) {
	h := newHost(t)
	h.config.MaxAuthTries = 1
	h.config.PasswordCallback = func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) {
		return nil, errors.New("wrong")
	}
	o := h.start(t)
	o.Signers = []ssh.Signer{sftptest.NewSigner(t), sftptest.NewSigner(t), sftptest.NewSigner(t)}
	o.Password = password
	_, err := sftp.Dial(t.Context(), o)
	fails(t, err, false, sftp.ReasonAuthentication)
}

// TestPasswordUnanswered: a server may refuse a password by hanging up, or by
// saying nothing for as long as anybody waits. Whoever tried again would lock the
// account, so this is a refusal, and no broken line.
func TestPasswordUnanswered(t *testing.T) {
	for name, refuse := range map[string]func(h *host, line net.Conn){
		"hangs up":     func(_ *host, line net.Conn) { _ = line.Close() },
		"says nothing": func(h *host, _ net.Conn) { h.hang() },
	} {
		for _, login := range []sftptest.Login{sftptest.ByPassword, sftptest.ByQuestion, sftptest.ByKeyAndPassword, sftptest.ByKeyAndQuestion, sftptest.ByPasswordAndKey} {
			t.Run(fmt.Sprintf("%s %d", name, login), func(t *testing.T) {
				var client ssh.Signer
				timed(t, func(h *host) {
					client = h.client
					var line net.Conn
					h.accept = func(conn net.Conn) bool { line = conn; return true }
					h.given = func(string) error {
						refuse(h, line)
						return errors.New("wrong")
					}
					h.logins(login)
				}, func(t *testing.T, o sftp.Options) {
					o.Signers = []ssh.Signer{client}
					_, err := sftp.Dial(t.Context(), o)
					if e := fails(t, err, false, sftp.ReasonAuthentication); !e.Authentication() || !strings.Contains(e.Hint(), "lock") {
						t.Errorf("Authentication is %v, hint %q", e.Authentication(), e.Hint())
					}
					if !strings.Contains(err.Error(), "password of user bekal") {
						t.Errorf("it isn't said what was refused: %v", err)
					}
				})
			})
		}
	}
}

// TestCutBehindThePassword: a password that was taken is not in doubt when the
// line breaks at the next step.
func TestCutBehindThePassword(t *testing.T) {
	h := newHost(t)
	var line atomic.Pointer[net.Conn]
	h.accept = func(conn net.Conn) bool { line.Store(&conn); return true }
	h.config.PublicKeyCallback = func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
		return nil, (*line.Load()).Close()
	}
	h.logins(sftptest.ByPasswordAndKey)
	o := h.start(t)
	o.Password = password
	_, err := sftp.Dial(t.Context(), o)
	fails(t, err, true, sftp.ReasonNetwork)
}

// TestCancelledAtThePassword: nobody tries again whose night is at an end.
func TestCancelledAtThePassword(t *testing.T) {
	h := newHost(t)
	ctx, cancel := context.WithCancel(t.Context())
	h.given = func(string) error {
		cancel()
		h.hang()
		return nil
	}
	h.logins(sftptest.ByPassword)
	o := h.start(t)
	o.Password = password
	_, err := sftp.Dial(ctx, o)
	fails(t, err, true, sftp.ReasonCancelled)
}

// TestStrangerIsToldNothing: to a server whose host key isn't the pinned one
// neither password nor key nor name is shown, whatever it would take.
func TestStrangerIsToldNothing(t *testing.T) {
	for _, login := range []sftptest.Login{
		sftptest.ByKey, sftptest.ByPassword, sftptest.ByQuestion, sftptest.ByKeyAndPassword, sftptest.ByPasswordAndKey,
	} {
		h := newHost(t)
		h.serve = inMemory
		var told atomic.Int64
		h.config.AuthLogCallback = func(ssh.ConnMetadata, string, error) { told.Add(1) }
		h.logins(login)
		o := h.start(t)
		o.Password = password
		right := o.KnownHosts
		o.KnownHosts = pin(t, h.address, sftptest.NewSigner(t).PublicKey())
		_, err := sftp.Dial(t.Context(), o)
		fails(t, err, false, sftp.ReasonHostKey)
		if _, err := sftp.FetchHostKey(t.Context(), h.address, nil); err != nil {
			t.Error(err)
		}
		if n := told.Load(); n != 0 {
			t.Errorf("login %d: %d times somebody whose key isn't pinned was told something", login, n)
		}
		o.KnownHosts = right
		if dial(t, o); told.Load() == 0 {
			t.Errorf("login %d: nothing is seen of those who log in", login)
		}
	}
}
