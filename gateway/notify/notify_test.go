package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOutgoing(t *testing.T) {
	for in, want := range map[string]string{
		"Rp 1.234.567,00":                  "Rp 1.234.567,00",
		"20261123 and 123456789":           "20261123 and 123456789",
		"001234567890123":                  "***********0123",
		"rek. 001234567890123, 0000000001": "rek. ***********0123, ******0001",
		"PWK20261123000000007":             "PWK20261123000000007", // a reference
		"account=001234567890123":          "account=***********0123",
		"tab\there":                        "tab here",
		strings.Repeat("x", 300):           strings.Repeat("x", 199) + "…",
		"\xff":                             "\ufffd",
		"a\u0085b\u2029c":                  "a b c",
	} {
		if got := (Message{Subject: in}).outgoing().Subject; got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if got := (Message{Body: "a\r\n\tb 001234567890123\n"}).outgoing().Body; got != "a\n\tb ***********0123\n" {
		t.Errorf("body %q", got)
	}
}

func TestLog(t *testing.T) {
	for level, want := range map[string]string{LevelInfo: "INFO", LevelWarn: "WARN", LevelError: "ERROR", "": "INFO"} {
		var out bytes.Buffer
		l := Log{slog.New(slog.NewJSONHandler(&out, nil))}
		m := night
		m.Level = level
		if err := l.Notify(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if got["level"] != want || got["msg"] != night.Subject || got["night"] != "2026-11-23" || got["facility"] != "PWK" || got["outcome"] != "mismatch" {
			t.Errorf("%s: %v", level, got)
		}
		if strings.Contains(out.String(), "001234567890123") || !strings.Contains(got["body"], "***********0123") {
			t.Errorf("body %q", got["body"])
		}
	}
}

func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "alarm")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCommand(t *testing.T) {
	dir := t.TempDir()
	c := Command{Args: []string{script(t, `cat >got; printf '%s|' "$@" >args`), "--to", "a b; rm *"}, Dir: dir}
	if err := c.Notify(t.Context(), night); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "got"))
	if err != nil {
		t.Fatal(err)
	}
	var got Message
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(night.outgoing(), got); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
	if bytes.Contains(text, []byte("001234567890123")) {
		t.Error("an account number left the house")
	}
	if args, err := os.ReadFile(filepath.Join(dir, "args")); err != nil || string(args) != "--to|a b; rm *|" {
		t.Errorf("arguments %q, %v", args, err)
	}
}

func TestCommandFails(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, []byte("#!/bin/sh\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		args []string
		want string
		hint string
	}{
		{"exit code", []string{script(t, "cat >/dev/null; echo 'no line' >&2; echo 'account 001234567890123' >&2; exit 3")}, "exit status 3: no line account ***********0123", "by hand"},
		{"reads nothing", []string{script(t, "exit 4")}, "exit status 4", "by hand"},
		{"says a lot", []string{script(t, "yes x | head -c 1000000 >&2; echo the end >&2; exit 1")}, "x the end", "by hand"},
		{"missing", []string{filepath.Join(t.TempDir(), "none")}, "no such file", "full path"},
		{"not in the path", []string{"bekal-no-such-program"}, "not found", "full path"},
		{"not executable", []string{plain}, "permission denied", "chmod +x"},
		{"none", nil, "no program", "bekal.yaml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := Command{Args: tt.args}.Notify(t.Context(), night)
			var known *Error
			if !errors.As(err, &known) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(known.Hint(), tt.hint) {
				t.Fatalf("error: %v\nhint: %v", err, known.Hint())
			}
			if len(err.Error()) > 3*maxStderr {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
		})
	}
}

// A program that hangs is killed with its children, who keep its pipes open.
func TestCommandDeadline(t *testing.T) {
	dir := t.TempDir()
	c := Command{Args: []string{script(t, "echo waiting >&2; (sleep 600; echo >late) & sleep 600")}, Dir: dir, Timeout: 300 * time.Millisecond}
	began := time.Now()
	err := c.Notify(t.Context(), night)
	var known *Error
	if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &known) || !strings.Contains(err.Error(), "waiting") || !strings.Contains(known.Hint(), "end by itself") {
		t.Errorf("error %v", err)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %s", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Notify(ctx, night); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// channel is a channel made of a function.
type channel func(ctx context.Context, m Message) error

func (channel) Name() string                                  { return "test" }
func (c channel) Notify(ctx context.Context, m Message) error { return c(ctx, m) }

func TestAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := errors.New("first is down"), &Error{Channel: "second", Err: errors.New("second is down"), hint: "look"}
		carried := make(chan string, 2)
		slow := channel(func(ctx context.Context, m Message) error {
			time.Sleep(time.Minute)
			carried <- m.Subject
			return nil
		})
		all := All{
			channel(func(context.Context, Message) error { return first }), slow,
			channel(func(context.Context, Message) error { return second }), slow,
		}
		began := time.Now()
		err := all.Notify(t.Context(), night)
		if took := time.Since(began); took != time.Minute {
			t.Errorf("one after the other: %s", took)
		}
		if len(carried) != 2 {
			t.Errorf("%d of the others carried it", len(carried))
		}
		if !errors.Is(err, first) || !errors.Is(err, second) {
			t.Errorf("error %v", err)
		}
		if want := "notify by test: first is down\nnotify by second: second is down"; err.Error() != want {
			t.Errorf("error %q", err)
		}
	})
	if err := (All{}).Notify(t.Context(), night); err != nil {
		t.Errorf("nobody to tell: %v", err)
	}
}
