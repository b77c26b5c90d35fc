// Package feed holds the addresses by which a feed reader reads as a member,
// without signing in. What it reads is for package post and the read rule: a feed
// is a page of post.Threads, read as its member at that moment, and there is no
// other way in which words reach one. What is public has feeds too, which are
// read as a stranger whoever asks; of those nothing is stored.
//
// An address is a key without a lock. So it opens one member's reading and nothing
// else, tells only who wrote and where unless she wants more, can be ended by her
// at any moment, and ends by itself when she goes or has not used it for a year.
package feed

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/limit"
)

const (
	// MaxName is how long the name of an address may be, in characters.
	MaxName = 60
	// Most is how many addresses somebody may have.
	Most = 20
	// Unused is how long an address lasts that nobody asks.
	Unused = 365 * 24 * time.Hour
)

var (
	// perFeed is plenty for a reader that asks every few minutes and for somebody
	// who tries it out.
	perFeed = limit.Allowance{Kind: "feed", Burst: 60, Every: time.Minute}
	// perNetwork bounds what a network's strangers may ask of public feeds.
	perNetwork = limit.Allowance{Kind: "public feeds", Burst: 120, Every: 10 * time.Second}
)

// Operations are what can be done with feeds. One value serves the whole program:
// it holds the limits.
type Operations struct {
	DB *database.DB

	limits limit.Limits
}

// Draft is what somebody says about an address when she makes it.
type Draft struct {
	// Name is what she calls it; it may be empty.
	Name string
	// Space is the id of what is in it; empty for all the spaces she is in.
	Space string
	// Whole says that the words go into the feed, and not only who wrote and where.
	Whole bool
}

// check gives the draft as it is stored, or what is wrong with it.
func (d Draft) check() (Draft, error) {
	d.Name = strings.Join(strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(d.Name, ""), "\x00", "")), " ")
	if utf8.RuneCountInString(d.Name) > MaxName {
		return d, fault.Bad("name", "feed.name_long").With("max", MaxName)
	}
	return d, nil
}

// typed is all of the draft, to tell two forms apart.
func (d Draft) typed() string {
	return strings.Join([]string{d.Name, d.Space, strconv.FormatBool(d.Whole)}, "\x00")
}

// Made is a fresh address. Token is shown once.
type Made struct{ ID, Token string }

// Feed is an address as its member sees it. The secret part is not kept.
type Feed struct {
	ID, Name string
	// OfSpace says that it is of one space; SpaceName and SpacePath are empty if
	// she may not know of that any more.
	OfSpace              bool
	SpaceName, SpacePath string
	Whole                bool
	MadeOn               time.Time
	// UsedOn is the day it was used last, zero if it never was.
	UsedOn time.Time
}

// newToken makes the secret of an address: 256 random bits.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b) // never returns an error: crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}

func tokenHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// day is a time less its hour: when exactly somebody read is not kept.
func day(t time.Time) int64 { return database.Micros(t.UTC().Truncate(24 * time.Hour)) }
