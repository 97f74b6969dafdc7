package jsonplan

import "math/bits"

// nameTable finds a struct's field by name. It is an open hash table, at most half full, over the
// names' lengths and their first and last bytes. It is faster than a map, whose hash must resist
// chosen keys: here the program chooses the keys, and an unknown name meets no longer chain than
// theirs.
type nameTable struct {
	slots []uint16 // 1 + index of a name; 0: free
	names []string
	mask  uint32
}

func newNameTable(names []string) nameTable {
	size := 2
	for size < 2*len(names) {
		size *= 2
	}
	t := nameTable{slots: make([]uint16, size), names: names, mask: uint32(size - 1)}
	for i, name := range names {
		h := hashName(name)
		for t.slots[h&t.mask] != 0 {
			h++
		}
		t.slots[h&t.mask] = uint16(i + 1)
	}
	return t
}

// find returns the index of name, or -1.
func (t *nameTable) find(name string) int {
	for h := hashName(name); ; h++ {
		i := int(t.slots[h&t.mask]) - 1
		if i < 0 || t.names[i] == name {
			return i
		}
	}
}

func hashName(s string) uint32 {
	var h uint64
	switch n := len(s); {
	case n >= 8:
		h = load64(s, 0)*0x9E3779B97F4A7C15 ^ load64(s, n-8)
	case n >= 4:
		h = uint64(load32(s, 0))<<32 | uint64(load32(s, n-4))
	case n > 0:
		h = uint64(s[0])<<16 | uint64(s[n/2])<<8 | uint64(s[n-1])
	}
	high, low := bits.Mul64(h+uint64(len(s)), 0xD6E8FEB86659FD93)
	return uint32(high ^ low) // the low bits depend on all of h
}

func load32(s string, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// load64 compiles to one load.
func load64(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
