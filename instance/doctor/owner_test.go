package doctor

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// owned is a file of an account.
type owned struct {
	fs.FileInfo
	by uint32
}

func (o owned) Sys() any { return &syscall.Stat_t{Uid: o.by} }

func TestSameOwner(t *testing.T) {
	if !sameOwner(owned{by: 1000}, owned{by: 1000}) || sameOwner(owned{by: 1000}, owned{by: 0}) {
		t.Error("owners are not told apart")
	}
}

// TestWhatOperatorsNoteIsTheirs holds that a note made by whoever looks after
// the machine is no trouble, and that any other file of theirs is.
func TestWhatOperatorsNoteIsTheirs(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	program, operator := owned{info, 1000}, owned{info, 0}
	for name, want := range map[string]string{
		"backups/copied": "", "secrets/master-copied": "",
		"backups/else": "belongs to another", "secrets/master": "belongs to another", "copied": "belongs to another",
	} {
		says := ""
		if r := wrong("/data", "/data/"+name, program, operator); r != nil {
			says = r.what
		}
		if (want == "") != (says == "") || !strings.Contains(says, want) {
			t.Errorf("of %s it says %q", name, says)
		}
	}
}
