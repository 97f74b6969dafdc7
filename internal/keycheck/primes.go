package keycheck

import (
	"errors"
	"fmt"
	"math/big"
)

// maxRecoveredBits bounds the RSA keys whose primes are computed from their exponents:
// the time grows with the cube of the size.
const maxRecoveredBits = 4096

// recoverPrimes factors n with the help of both exponents, for the legal JWK that has d
// alone (RFC 7518, Section 6.3.2) and the like *rsa.PrivateKey. e·d-1 is a multiple of the
// order of every number modulo n, so taking roots of a power that is 1 finds, for every
// second base, a root other than ±1, and that minus 1 has one of the primes as a factor
// (NIST SP 800-56B, Appendix C.1).
func recoverPrimes(n, e, d *big.Int) ([]*big.Int, error) {
	if n.BitLen() > maxRecoveredBits {
		return nil, fmt.Errorf("an RSA key of %d bits without primes is not supported: give them (in a JWK, add p, q, dp, dq and qi)", n.BitLen())
	}
	one := big.NewInt(1)
	minusOne := new(big.Int).Sub(n, one)
	order := new(big.Int).Mul(e, d)
	order.Sub(order, one)
	twos := order.TrailingZeroBits()
	odd := new(big.Int).Rsh(order, twos)
	if isPrimePower(n, order) {
		return nil, errors.New("the RSA modulus n is a prime or a power of one: want the product of two primes")
	}
	for base := int64(2); base < 128; base++ {
		if !big.NewInt(base).ProbablyPrime(0) {
			continue // says nothing that its factors have not said
		}
		root := new(big.Int).Exp(big.NewInt(base), odd, n)
		square := new(big.Int)
		for range twos {
			square.Mul(root, root).Mod(square, n)
			if square.Cmp(one) == 0 {
				break
			}
			root, square = square, root
		}
		switch {
		case square.Cmp(one) != 0:
			return nil, errors.New("the RSA private exponent d does not belong to n and e")
		case root.Cmp(one) == 0 || root.Cmp(minusOne) == 0:
			continue
		}
		p := new(big.Int).GCD(nil, nil, root.Sub(root, one), n)
		return []*big.Int{p, new(big.Int).Quo(n, p)}, nil
	}
	return nil, errors.New("the RSA modulus n is not the product of two primes")
}

// isPrimePower reports whether n has one prime factor, so that 1 has no roots but ±1, and no base
// would find it. order is a multiple of the order of every number modulo n: of n-1, if n is prime,
// and of p, if n is a power of p. It can be neither for a product of two primes, but by chance.
func isPrimePower(n, order *big.Int) bool {
	rest := new(big.Int).Mod(order, new(big.Int).Sub(n, big.NewInt(1)))
	return rest.Sign() == 0 || new(big.Int).GCD(nil, nil, order, n).Cmp(big.NewInt(1)) != 0
}
