package jwt

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"sync"
)

// maxScratch is the largest buffer that returns to a pool.
const maxScratch = 64 << 10

// digest is a hash with buffers of its own, so that hashing a string allocates nothing.
type digest struct {
	h   hash.Hash
	buf [1024]byte
	out [sha512.Size]byte
}

func (d *digest) writeString(s string) {
	for len(s) > 0 {
		n := copy(d.buf[:], s)
		d.h.Write(d.buf[:n])
		s = s[n:]
	}
}

func (d *digest) sum() []byte { return d.h.Sum(d.out[:0]) }

// digestPool holds the hashes of one kind.
type digestPool struct {
	new  func() hash.Hash
	pool sync.Pool
}

var (
	sha256Pool = digestPool{new: sha256.New}
	sha384Pool = digestPool{new: sha512.New384}
	sha512Pool = digestPool{new: sha512.New}
)

func (p *digestPool) get() *digest {
	if d, ok := p.pool.Get().(*digest); ok {
		d.h.Reset()
		return d
	}
	return &digest{h: p.new()}
}

func (p *digestPool) hash(input []byte) *digest {
	d := p.get()
	d.h.Write(input)
	return d
}

func (p *digestPool) hashString(input string) *digest {
	d := p.get()
	d.writeString(input)
	return d
}

func (p *digestPool) put(d *digest) { p.pool.Put(d) }

// macPool holds the HMAC states of one key and hash. Reset restores the state after the key, and
// keeps that state only from the first Reset on: then the pads are hashed once per state.
type macPool struct{ pool sync.Pool }

func (p *macPool) get(hash *digestPool, secret func() []byte) *digest {
	if d, ok := p.pool.Get().(*digest); ok {
		return d
	}
	h := hmac.New(hash.new, secret())
	h.Reset()
	return &digest{h: h}
}

func (p *macPool) put(d *digest) {
	d.h.Reset()
	p.pool.Put(d)
}

// inputPool holds buffers for signing inputs that must be contiguous bytes.
type inputPool struct{ pool sync.Pool }

var inputs inputPool

func (p *inputPool) get(s string) *[]byte {
	b, ok := p.pool.Get().(*[]byte)
	if !ok {
		b = new([]byte)
	}
	*b = append((*b)[:0], s...)
	return b
}

func (p *inputPool) put(b *[]byte) {
	if cap(*b) <= maxScratch {
		p.pool.Put(b)
	}
}
