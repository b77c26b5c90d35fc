package keyring_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/keyring"
)

func TestKeysStayAndAreSealed(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		ctx := context.Background()
		name := filepath.Join(t.TempDir(), "secrets", "master")
		master, err := keyring.NewMasterFile(name)
		if err != nil {
			t.Fatal(err)
		}
		first, err := keyring.Open(ctx, db, master)
		if err != nil {
			t.Fatal(err)
		}
		again, err := keyring.MasterFile(name)
		if err != nil || !bytes.Equal(master, again) {
			t.Fatalf("the master key changed at the second start (%v)", err)
		}
		second, err := keyring.Open(ctx, db, again)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Key(keyring.Forms), second.Key(keyring.Forms)) {
			t.Error("a key changed at the second start")
		}
		if bytes.Equal(first.Key(keyring.Forms), first.Key(keyring.Cursor)) {
			t.Error("two purposes share a key")
		}
		err = db.Read(ctx, func(tx *database.Tx) error {
			var sealed []byte
			if err := tx.One([]any{&sealed}, "SELECT sealed FROM keys WHERE purpose = 'forms'"); err != nil {
				return err
			}
			if bytes.Contains(sealed, first.Key(keyring.Forms)) {
				t.Error("the key lies open in the database")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestWrongMasterIsRefused(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		ctx := context.Background()
		if _, err := keyring.Open(ctx, db, bytes.Repeat([]byte{1}, 32)); err != nil {
			t.Fatal(err)
		}
		if _, err := keyring.Open(ctx, db, bytes.Repeat([]byte{2}, 32)); !errors.Is(err, keyring.ErrWrongMaster) {
			t.Errorf("got %v, want ErrWrongMaster", err)
		}
	})
}

func TestMasterFileIsKeptFromOthers(t *testing.T) {
	name := filepath.Join(t.TempDir(), "master")
	if _, err := keyring.MasterFile(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing master key that may not be made: %v", err)
	}
	if _, err := keyring.NewMasterFile(name); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode().Perm(), err)
	}
	if err := os.WriteFile(name, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.MasterFile(name); err == nil {
		t.Error("a broken master key was taken")
	}
}

func TestSealedForOneReader(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		k, err := keyring.Open(context.Background(), db, bytes.Repeat([]byte{1}, 32))
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := k.Seal(keyring.Cursor, []byte("position 7"), []byte("ada"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.Unseal(keyring.Cursor, sealed, []byte("ada")); err != nil || string(got) != "position 7" {
			t.Errorf("got %q, %v", got, err)
		}
		if _, err := k.Unseal(keyring.Cursor, sealed, []byte("bob")); !errors.Is(err, keyring.ErrSealed) {
			t.Errorf("bob opened ada's: %v", err)
		}
		sealed[len(sealed)-1] ^= 1
		if _, err := k.Unseal(keyring.Cursor, sealed, []byte("ada")); !errors.Is(err, keyring.ErrSealed) {
			t.Errorf("a changed seal opened: %v", err)
		}
	})
}
