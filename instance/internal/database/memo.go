package database

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"
)

// Version names what this read sees: two reads with the same version see the
// same data, whichever process wrote it. It is a row of the data itself: every
// write that changes something counts it up, last of all, and so waits for the
// one before. What other databases of the same server do changes nothing.
func (tx *Tx) Version() (string, error) {
	var n int64
	if err := tx.One([]any{&n}, "SELECT version FROM fact_head WHERE one = 1"); err != nil {
		return "", err
	}
	return strconv.FormatInt(n, 10), nil
}

// count is what makes the version another one.
func (tx *Tx) count() error {
	if !tx.changes {
		return nil
	}
	if err := tx.on.atEnd(tx.ctx, "UPDATE fact_head SET version = version + 1 WHERE one = 1"); err != nil {
		return fmt.Errorf("count the write: %w", err)
	}
	return nil
}

// unknown is the number of rows of a statement that gives some itself.
const unknown = -1

// changing reports whether a statement may have changed something, which had to
// do with that many rows.
func changing(query string, rows int64) bool {
	switch verb(query) {
	case "select":
		return false
	case "insert", "update", "delete":
		return rows != 0
	default: // WITH, and what changes tables
		return true
	}
}

func verb(query string) string {
	for word := range strings.FieldsSeq(query) {
		return strings.ToLower(word)
	}
	return ""
}

// Memo keeps what was worked out, for as long as nothing at all is written. It
// can therefore hold nothing that is out of date, and needs no care from those
// who write. The zero Memo is ready to be used.
//
// It keeps up to 16 MiB of values that say by a method Weight() int how many
// bytes they take, and none of more than 256 KiB; others should be small.
type Memo[V any] struct {
	// Max is how many values are kept; 0 means 300.
	Max int

	mu      sync.Mutex
	version string
	kept    map[string]V
	weight  int
	works   singleflight.Group
}

const (
	memoSize   = 300
	memoWeight = 16 << 20
	valueMost  = 256 << 10
)

// weigh gives the bytes that a value says it takes.
func weigh(v any) int {
	if w, ok := v.(interface{ Weight() int }); ok {
		return w.Weight()
	}
	return 0
}

// Get gives the value for key as of the version, from memory or from work.
//
// After a write many ask for the same at once. One of them works, the others
// wait for her and take what she found: the version says that they would have
// found the same. If she fails, perhaps because her browser has gone away, each
// does her own work. Work must not ask a Memo itself: two that wait for each
// other would wait forever.
func (m *Memo[V]) Get(version, key string, work func() (V, error)) (V, error) {
	if v, ok := m.Find(version, key); ok {
		return v, nil
	}
	mine := false
	found, err, _ := m.works.Do(version+"\n"+key, func() (any, error) {
		mine = true
		v, err := work()
		if err == nil {
			m.Put(version, key, v)
		}
		return v, err
	})
	if err != nil && !mine {
		return work()
	}
	v, _ := found.(V) // never anything else
	return v, err
}

// Find gives the value for key if it is kept as of the version.
func (m *Memo[V]) Find(version, key string) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.kept[key]
	return v, ok && m.version == version
}

// Put keeps a value that was worked out as of the version, unless it weighs too
// much. Where there is no room left it begins anew.
func (m *Memo[V]) Put(version, key string, v V) {
	weight := weigh(v)
	if weight > valueMost {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	most := m.Max
	if most == 0 {
		most = memoSize
	}
	if m.version != version || len(m.kept) >= most || m.weight+weight > memoWeight {
		m.version, m.kept, m.weight = version, map[string]V{}, 0
	}
	m.weight += weight - weigh(m.kept[key])
	m.kept[key] = v
}
