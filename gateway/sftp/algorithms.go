package sftp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// cryptography lists what is offered to the server: everything without known
// weaknesses, the fast AES-GCM ciphers first, and behind them the outdated
// algorithms that are allowed by name.
func cryptography(allowLegacy []string) ssh.Config {
	good, bad := ssh.SupportedAlgorithms(), ssh.InsecureAlgorithms()
	with := func(good, bad []string) []string {
		for _, name := range bad {
			if slices.Contains(allowLegacy, name) {
				good = append(good, name)
			}
		}
		return good
	}
	first := []string{ssh.CipherAES128GCM, ssh.CipherAES256GCM}
	ciphers := slices.Concat(first, slices.DeleteFunc(good.Ciphers, func(name string) bool {
		return slices.Contains(first, name)
	}))
	return ssh.Config{
		KeyExchanges: with(good.KeyExchanges, bad.KeyExchanges),
		Ciphers:      with(ciphers, bad.Ciphers),
		MACs:         with(good.MACs, bad.MACs),
	}
}

// explainNegotiation turns "no common algorithm" into what the server has and
// which legacy setting would allow it. Any other error gives nil.
func explainNegotiation(err error, host *hostCheck) (Reason, error) {
	var none *ssh.AlgorithmNegotiationError
	if !errors.As(err, &none) {
		return "", nil
	}
	if none.What == "host key" && host != nil && !host.isLegacy(none.RequestedAlgorithms) {
		key := &HostKeyError{Address: host.address, Pinned: host.pinned}
		return ReasonHostKey, fmt.Errorf("%w; it offers %s", key, strings.Join(none.RequestedAlgorithms, ", "))
	}
	explained := fmt.Errorf("no common algorithm for %s; the server offers only %s",
		none.What, strings.Join(none.RequestedAlgorithms, ", "))
	if name := legacyOffer(none.RequestedAlgorithms); name != "" {
		return ReasonAlgorithm, withHint(explained, "the bank's server is outdated: ask the bank to update it; until then "+
			"the setting allow_legacy: [%s] allows exactly this one", name)
	}
	return ReasonAlgorithm, withHint(explained, "ask the bank which algorithms its server can do")
}

// legacyOffer picks the first of the server's algorithms that could be allowed
// by name.
func legacyOffer(names []string) string {
	bad := ssh.InsecureAlgorithms()
	known := slices.Concat(bad.KeyExchanges, bad.Ciphers, bad.MACs, bad.HostKeys)
	for _, name := range names {
		if slices.Contains(known, name) {
			return name
		}
	}
	return ""
}
