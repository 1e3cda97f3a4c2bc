package sftp_test

import (
	"errors"
	"io"
	"net"
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
		method    bool // the server has the method "password"
		questions ask  // nil: the server has no keyboard-interactive
		key       int  // 0: none, 1: is enough, 2: is the first step
		ok        bool
		attempts  int64
	}{
		{name: "password", password: password, method: true, ok: true, attempts: 1},
		{name: "wrong password", password: "salah", method: true, attempts: 1},
		{name: "question", password: password, questions: oneQuestion, ok: true, attempts: 1},
		{name: "wrong answer", password: "salah", questions: oneQuestion, attempts: 1},
		{name: "wrong for both methods is sent once", password: "salah", method: true, questions: oneQuestion, attempts: 1},
		{name: "key then password", password: password, method: true, key: 2, ok: true, attempts: 1},
		{name: "key then question", password: password, questions: oneQuestion, key: 2, ok: true, attempts: 1},
		{name: "key then wrong password", password: "salah", method: true, key: 2, attempts: 1},
		{name: "key is enough", password: password, method: true, key: 1, ok: true, attempts: 0},
		{name: "two questions", password: password, questions: twoQuestions, attempts: 0},
		{name: "second question", password: password, questions: secondQuestion, attempts: 1},
		{name: "visible question", password: password, questions: visibleQuestion, attempts: 0},
		{name: "only keys are taken", password: password, attempts: 0},
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
						return err == nil && len(answers) == 1 && judge(answers[0]) == nil
					}) {
						return nil, nil
					}
					return nil, errors.New("wrong")
				}
			}
			if c.key == 2 {
				h.config.PublicKeyCallback = func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
					return nil, &ssh.PartialSuccessError{Next: second}
				}
			} else {
				h.config.PasswordCallback = second.PasswordCallback
				h.config.KeyboardInteractiveCallback = second.KeyboardInteractiveCallback
			}
			h.serve = inMemory
			o := h.start(t)
			o.Password = c.password
			if c.key == 0 {
				o.Signers = nil
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
			if err != nil && (strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "salah")) {
				t.Errorf("the password is in the error: %v", err)
			}
			if got := attempts.Load(); got != c.attempts {
				t.Errorf("the password was sent %d times, want %d", got, c.attempts)
			}
		})
	}
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
