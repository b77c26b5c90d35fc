package poll

import (
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/chacha20poly1305"
)

// urn holds who has voted in a secret poll, and all ballots. Both are in an order
// that tells nothing of when they came or of what belongs to what, and each has one
// size whatever was chosen. It is sealed as a whole and rewritten as a whole, so
// that there is no row for a vote and none for a voter.
type urn struct {
	voters  [][voterSize]byte
	ballots [][ballotSize]byte
}

// The sizes of what is in an urn, in bytes. A ballot is its code, how many places it
// has, and as many places as there can be options.
const (
	voterSize  = 16
	codeSize   = 8
	ballotSize = codeSize + 1 + MaxOptions
	// overhead is the nonce, the tag, the version and the two numbers.
	overhead = chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead + headSize
	headSize = 1 + 3 + 3
	version  = 1
	// maxBallots keeps an urn below a megabyte.
	maxBallots = 20_000
)

var errUrn = errors.New("the urn of a poll cannot be read")

// ballotsIn is how many ballots a sealed urn has, by its size. Somebody who was
// erased has a ballot and is no voter any more: see Forgo.
func ballotsIn(sealed []byte) int {
	return max(len(sealed)-overhead, 0) / (voterSize + ballotSize)
}

// seal closes an urn for a poll. A voter who is gone leaves her place empty, so that
// the size tells nothing of it.
func (u urn) seal(k Key, post string) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(k.secret)
	if err != nil {
		return nil, fmt.Errorf("seal an urn: %w", err)
	}
	body := []byte{version}
	body = append(body, three(len(u.voters))...)
	body = append(body, three(len(u.ballots))...)
	for _, v := range u.voters {
		body = append(body, v[:]...)
	}
	body = append(body, make([]byte, voterSize*(len(u.ballots)-len(u.voters)))...)
	for _, b := range u.ballots {
		body = append(body, b[:]...)
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(body)+aead.Overhead())
	rand.Read(nonce) // never returns an error: crypto/rand
	return aead.Seal(nonce, nonce, body, []byte(post)), nil
}

func three(n int) []byte { return []byte{byte(n >> 16), byte(n >> 8), byte(n)} }

func number(b []byte) int { return int(b[0])<<16 | int(b[1])<<8 | int(b[2]) }

// open opens the urn of a poll.
func open(k Key, post string, sealed []byte) (u urn, err error) {
	aead, err := chacha20poly1305.NewX(k.secret)
	if err != nil {
		return u, fmt.Errorf("open an urn: %w", err)
	}
	if len(sealed) < overhead {
		return u, errUrn
	}
	body, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(post))
	if err != nil {
		return u, errUrn
	}
	voters, ballots := number(body[1:]), number(body[4:])
	if body[0] != version || voters > ballots || len(body) != headSize+ballots*(voterSize+ballotSize) {
		return u, errUrn
	}
	body = body[headSize:]
	for i := range voters {
		u.voters = append(u.voters, [voterSize]byte(body[i*voterSize:]))
	}
	body = body[ballots*voterSize:]
	for i := range ballots {
		u.ballots = append(u.ballots, [ballotSize]byte(body[i*ballotSize:]))
	}
	return u, nil
}

// has reports whether somebody has voted.
func (u urn) has(v [voterSize]byte) bool { return slices.Contains(u.voters, v) }

// holds reports whether this very ballot is in the urn.
func (u urn) holds(b [ballotSize]byte) bool { return slices.Contains(u.ballots, b) }

// with is the urn with one voter and one ballot more.
func (u urn) with(v [voterSize]byte, b [ballotSize]byte) urn {
	u.voters, u.ballots = append(slices.Clone(u.voters), v), append(slices.Clone(u.ballots), b)
	slices.SortFunc(u.voters, func(a, b [voterSize]byte) int { return bytes.Compare(a[:], b[:]) })
	slices.SortFunc(u.ballots, func(a, b [ballotSize]byte) int { return bytes.Compare(a[:], b[:]) })
	return u
}

// without is the urn without somebody among its voters. Her ballot stays: nobody
// knows which it is.
func (u urn) without(v [voterSize]byte) urn {
	u.voters = slices.DeleteFunc(slices.Clone(u.voters), func(x [voterSize]byte) bool { return x == v })
	return u
}

// ballot is a vote with its code, in one size.
func ballot(code [codeSize]byte, v Vote) (b [ballotSize]byte) {
	copy(b[:], code[:])
	b[codeSize] = byte(len(v))
	for i, place := range v {
		b[codeSize+1+i] = byte(place)
	}
	return b
}

func read(b [ballotSize]byte) Ballot {
	x := Ballot{Code: said([codeSize]byte(b[:])), Vote: Vote{}}
	for _, place := range b[codeSize+1 : codeSize+1+int(b[codeSize])] {
		x.Vote = append(x.Vote, int(place))
	}
	return x
}

// letters are those of Crockford's base 32: none looks like another.
var letters = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// said is a code as people read it: "K7QF-2MXD-9R3TW".
func said(code [codeSize]byte) string {
	s := letters.EncodeToString(code[:])
	return s[:4] + "-" + s[4:8] + "-" + s[8:]
}

// result counts what is in the urn. Of too few nothing is told.
func (u urn) result(p Poll) *Result {
	if len(u.ballots) < Floor {
		return &Result{Few: true, Voters: len(u.ballots)}
	}
	all := make([]Ballot, 0, len(u.ballots))
	votes := make([]Vote, 0, len(u.ballots))
	for _, b := range u.ballots {
		x := read(b)
		votes = append(votes, x.Vote)
		if p.Method == Ranked {
			x.Vote = nil
		}
		all = append(all, x)
	}
	r := tally(p, votes)
	r.Ballots = all
	return r
}
