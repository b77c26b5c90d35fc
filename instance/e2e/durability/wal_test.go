package durability

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/opengather/opengather/instance/internal/sample"
)

// Database and WAL, copied at any moment, are a community: all that was
// acknowledged if the WAL is whole, and a prefix of it if the WAL's tail is
// torn, with nothing half done in either.
func TestTornWAL(t *testing.T) {
	here := place{data: t.TempDir()}
	d := dice(t)
	people := newLoad(t, here.seed(t), d)
	p := here.start(t)
	cut := 0
	for range sample.TornWALs {
		var moment frozen
		var acks []ack
		people.run(1+d.IntN(12), func() {
			stop(t, p.PID)
			acks = people.answered()
			moment = freeze(t, here.data)
			signal(t, p.PID, syscall.SIGCONT)
		}, p.URL)
		whole, torn := moment.thaw(t, len(moment.wal)), moment.thaw(t, moment.tear(d))
		for _, b := range []books{whole, torn} {
			b.whole()
		}
		whole.has(acks[max(0, len(acks)-50):])
		all, kept := whole.log(), torn.log()
		if len(kept) > len(all) || !slices.Equal(kept, all[:len(kept)]) {
			t.Errorf("of %d facts the torn WAL leaves %d, which are not the first ones", len(all), len(kept))
		}
		if len(kept) < len(all) {
			cut++
		}
		if err := errors.Join(whole.Close(), torn.Close()); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	if cut == 0 {
		t.Error("no tear reached a transaction: the test shows nothing")
	}
	t.Logf("%d of %d tears took something", cut, sample.TornWALs)
	p.Stop()
}

// log gives the facts in their order.
func (b books) log() []string {
	b.t.Helper()
	return b.list("SELECT position || ' ' || kind || ' ' || subject_id FROM facts ORDER BY position")
}

func signal(t testing.TB, pid int, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		t.Fatal(err)
	}
}

// stop stops every thread of a process where it stands.
func stop(t testing.TB, pid int) {
	t.Helper()
	signal(t, pid, syscall.SIGSTOP)
	for running := true; running; {
		running = false
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		if err != nil || len(tasks) == 0 {
			t.Fatalf("the threads of %d: %v, %v", pid, tasks, err)
		}
		for _, task := range tasks {
			stat, err := os.ReadFile(task)
			if err != nil {
				t.Fatal(err)
			}
			// proc_pid_stat(5): the state stands behind the name in brackets.
			running = running || !strings.HasPrefix(string(stat[bytes.LastIndexByte(stat, ')')+1:]), " T")
		}
	}
}

// frozen are the files of a database while its program is stopped.
type frozen struct {
	db, wal []byte
	// safe is how much of the WAL is already in the database, or may be: it was
	// synced before, so that no power cut tears it. valid is where the last
	// commit ends.
	safe, valid int
}

// Sizes and places of the WAL and of the index beside it: SQLite, "WAL-mode
// File Format", sections 1 and 2.
const (
	walHeader, walFrame = 32, 24 + 4096
	indexFrames         = 16 // mxFrame
	indexSalt, walSalt  = 32, 16
	indexTried          = 128 // nBackfillAttempted
)

func freeze(t testing.TB, dir string) (f frozen) {
	t.Helper()
	read := func(suffix string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, "community.sqlite"+suffix))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	index := read("-shm")
	f.db, f.wal = read(""), read("-wal")
	frames := func(at int) int {
		return min(len(f.wal), walHeader+walFrame*int(binary.NativeEndian.Uint32(index[at:])))
	}
	f.safe, f.valid = frames(indexTried), frames(indexFrames)
	if len(f.wal) < walHeader || !bytes.Equal(f.wal[walSalt:walSalt+8], index[indexSalt:indexSalt+8]) {
		f.safe = len(f.wal) // it is about to begin anew: all of it is in the database
	}
	return f
}

// tear gives a byte at which the WAL may end.
func (f frozen) tear(d *rand.Rand) int {
	return f.safe + d.IntN(max(f.valid-f.safe, 0)+1)
}

// thaw writes the files, with the WAL up to a byte, and opens them.
func (f frozen) thaw(t testing.TB, end int) books {
	t.Helper()
	name := filepath.Join(t.TempDir(), "community.sqlite")
	if err := errors.Join(os.WriteFile(name, f.db, 0o600), os.WriteFile(name+"-wal", f.wal[:end], 0o600)); err != nil {
		t.Fatal(err)
	}
	return readBooks(t, "sqlite", "file:"+name)
}
