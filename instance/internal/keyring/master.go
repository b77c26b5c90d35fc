package keyring

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// MasterFile reads the master key from a file of 64 hexadecimal digits.
func MasterFile(name string) ([]byte, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the master key: %w", err)
	}
	return ParseMaster(string(text))
}

// ParseMaster reads a master key of 64 hexadecimal digits.
func ParseMaster(text string) ([]byte, error) {
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != size {
		return nil, errors.New("the master key must be 64 hexadecimal digits, as `openssl rand -hex 32` prints them")
	}
	return key, nil
}

// NewMasterFile makes a master key and writes it to a file: whole or not at
// all, lasting before it returns, and readable by its owner only. It is for
// data that has no keys yet (see Check).
func NewMasterFile(name string) ([]byte, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, err
	}
	key := random(size)
	f, err := os.CreateTemp(filepath.Dir(name), ".master-*")
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return nil, err
	}
	return key, lasting(filepath.Dir(name))
}

// lasting makes the names in a directory outlive a power cut.
func lasting(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
