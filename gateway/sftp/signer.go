package sftp

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"
)

// signatures remembers which algorithms our keys have signed with.
type signatures struct {
	mu         sync.Mutex
	algorithms []string
}

func (s *signatures) note(algorithm string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.algorithms = append(s.algorithms, algorithm)
}

// used lists them.
func (s *signatures) used() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.algorithms)
}

// restrained is a key that signs in no outdated way that isn't allowed. Left to
// itself x/crypto has an RSA key sign with SHA-1 for every server that doesn't
// say what it takes.
type restrained struct {
	ssh.AlgorithmSigner
	algorithms []string
	signed     *signatures
}

// restrain puts reins on keys.
func restrain(signers []ssh.Signer, allowLegacy []string, signed *signatures) ([]ssh.Signer, error) {
	var all []ssh.Signer
	for _, signer := range signers {
		kind := signer.PublicKey().Type()
		algorithms := []string{kind}
		chooser, ok := signer.(ssh.AlgorithmSigner)
		if ok && kind == ssh.KeyAlgoRSA {
			algorithms = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA}
		}
		if several, ok := signer.(ssh.MultiAlgorithmSigner); ok {
			algorithms = both(algorithms, several.Algorithms())
		}
		outdated := both(legacies().keys, algorithms)
		algorithms = without(algorithms, without(outdated, allowLegacy))
		switch {
		case len(algorithms) == 0 && len(outdated) > 0:
			return nil, withHint(fmt.Errorf("our key %s can only sign in an outdated way (%s)", describe(signer.PublicKey()), strings.Join(outdated, ", ")),
				"make a new key with `bekal bank keygen` and give the bank its public half; allow_legacy: [%s] allows the old one", outdated[0])
		case !ok || len(algorithms) == 0:
			all = append(all, signer) // it signs in one way, which is not outdated, or allowed
		default:
			all = append(all, &restrained{chooser, algorithms, signed})
		}
	}
	return all, nil
}

// Algorithms implements ssh.MultiAlgorithmSigner.
func (r *restrained) Algorithms() []string { return r.algorithms }

// SignWithAlgorithm implements ssh.AlgorithmSigner.
func (r *restrained) SignWithAlgorithm(rand io.Reader, data []byte, algorithm string) (*ssh.Signature, error) {
	if !slices.Contains(r.algorithms, algorithm) {
		return nil, fmt.Errorf("our key is not to sign with %s", algorithm)
	}
	r.signed.note(algorithm)
	return r.AlgorithmSigner.SignWithAlgorithm(rand, data, algorithm)
}

// explainSignature tells that the server takes no signature that our key gives;
// any other error gives nil. x/crypto has only words for it.
func explainSignature(err error, allowLegacy []string) error {
	if !strings.Contains(err.Error(), "no common public key signature algorithm") {
		return nil
	}
	if slices.Contains(allowLegacy, ssh.KeyAlgoRSA) {
		return withHint(fmt.Errorf("the server takes no signature of our key: %w", err), "make a new key with `bekal bank keygen` and give the bank its public half")
	}
	return withHint(fmt.Errorf("the server takes only outdated signatures of our RSA key: %w", err),
		"make an Ed25519 key with `bekal bank keygen` and give the bank its public half; where the bank's server is too old for one, "+
			"the setting allow_legacy: [%s] allows exactly these", strings.Join(append(slices.Clone(allowLegacy), ssh.KeyAlgoRSA), ", "))
}
