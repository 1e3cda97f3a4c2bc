package sftptest

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"

	"bekal/gateway/sftp"
)

// testLegacy: a server that has only what is outdated is refused, with a hint
// that names the setting which allows exactly that; nothing else allows it; and
// while it is in use it is warned about.
func testLegacy(b *bench) {
	name := b.wants.Legacy.Name()
	setting := "allow_legacy: [" + name + "]"
	o := b.options()
	for what, allowed := range map[string][]string{
		"nothing":         nil,
		"everything else": slices.DeleteFunc(sftp.LegacyAlgorithms(), func(other string) bool { return other == name }),
	} {
		o.AllowLegacy = allowed
		err := b.refused(o)
		if err == nil {
			b.Fatalf("connected, though what is allowed is %s", what)
		}
		e := b.fails(err, false, sftp.ReasonAlgorithm)
		if e.Authentication() || e.HostKey() {
			b.Errorf("Authentication is %v, HostKey %v", e.Authentication(), e.HostKey())
		}
		if allowed == nil && !strings.Contains(e.Hint(), setting) || !strings.Contains(e.Hint(), name) {
			b.Errorf("the hint doesn't name %s: %s", setting, e.Hint())
		}
	}
	if b.wants.Legacy != LegacyUserKey {
		_, err := sftp.FetchHostKey(b.Context(), o.Address, nil)
		if e := b.fails(err, false, sftp.ReasonAlgorithm); !strings.Contains(e.Hint(), setting) {
			b.Errorf("fetching its key: the hint doesn't name %s: %s", setting, e.Hint())
		}
	}
	key, err := sftp.FetchHostKey(b.Context(), o.Address, []string{name})
	if err != nil {
		b.Error(err)
	} else if !bytes.Equal(key.Marshal(), b.server.HostKeys[0].Marshal()) {
		b.Errorf("fetched %s", sftp.Fingerprint(key))
	}

	var log bytes.Buffer
	o.AllowLegacy, o.Log = []string{name}, slog.New(slog.NewTextHandler(&log, nil))
	conn := b.dialWith(o)
	if got := conn.Legacy(); !slices.Equal(got, []string{name}) {
		b.Errorf("in use are %q, want %q", got, name)
	}
	if text := log.String(); !strings.Contains(text, "level=WARN") || !strings.Contains(text, name) {
		b.Errorf("the log doesn't warn of %s: %s", name, text)
	}
	if err := b.upload(b.Context(), conn, "file", random(100_000)); err != nil {
		b.Error(err)
	}
	b.has("file", random(100_000))
}

// testLegacyUnneeded: what is allowed is still the last choice.
func testLegacyUnneeded(b *bench) {
	for _, key := range b.server.HostKeys {
		var log bytes.Buffer
		o := b.options()
		o.KnownHosts = b.pin(o.Address, key)
		o.AllowLegacy, o.Log = sftp.LegacyAlgorithms(), slog.New(slog.NewTextHandler(&log, nil))
		if used := b.dialWith(o).Legacy(); len(used) > 0 {
			b.Errorf("%s: in use are %q", key.Type(), used)
		}
		if text := log.String(); !strings.Contains(text, "level=WARN") || !strings.Contains(text, "allow_legacy") {
			b.Errorf("the log doesn't say that the setting isn't needed: %s", text)
		}
	}
}
