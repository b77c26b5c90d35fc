package video

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

// span is a range of bytes, from one place up to another.
type span struct{ from, to int64 }

// maxSpans bounds the memory that the places of samples take. A film in which
// each sample lies by itself has a million after three hours.
const maxSpans = 1 << 20

// samples are the tables that say where the samples of a track are
// (ISO/IEC 14496-12, 8.7). A track has its samples in chunks of one or more,
// each chunk at a place of its own.
type samples struct {
	// chunks are their places, of 8 bytes each if wide, else of 4.
	chunks []byte
	wide   bool
	// runs say how many samples a chunk has: the number of the first chunk for
	// which it is true, how many, and which description is theirs.
	runs []byte
	// sizes of the samples, of bits each; without bits all are of the size same.
	sizes []byte
	bits  uint64
	same  uint64
	// left is how many samples come yet, and next the number of the first of them.
	left, next uint64
}

// samples finds the tables of a track.
func (f *file) samples(t track) (*samples, error) {
	stbl, err := f.find(t.box, "mdia", "minf", "stbl")
	if err != nil {
		return nil, err
	}
	all, err := f.inside(stbl, 0)
	if err != nil {
		return nil, err
	}
	tables := map[string]box{}
	for _, b := range all {
		tables[b.kind] = b
	}
	s := &samples{}
	if s.runs, err = f.table(tables["stsc"], 8, 12); err != nil {
		return nil, err
	}
	stco, co64 := tables["stco"], tables["co64"]
	s.wide = co64.size > 0
	switch {
	case s.wide && stco.size > 0:
		return nil, broken("it says twice where its samples are")
	case s.wide:
		s.chunks, err = f.table(co64, 8, 8)
	default:
		s.chunks, err = f.table(stco, 8, 4)
	}
	if err != nil {
		return nil, err
	}
	return s, f.sizes(s, tables["stsz"], tables["stz2"])
}

// table gives the entries of a box, of n bytes each. Their number is the last
// of the head bytes before them, and is not believed.
func (f *file) table(b box, head, n int64) ([]byte, error) {
	if b.size < b.head+head || b.size == 0 {
		return nil, broken("a table is missing or too short")
	}
	body := f.body(b)
	count := int64(binary.BigEndian.Uint32(body[head-4:]))
	if count > (int64(len(body))-head)/n {
		return nil, broken("%q promises %d entries", b.kind, count)
	}
	return body[head : head+count*n], nil
}

// sizes reads the table of sizes: stsz, which may have one size for all, or
// stz2, whose sizes have 4, 8 or 16 bits.
func (f *file) sizes(s *samples, stsz, stz2 box) error {
	if stsz.size > 0 && stz2.size > 0 {
		return broken("it says twice how large its samples are")
	}
	b := stsz
	if stz2.size > 0 {
		b = stz2
	}
	if b.size == 0 || b.size < b.head+12 {
		return broken("it does not say how large its samples are")
	}
	body := f.body(b)
	s.left = uint64(binary.BigEndian.Uint32(body[8:]))
	s.same = uint64(binary.BigEndian.Uint32(body[4:]))
	switch {
	case b.kind == "stz2":
		s.bits = s.same & 0xff
		if s.bits != 4 && s.bits != 8 && s.bits != 16 {
			return broken("sizes of %d bits", s.bits)
		}
	case s.same == 0:
		s.bits = 32
	}
	if s.bytes() > uint64(len(body)-12) {
		return broken("%q promises %d entries", b.kind, s.left)
	}
	s.sizes = body[12 : 12+s.bytes()]
	return nil
}

// bytes is how long the table of the sizes that are left is.
func (s *samples) bytes() uint64 { return (s.left*s.bits + 7) / 8 }

// take gives the size of the next n samples, or of as many as there are.
func (s *samples) take(n uint64) uint64 {
	n = min(n, s.left)
	s.left -= n
	if s.bits == 0 {
		return n * s.same // less than 2^64: both are less than 2^32
	}
	var sum uint64
	for end := s.next + n; s.next < end; s.next++ {
		at := s.sizes[s.next*s.bits/8:]
		switch s.bits {
		case 4:
			sum += uint64(at[0] >> (4 - s.next%2*4) & 15)
		case 8:
			sum += uint64(at[0])
		case 16:
			sum += uint64(binary.BigEndian.Uint16(at))
		default:
			sum += uint64(binary.BigEndian.Uint32(at))
		}
	}
	return sum
}

// chunk gives the place of a chunk, by its number from 0.
func (s *samples) chunk(i int) uint64 {
	if s.wide {
		return binary.BigEndian.Uint64(s.chunks[8*i:])
	}
	return uint64(binary.BigEndian.Uint32(s.chunks[4*i:]))
}

// spans gives where the samples are, in a film of the given size.
func (s *samples) spans(size int64) ([]span, error) {
	runs, per := s.runs, uint64(0)
	count := len(s.chunks) / 4
	if s.wide {
		count /= 2
	}
	all := make([]span, 0, min(count, maxSpans))
	for i := range count {
		if len(runs) > 0 && binary.BigEndian.Uint32(runs) <= uint32(i)+1 {
			if binary.BigEndian.Uint32(runs) != uint32(i)+1 {
				return nil, broken("its chunks are out of order")
			}
			per, runs = uint64(binary.BigEndian.Uint32(runs[4:])), runs[12:]
		}
		at, long := s.chunk(i), s.take(per)
		if at > uint64(size) || long > uint64(size)-at {
			return nil, broken("samples lie behind its end")
		}
		if n := len(all); n > 0 && all[n-1].to == int64(at) {
			all[n-1].to += int64(long)
			continue
		}
		if len(all) == maxSpans {
			return nil, fmt.Errorf("%w: samples in more than %d places", ErrIndex, maxSpans)
		}
		if long > 0 {
			all = append(all, span{int64(at), int64(at + long)})
		}
	}
	return all, nil
}

// union puts spans in order and joins those that touch or overlap.
func union(all []span) []span {
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	joined := all[:0]
	for _, s := range all {
		if n := len(joined); n > 0 && s.from <= joined[n-1].to {
			joined[n-1].to = max(joined[n-1].to, s.to)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}
