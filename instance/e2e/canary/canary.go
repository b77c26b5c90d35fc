// Package canary looks for what must be nowhere: secrets, addresses and words
// that occur nowhere else, in all the shapes in which a program could have
// written them down.
package canary

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A Bird is a thing that must be found nowhere, in each of its shapes.
type Bird []string

// Word is a word or a secret: as it is, without its dashes, in hexadecimal as
// a dump of bytes has it, and as the bytes it stands for.
func Word(secret string) Bird {
	all := Bird{secret, hex.EncodeToString([]byte(secret))}
	if plain := strings.ReplaceAll(secret, "-", ""); plain != secret {
		all = append(all, plain)
	}
	if raw, err := base64.RawURLEncoding.DecodeString(secret); err == nil && len(raw) >= 16 {
		all = append(all, string(raw), hex.EncodeToString(raw))
	}
	return all
}

// Address is an address on the net: short, in full, as bytes, the network that
// it is in, and each of that under a hash without a key.
func Address(t testing.TB, text string) (all Bird) {
	t.Helper()
	a, err := netip.ParseAddr(text)
	if err != nil {
		t.Fatal(err)
	}
	bits := 24
	if a.Is6() {
		bits = 56
	}
	network, err := a.Prefix(bits)
	if err != nil {
		t.Fatal(err)
	}
	long := a.As16()
	texts := []string{a.String(), a.StringExpanded(), network.Addr().String(), network.String()}
	for _, s := range texts {
		sum := sha256.Sum256([]byte(s))
		all = append(all, s, hex.EncodeToString([]byte(s)), string(sum[:16]), hex.EncodeToString(sum[:8]), base64.RawURLEncoding.EncodeToString(sum[:15]), base64.StdEncoding.EncodeToString(sum[:15]))
	}
	return append(all, string(long[:]), hex.EncodeToString(long[:]))
}

// lower makes capital letters small and leaves all other bytes as they are.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// Absent reports each bird in each text that it is in.
func Absent(t testing.TB, where map[string]string, birds map[string]Bird) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(where)) {
		text := lower(where[name])
		for what, bird := range birds {
			for _, shape := range bird {
				if at := strings.Index(text, lower(shape)); at >= 0 {
					t.Errorf("%s is in %s: %q", what, name, text[max(0, at-80):min(len(text), at+len(shape)+40)])
					break
				}
			}
		}
	}
}

// Files are all files below a directory, unpacked if they are packed, by their
// names in it. Directories with one of the names are left out.
func Files(t testing.TB, dir string, except ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(except, d.Name()):
			return filepath.SkipDir
		case d.IsDir():
			return nil
		}
		text, err := readFile(name)
		all[strings.TrimPrefix(name, dir)] = text
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func readFile(name string) (string, error) {
	text, err := os.ReadFile(name)
	if err != nil || !strings.HasSuffix(name, ".gz") {
		return string(text), err
	}
	r, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return "", err
	}
	text, err = io.ReadAll(r)
	return string(text), err
}
