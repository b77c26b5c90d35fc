package suite_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/internal/telemetry"
	"github.com/opengather/opengather/instance/migrations"
	"github.com/opengather/opengather/instance/server"
)

// before are the migrations of an earlier program.
func before(t *testing.T) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	entries, err := migrations.Files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := migrations.Files.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if e.Name() < "0004" {
			all[e.Name()] = &fstest.MapFile{Data: text}
		}
	}
	return all
}

// makeOld makes data of an earlier schema whose keys are sealed under master.
func makeOld(t *testing.T, o database.Options, master []byte) {
	t.Helper()
	db, err := database.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err = db.Migrate(t.Context(), before(t), nil); err == nil {
		_, err = keyring.Open(t.Context(), db, master)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestTheWrongMasterKeyChangesNothing starts on data of an earlier schema
// without its master key: neither is the data migrated nor is a backup made.
func TestTheWrongMasterKeyChangesNothing(t *testing.T) {
	right, wrong := strings.Repeat("5c", 32), strings.Repeat("5d", 32)
	for engine, old := range map[string]database.Options{
		"SQLite": {Path: filepath.Join(t.TempDir(), "community.sqlite")}, "PostgreSQL": {DSN: databasetest.DSN(t)},
	} {
		t.Run(engine, func(t *testing.T) {
			master, err := keyring.ParseMaster(right)
			if err != nil {
				t.Fatal(err)
			}
			makeOld(t, old, master)
			begin := func(master string) error {
				c := &config.Config{Data: filepath.Dir(old.Path), Listen: "127.0.0.1:0", MasterKey: config.Secret(master), Database: config.Secret(old.DSN)}
				if old.DSN != "" {
					c.Data = t.TempDir()
				} else if err := errors.Join(os.MkdirAll(filepath.Join(c.Data, "secrets"), 0o700), os.WriteFile(filepath.Join(c.Data, "secrets", "master"), []byte(master), 0o600)); err != nil {
					return err
				}
				p, err := server.Open(t.Context(), server.Options{Config: c, Log: slog.New(slog.DiscardHandler)})
				if err == nil {
					return p.Close()
				}
				if made, _ := filepath.Glob(filepath.Join(c.Data, "backups", "*")); len(made) > 0 {
					t.Errorf("with the wrong key there is %q", made)
				}
				return err
			}
			for _, master := range []string{wrong, "", "5c"} {
				if err := begin(master); err == nil || master == wrong && !errors.Is(err, keyring.ErrWrongMaster) {
					t.Errorf("with the master key %q: %v", master, err)
				}
				if v := schemaOf(t, old); v != 3 {
					t.Errorf("with the master key %q the data was migrated to %d", master, v)
				}
			}
			if err := begin(right); err != nil || schemaOf(t, old) < 4 {
				t.Errorf("with the right one: %v", err)
			}
		})
	}
}

// TestALostMasterKeyIsNotReplaced starts on data of an earlier schema and of
// this one while the file of its master key is gone: no other key is made, and
// nothing is migrated.
func TestALostMasterKeyIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	old := database.Options{Path: filepath.Join(dir, "community.sqlite")}
	name := filepath.Join(dir, "secrets", "master")
	master, err := keyring.NewMasterFile(name)
	if err != nil {
		t.Fatal(err)
	}
	makeOld(t, old, master)
	begin := func() error {
		c := &config.Config{Data: dir, Listen: "127.0.0.1:0"}
		p, err := server.Open(t.Context(), server.Options{Config: c, Log: slog.New(slog.DiscardHandler)})
		if err == nil {
			err = p.Close()
		}
		return err
	}
	for range 2 {
		had := schemaOf(t, old)
		if err := os.Rename(name, name+".lost"); err != nil {
			t.Fatal(err)
		}
		if err := begin(); !errors.Is(err, keyring.ErrLostMaster) {
			t.Errorf("without the file: %v", err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "secrets", "*")); len(left) != 1 || schemaOf(t, old) != had {
			t.Errorf("without the file there is %q, and schema %d became %d", left, had, schemaOf(t, old))
		}
		if err := os.Rename(name+".lost", name); err != nil {
			t.Fatal(err)
		}
		if err := begin(); err != nil {
			t.Errorf("with the file back: %v", err)
		}
	}
}

func schemaOf(t *testing.T, o database.Options) int64 {
	t.Helper()
	in, err := database.Inspect(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	v, err := in.Schema(t.Context())
	if err := errors.Join(err, in.Close()); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestTwoProcessesPlanOneRetention lets a second process begin while the first
// is planning what comes again by itself.
func TestTwoProcessesPlanOneRetention(t *testing.T) {
	dsn, clock := databasetest.DSN(t), &databasetest.Clock{}
	begin := func() *place {
		c := &config.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Database: config.Secret(dsn), MasterKey: config.Secret(strings.Repeat("5c", 32))}
		program, err := server.Open(t.Context(), server.Options{Config: c, Log: telemetry.Logger(&writtenLog{}, false, slog.LevelDebug), Now: clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := program.Close(); err != nil {
				t.Error(err)
			}
		})
		return &place{t: t, program: program, clock: clock}
	}
	a, b := begin(), begin()
	var wait func()
	_, err := a.program.DB.Write(t.Context(), database.Op{Class: database.System, Name: "test.plan"}, func(tx *database.Tx) (string, error) {
		if err := server.Plan(tx); err != nil {
			return "", err
		}
		wait = databasetest.Overtake(t, a.program.DB, b.serve)
		return "", nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wait()
	var both sync.WaitGroup
	for _, p := range []*place{a, b} {
		both.Go(p.serve)
	}
	both.Wait()
	if n := a.count("jobs WHERE kind = 'retention'"); n != 1 {
		t.Errorf("%d jobs remove what is old, want 1", n)
	}
	if _, err := a.program.Worker().Drain(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if n := a.count("jobs WHERE kind = 'retention'"); n != 1 {
		t.Errorf("done, %d jobs remove what is old, want 1", n)
	}
}
