package canary_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/canary"
)

// told counts what a test would have been told.
type told struct {
	testing.TB
	said []string
}

func (t *told) Helper() {}

func (t *told) Errorf(format string, args ...any) {
	t.said = append(t.said, fmt.Sprintf(format, args...))
}

// TestAbsentFinds writes things down in the ways a program could.
func TestAbsentFinds(t *testing.T) {
	token := base64.RawURLEncoding.EncodeToString([]byte("\xabanary-token-with-32-bytes-in-it"))
	birds := map[string]canary.Bird{"word": canary.Word("qzword"), "code": canary.Word("ab-cd-ef"), "token": canary.Word(token), "four": canary.Address(t, "10.66.3.7"), "six": canary.Address(t, "fd66:1:2::7")}
	for written, want := range map[string]string{
		"a QZword here": "word", `\x717a776f7264`: "word", "abcdef": "code", "\xabanary-token-with-32-bytes-in-it": "token", "\xff\xc3" + token: "token",
		"from 10.66.3.7:80": "four", "10.66.3.0/24": "four", "::ffff:10.66.3.7": "four", "fd66:0001:0002:0000:0000:0000:0000:0007": "six", "\xfd\x66\x00\x01\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07": "six",
		"fd66:1:2::/56": "six", "nothing of it, 10.67.3.7": "",
	} {
		heard := &told{TB: t}
		canary.Absent(heard, map[string]string{"there": written}, birds)
		if want == "" != (len(heard.said) == 0) || want != "" && !strings.HasPrefix(strings.Join(heard.said, ""), want+" is in there") {
			t.Errorf("in %q it finds %q, want %s", written, heard.said, want)
		}
	}
}

func TestFilesAreUnpacked(t *testing.T) {
	dir := t.TempDir()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte("packed words")); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"a/plain": "plain words", "a/copy.gz": packed.String(), "left/out": "words"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(canary.Files(t, dir, "left")); got != "map[/a/copy.gz:packed words /a/plain:plain words]" {
		t.Errorf("the files are %s", got)
	}
}
