package database_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/searchtext"
	"github.com/opengather/opengather/instance/migrations"
)

func insertKey(id string) func(*database.Tx) (string, error) {
	return func(tx *database.Tx) (string, error) {
		_, err := tx.Exec("INSERT INTO features (name, enabled) VALUES ($1, $2)", id, true)
		return id, err
	}
}

func count(t *testing.T, db *database.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := db.Read(context.Background(), func(tx *database.Tx) error { return tx.One([]any{&n}, query, args...) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWriteIsUndoneWhenItFails(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		boom := errors.New("boom")
		_, err := db.Write(context.Background(), database.Op{}, func(tx *database.Tx) (string, error) {
			if _, err := insertKey("half")(tx); err != nil {
				return "", err
			}
			return "", boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v, want %v", err, boom)
		}
		if n := count(t, db, "SELECT count(*) FROM features"); n != 0 {
			t.Errorf("%d rows stayed of a write that failed", n)
		}
	})
}

func TestFormKeyCountsOnce(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		op := database.Op{Name: "test.make", Actor: "ada", Key: "k1"}
		var wg sync.WaitGroup
		made := make([]string, 8)
		for i := range made {
			wg.Add(1)
			go func() {
				defer wg.Done()
				id, err := db.Write(context.Background(), op, insertKey(fmt.Sprint("thing", i)))
				if err != nil && !errors.Is(err, database.ErrRepeated) {
					t.Error(err)
				}
				made[i] = id
			}()
		}
		wg.Wait()
		if n := count(t, db, "SELECT count(*) FROM features"); n != 1 {
			t.Errorf("one key made %d things", n)
		}
		for _, m := range made {
			if m != made[0] {
				t.Errorf("the same form was led to %q and to %q", m, made[0])
			}
		}
		op.Target = "another text"
		if id, err := db.Write(context.Background(), op, insertKey("another")); err != nil || id != "another" {
			t.Errorf("the same key for another target gave %q, %v", id, err)
		}
		op.Actor = "bob"
		if id, err := db.Write(context.Background(), op, insertKey("bobs")); err != nil || id != "bobs" {
			t.Errorf("another actor's use of the same key gave %q, %v", id, err)
		}
	})
}

func TestReadOnlyLeavesEachPersonHerOwn(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		db.ReadOnly()
		for class, open := range map[database.Class]bool{
			database.Content: false, database.Care: false, database.Anonymous: false,
			database.Own: true, database.System: true,
		} {
			_, err := db.Write(context.Background(), database.Op{Class: class}, insertKey(fmt.Sprint(class)))
			if open && err != nil {
				t.Errorf("class %d is closed: %v", class, err)
			}
			if !open && !fault.Is(err, fault.Unavailable) {
				t.Errorf("class %d: got %v, want Unavailable", class, err)
			}
		}
		db.Reopen(database.Content)
		if _, err := db.Write(context.Background(), database.Op{Class: database.Content}, insertKey("again")); err != nil {
			t.Errorf("after Reopen: %v", err)
		}
	})
}

func TestReadIsOneSnapshot(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		ctx := context.Background()
		err := db.Read(ctx, func(tx *database.Tx) error {
			var before, after int
			if err := tx.One([]any{&before}, "SELECT count(*) FROM features"); err != nil {
				return err
			}
			if _, err := db.Write(ctx, database.Op{}, insertKey("meanwhile")); err != nil {
				return err
			}
			if err := tx.One([]any{&after}, "SELECT count(*) FROM features"); err != nil {
				return err
			}
			if before != after {
				t.Errorf("one read saw %d rows, then %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestSearchTextIsReplacedAndForgotten(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		ctx := context.Background()
		find := func(word string) (n int) {
			if err := db.Read(ctx, func(tx *database.Tx) error {
				return tx.One([]any{&n}, "SELECT count(*) FROM search_text t JOIN search_docs d ON d.doc = t.rowid WHERE "+tx.Matches("$1"), word)
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		index := func(text string) {
			if _, err := db.Write(ctx, database.Op{}, func(tx *database.Tx) (string, error) { return "", tx.Index("post", "p1", searchtext.Make("", text)) }); err != nil {
				t.Fatal(err)
			}
		}
		index("apple pear")
		index("pear plum")
		if find("apple") != 0 || find("plum") != 1 {
			t.Errorf("after replacing: apple %d, plum %d", find("apple"), find("plum"))
		}
		if _, err := db.Write(ctx, database.Op{}, func(tx *database.Tx) (string, error) { return "", tx.Unindex("p1") }); err != nil {
			t.Fatal(err)
		}
		if find("pear") != 0 {
			t.Error("forgotten text is still found")
		}
	})
}

func TestWokenAfterCommit(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		woken := db.Woken()
		if _, err := db.Write(context.Background(), database.Op{}, func(tx *database.Tx) (string, error) { return "", tx.Wake() }); err != nil {
			t.Fatal(err)
		}
		<-woken
	})
}

func TestNewerSchemaIsRefusedWithoutAWrite(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		older := fstest.MapFS{"0001_ground.sql": {Data: []byte("-- +goose Up\nSELECT 1;\n")}}
		err := db.Migrate(context.Background(), older, nil)
		if !errors.Is(err, database.ErrNewer) {
			t.Fatalf("got %v, want ErrNewer", err)
		}
	})
}

func TestMigrationBacksUpFirst(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		ctx := context.Background()
		if _, err := db.Write(ctx, database.Op{}, insertKey("kept")); err != nil {
			t.Fatal(err)
		}
		newer := fstest.MapFS{"0099_next.sql": {Data: []byte("-- +goose Up\nCREATE TABLE next (id TEXT PRIMARY KEY);\n")}}
		for _, name := range []string{"0001_ground.sql", "0002_search.sqlite.sql", "0002_search.postgres.sql"} {
			text, err := migrations.Files.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			newer[name] = &fstest.MapFile{Data: text}
		}
		full := errors.New("the disk is full")
		if err := db.Migrate(ctx, newer, func(context.Context, int64) error { return full }); !errors.Is(err, full) {
			t.Fatalf("migrated although the backup did not succeed: %v", err)
		}
		dir := t.TempDir()
		if err := db.Migrate(ctx, newer, func(ctx context.Context, from int64) error { return db.Backup(ctx, dir, from) }); err != nil {
			t.Fatal(err)
		}
		files, err := os.ReadDir(dir)
		if err != nil || len(files) != 1 || strings.HasSuffix(files[0].Name(), ".partial") {
			t.Fatalf("backup folder holds %v, %v", files, err)
		}
		if db.Engine() == database.SQLite {
			old, err := database.Open(ctx, database.Options{Path: filepath.Join(dir, files[0].Name())})
			if err != nil {
				t.Fatal(err)
			}
			defer old.Close()
			if n := count(t, old, "SELECT count(*) FROM features"); n != 1 {
				t.Errorf("the backup has %d rows, want 1", n)
			}
		}
	})
}

func TestAMemoForgetsWithEveryWrite(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		var m database.Memo[int]
		worked := 0
		get := func() (n int) {
			err := db.Read(context.Background(), func(tx *database.Tx) error {
				v, err := tx.Version()
				if err != nil || v == "" {
					t.Errorf("version %q, %v", v, err)
				}
				n, err = m.Get(v, "features", func() (int, error) {
					worked++
					var n int
					err := tx.One([]any{&n}, "SELECT count(*) FROM features")
					return n, err
				})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for i := range 3 {
			if a, b := get(), get(); a != i || b != i {
				t.Errorf("after %d writes: %d, %d", i, a, b)
			}
			if worked != i+1 {
				t.Errorf("worked %d times for %d versions", worked, i+1)
			}
			if _, err := db.Write(context.Background(), database.Op{}, insertKey(fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// While others write, a memo must never give one version's data to another.
func TestAMemoIsRightWhileOthersWrite(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		var m database.Memo[int]
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i := range 200 {
				if _, err := db.Write(context.Background(), database.Op{}, insertKey(fmt.Sprint(i))); err != nil {
					t.Error(err)
				}
			}
		}()
		for open := true; open; {
			select {
			case <-done:
				open = false
			default:
			}
			err := db.Read(context.Background(), func(tx *database.Tx) error {
				v, err := tx.Version()
				if err != nil {
					return err
				}
				count := func() (n int, err error) {
					err = tx.One([]any{&n}, "SELECT count(*) FROM features")
					return n, err
				}
				kept, err := m.Get(v, "n", count)
				if err != nil {
					return err
				}
				if now, err := count(); err != nil || now != kept {
					t.Errorf("version %q: kept %d, this read sees %d, %v", v, kept, now, err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestManySearchTextsOfOneMoment(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		if _, err := db.Write(context.Background(), database.Op{}, func(tx *database.Tx) (string, error) {
			for i := range 200 {
				if err := tx.Index("post", fmt.Sprint(i), searchtext.Make("", "same")); err != nil {
					return "", err
				}
			}
			return "", nil
		}); err != nil {
			t.Fatal(err)
		}
		if n := count(t, db, "SELECT count(*) FROM search_docs"); n != 200 {
			t.Errorf("%d texts, want 200", n)
		}
	})
}

// A text that older rules made is made anew under its number. What has none gets
// none, and what is gone loses its.
func TestRemakingKeepsTheNumber(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		write := func(do func(tx *database.Tx) error) {
			t.Helper()
			if _, err := db.Write(context.Background(), database.Op{}, func(tx *database.Tx) (string, error) { return "", do(tx) }); err != nil {
				t.Fatal(err)
			}
		}
		index := func(tx *database.Tx, id string) error {
			if id == "gone" {
				return fmt.Errorf("read it: %w", database.ErrNone)
			}
			return tx.Index("post", id, searchtext.Make("", "new words"))
		}
		write(func(tx *database.Tx) error {
			for _, id := range []string{"b", "a", "gone", "new"} {
				if err := tx.Index("post", id, searchtext.Make("", "old")); err != nil {
					return err
				}
			}
			_, err := tx.Exec("UPDATE search_docs SET made = 0 WHERE subject_id <> 'new'")
			return err
		})
		numbers := "SELECT count(*) FROM search_docs d WHERE d.doc = $1 AND d.subject_id = 'a'"
		doc := count(t, db, "SELECT doc FROM search_docs WHERE subject_id = 'a'")
		write(func(tx *database.Tx) error {
			stale, err := tx.Stale(10)
			if want := []database.Subject{{Kind: "post", ID: "a"}, {Kind: "post", ID: "b"}, {Kind: "post", ID: "gone"}}; err != nil || !slices.Equal(stale, want) {
				t.Errorf("made by older rules are %v, want %v: %v", stale, want, err)
			}
			for _, id := range []string{"a", "b", "gone", "nobody"} {
				if err := tx.Remake(id, index); err != nil {
					return err
				}
			}
			return nil
		})
		for query, want := range map[string]int{
			"SELECT count(*) FROM search_docs WHERE made < 1": 0, "SELECT count(*) FROM search_docs": 3, "SELECT count(*) FROM search_text": 3,
		} {
			if n := count(t, db, query); n != want {
				t.Errorf("%s gives %d, want %d", query, n, want)
			}
		}
		if count(t, db, numbers, doc) != 1 {
			t.Error("it has another number")
		}
	})
}
