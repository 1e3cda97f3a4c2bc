package credentials

import (
	"crypto/rsa"
	"math/big"
	"math/rand/v2"
	"testing"
)

// shortKey makes an RSA key of 512 bits, which crypto/rsa refuses to make.
func shortKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	e := big.NewInt(65537)
	prime := func() *big.Int {
		for {
			words := make([]byte, 32)
			for i := range words {
				words[i] = byte(rng.Uint32())
			}
			words[0] |= 0xc0
			words[31] |= 1
			p := new(big.Int).SetBytes(words)
			less := new(big.Int).Sub(p, big.NewInt(1))
			if p.ProbablyPrime(20) && new(big.Int).GCD(nil, nil, e, less).Cmp(big.NewInt(1)) == 0 {
				return p
			}
		}
	}
	p, q := prime(), prime()
	one := big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537},
		D:         new(big.Int).ModInverse(e, phi),
		Primes:    []*big.Int{p, q},
	}
	return key
}
