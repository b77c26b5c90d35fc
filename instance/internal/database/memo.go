package database

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
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
	if _, err := tx.on.exec(tx.ctx, "UPDATE fact_head SET version = version + 1 WHERE one = 1", nil); err != nil {
		return fmt.Errorf("count the write: %w", err)
	}
	return nil
}

// changing reports whether a statement may change something.
func changing(query string) bool {
	for verb := range strings.FieldsSeq(query) {
		return !strings.EqualFold(verb, "select")
	}
	return true
}

// Memo keeps what was worked out, for as long as nothing at all is written. It
// can therefore hold nothing that is out of date, and needs no care from those
// who write. The zero Memo is ready to be used.
type Memo[K comparable, V any] struct {
	// Max is how many values are kept; 0 means 300.
	Max int

	mu      sync.Mutex
	version string
	kept    map[K]V
}

const memoSize = 300

// Get gives the value for key as of the version, from memory or from work.
func (m *Memo[K, V]) Get(version string, key K, work func() (V, error)) (V, error) {
	if v, ok := m.Find(version, key); ok {
		return v, nil
	}
	v, err := work()
	if err == nil {
		m.Put(version, key, v)
	}
	return v, err
}

// Find gives the value for key if it is kept as of the version.
func (m *Memo[K, V]) Find(version string, key K) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.kept[key]
	return v, ok && m.version == version
}

// Put keeps a value that was worked out as of the version.
func (m *Memo[K, V]) Put(version string, key K, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	most := m.Max
	if most == 0 {
		most = memoSize
	}
	if m.version != version || len(m.kept) >= most {
		m.version, m.kept = version, map[K]V{}
	}
	m.kept[key] = v
}
