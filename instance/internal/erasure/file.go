package erasure

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"
)

// Name is what the file is called in the data directory.
const Name = "erased"

// not begins a line that takes another one back.
const not = "not "

// File is the list outside the database: a line an erasure, such as
// "post 019a5e0c-… 2026-11-29". Processes that share a directory may write it
// at the same time.
type File struct{ dir string }

// In is the file of a data directory. It is made when there is something in it.
func In(dir string) File { return File{dir} }

// ErrUnread says that some lines are not understood. The others count.
var ErrUnread = errors.New("the file " + Name + " has lines that cannot be understood")

func (f File) path() string { return filepath.Join(f.dir, Name) }

// alone runs fn while nobody else writes, and makes the directory's entries
// last. The lock is on the directory, because the file is replaced.
func (f File) alone(fn func() error) error {
	dir, err := os.Open(f.dir)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX); err != nil {
		return errors.Join(err, dir.Close())
	}
	return errors.Join(fn(), dir.Sync(), dir.Close())
}

// Read gives what is on the list. There may be no file. A last line that is not
// whole was never acknowledged, and is none.
func (f File) Read() (map[string]Erasure, error) {
	text, err := os.ReadFile(f.path())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read what was erased: %w", err)
	}
	all, unread := parse(text)
	if unread > 0 {
		return all, fmt.Errorf("%w: %d", ErrUnread, unread)
	}
	return all, nil
}

// parse counts lines and what takes them back, so that what was erased twice
// and taken back once is erased.
func parse(text []byte) (all map[string]Erasure, unread int) {
	all = map[string]Erasure{}
	times := map[string]int{}
	for line := range bytes.Lines(text[:whole(text)]) {
		said, takesBack := strings.CutPrefix(strings.TrimSuffix(string(line), "\n"), not)
		e, ok := read(said)
		switch {
		case !ok:
			unread++
		case takesBack:
			times[e.ID] = max(times[e.ID]-1, 0)
		default:
			times[e.ID]++
			all[e.ID] = e
		}
	}
	for id, n := range times {
		if n < 1 {
			delete(all, id)
		}
	}
	return all, unread
}

func read(line string) (e Erasure, ok bool) {
	words := strings.Split(line, " ")
	if len(words) != 3 {
		return e, false
	}
	day, err := time.Parse(time.DateOnly, words[2])
	e = Erasure{words[0], words[1], DayOf(day)}
	return e, err == nil && e.valid()
}

// valid keeps everything but ids out of the file.
func (e Erasure) valid() bool {
	word := strings.Trim(e.Kind, "abcdefghijklmnopqrstuvwxyz") == "" && e.Kind != ""
	return word && len(e.ID) == 36 && uuid.Validate(e.ID) == nil
}

// whole is where the last whole line ends.
func whole(text []byte) int { return bytes.LastIndexByte(text, '\n') + 1 }

func lines(prefix string, all []Erasure) ([]byte, error) {
	var b bytes.Buffer
	for _, e := range all {
		if !e.valid() {
			return nil, errors.New("what is no random id does not go into the file " + Name)
		}
		b.WriteString(prefix + e.Kind + " " + e.ID + " " + e.Day.String() + "\n")
	}
	return b.Bytes(), nil
}

// append adds lines, and returns when they are on the disk.
func (f File) append(prefix string, all []Erasure) error {
	if len(all) == 0 {
		return nil
	}
	text, err := lines(prefix, all)
	if err != nil {
		return err
	}
	err = f.alone(func() error {
		file, err := os.OpenFile(f.path(), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return err
		}
		return errors.Join(extend(file, text), file.Close())
	})
	if err != nil {
		return fmt.Errorf("write down what is erased: %w", err)
	}
	return nil
}

// extend cuts off what an interrupted writer left of its last line, and what is
// left of this one if it cannot be written whole.
func extend(file *os.File, text []byte) error {
	end, err := endOf(file)
	if err != nil {
		return err
	}
	if err := file.Truncate(end); err != nil {
		return err
	}
	if _, err := file.WriteAt(text, end); err != nil {
		return errors.Join(err, file.Truncate(end))
	}
	return file.Sync()
}

// longest is more than any line has.
const longest = 512

func endOf(file *os.File) (int64, error) {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	from := max(size-longest, 0)
	tail := make([]byte, size-from)
	if _, err := file.ReadAt(tail, from); err != nil {
		return 0, err
	}
	return from + int64(whole(tail)), nil
}

// Compact writes the file anew, if it has anything in it that need not be there:
// what is older than Kept, what was taken back, what is in it twice. As long as a
// line is not understood all stays as it is, for somebody to look at.
func (f File) Compact(now time.Time) error {
	err := f.alone(func() error {
		text, err := os.ReadFile(f.path())
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		all, unread := parse(text)
		if unread > 0 {
			return nil
		}
		var stay []Erasure
		for _, e := range all {
			if e.Day >= oldest(now) {
				stay = append(stay, e)
			}
		}
		anew, err := lines("", sorted(stay))
		if err != nil || len(anew) == len(text) {
			return err
		}
		return f.replace(anew)
	})
	if err != nil {
		return fmt.Errorf("tidy up what was erased: %w", err)
	}
	return nil
}

func (f File) replace(text []byte) error {
	anew, err := os.CreateTemp(f.dir, "."+Name+"-*") // only its owner may read it
	if err != nil {
		return err
	}
	_, err = anew.Write(text)
	if err = errors.Join(err, anew.Sync(), anew.Close()); err != nil {
		return errors.Join(err, os.Remove(anew.Name()))
	}
	return os.Rename(anew.Name(), f.path())
}

// sorted is by day and id, so that the order tells nothing.
func sorted(all []Erasure) []Erasure {
	slices.SortFunc(all, func(a, b Erasure) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID)) })
	return all
}
