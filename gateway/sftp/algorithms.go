package sftp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// legacy lists, of each sort, the outdated algorithms that can be allowed by
// name, the least bad first.
type legacy struct{ keyExchanges, ciphers, macs, keys []string }

func legacies() legacy {
	all := ssh.InsecureAlgorithms()
	weakest := []string{ssh.InsecureKeyExchangeDH1SHA1} // a group of 1024 bits
	return legacy{
		keyExchanges: slices.Concat(without(all.KeyExchanges, weakest), weakest),
		ciphers:      all.Ciphers,
		macs:         all.MACs,
		// Of host keys and of our own. Certificates are not used here.
		keys: slices.DeleteFunc(all.HostKeys, func(name string) bool { return strings.Contains(name, "-cert-") }),
	}
}

func (l legacy) names() []string { return slices.Concat(l.keyExchanges, l.ciphers, l.macs, l.keys) }

// LegacyAlgorithms names the outdated algorithms that Options.AllowLegacy may
// allow: all that there are.
func LegacyAlgorithms() []string { return legacies().names() }

// without gives what of names is not in others.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(others, name) })
}

// both gives what of names is in others, too.
func both(names, others []string) []string { return without(names, without(names, others)) }

// cryptography lists what is offered to the server: everything without known
// weaknesses, the fast AES-GCM ciphers first, and behind them the outdated
// algorithms that are allowed by name.
func cryptography(allowLegacy []string) ssh.Config {
	good, bad := ssh.SupportedAlgorithms(), legacies()
	first := []string{ssh.CipherAES128GCM, ssh.CipherAES256GCM}
	return ssh.Config{
		KeyExchanges: slices.Concat(good.KeyExchanges, both(bad.keyExchanges, allowLegacy)),
		Ciphers:      slices.Concat(first, without(good.Ciphers, first), both(bad.ciphers, allowLegacy)),
		MACs:         slices.Concat(good.MACs, both(bad.macs, allowLegacy)),
	}
}

// checkLegacy refuses a name that allows nothing.
func checkLegacy(allowLegacy []string) error {
	for _, name := range allowLegacy {
		if known := LegacyAlgorithms(); !slices.Contains(known, name) {
			return withHint(fmt.Errorf("%q is no outdated algorithm that could be allowed", name),
				"allow_legacy may hold %s", strings.Join(known, ", "))
		}
	}
	return nil
}

// Legacy names the outdated algorithms that this connection uses, because the
// server can't do better and Options.AllowLegacy allows them. It is empty on a
// good one.
func (c *Conn) Legacy() []string {
	used := c.signed.used()
	if conn, ok := c.ssh.Conn.(ssh.AlgorithmsConnMetadata); ok {
		agreed := conn.Algorithms()
		used = append(used, agreed.KeyExchange, agreed.HostKey, agreed.Read.Cipher, agreed.Read.MAC, agreed.Write.Cipher, agreed.Write.MAC)
	}
	return both(LegacyAlgorithms(), used)
}

// warnLegacy logs what is outdated, on every connection: it must not be
// forgotten.
func (c *Conn) warnLegacy(ctx context.Context) {
	used := c.Legacy()
	if len(used) > 0 {
		c.options.Log.WarnContext(ctx, "the connection uses outdated algorithms, which allow_legacy allows: ask the bank to update its server",
			slog.String("address", c.options.Address), slog.Any("in_use", used))
	}
	if idle := without(c.options.AllowLegacy, used); len(idle) > 0 {
		c.options.Log.WarnContext(ctx, "allow_legacy allows outdated algorithms that the server doesn't need: take them out",
			slog.String("address", c.options.Address), slog.Any("not_needed", idle))
	}
}

// explainNegotiation turns "no common algorithm" into what the server has and
// which legacy setting would allow it. Any other error gives nil.
func explainNegotiation(err error, host *hostCheck, allowLegacy []string) (Reason, error) {
	var none *ssh.AlgorithmNegotiationError
	if !errors.As(err, &none) {
		return "", nil
	}
	offered := none.RequestedAlgorithms
	if none.What == "host key" && host != nil {
		if offered = host.ofPinnedKind(offered); len(offered) == 0 {
			key := &HostKeyError{Address: host.address, Pinned: host.pinned}
			return ReasonHostKey, fmt.Errorf("%w; it offers %s", key, strings.Join(none.RequestedAlgorithms, ", "))
		}
	}
	explained := fmt.Errorf("no common algorithm for %s; the server offers only %s",
		none.What, strings.Join(none.RequestedAlgorithms, ", "))
	if could := both(LegacyAlgorithms(), offered); len(could) > 0 {
		return ReasonAlgorithm, withLegacyHint(explained, could[0], allowLegacy)
	}
	return ReasonAlgorithm, withHint(explained, "ask the bank which algorithms its server can do")
}

// withLegacyHint names the setting that allows one more algorithm.
func withLegacyHint(err error, name string, allowed []string) error {
	return withHint(err, "the bank's server is outdated: ask the bank to update it; until then "+
		"the setting allow_legacy: [%s] allows exactly this one", strings.Join(append(slices.Clone(allowed), name), ", "))
}
