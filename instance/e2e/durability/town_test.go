package durability

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/server"
	"github.com/opengather/opengather/instance/signin"
)

// place is where a community's data is, with what the program is told of it.
type place struct {
	data, database, master string
}

func (p place) config() *config.Config {
	return &config.Config{Data: p.data, Listen: "127.0.0.1:0", Database: config.Secret(p.database), MasterKey: config.Secret(p.master)}
}

// command serves the place at an address.
func (p place) command(t testing.TB, address string) program.Command {
	t.Helper()
	c := program.Command{Path: program.Build(t, opengather), Args: []string{"--data", p.data, "--listen", address}, Address: address}
	if p.database != "" {
		c.Env = []string{"OPENGATHER_DATABASE=" + p.database, "OPENGATHER_MASTER_KEY=" + p.master}
	}
	return c
}

// start serves the place with the real binary.
func (p place) start(t testing.TB) *program.Process {
	t.Helper()
	return program.Start(t, p.command(t, program.FreePort(t)))
}

// open puts a program of this place together in the test's own process.
func (p place) open(t testing.TB, now func() time.Time) *server.Program {
	t.Helper()
	made, err := server.Open(t.Context(), server.Options{Config: p.config(), Log: slog.New(slog.DiscardHandler), Now: now, Closed: p.database == ""})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

const (
	writers = 6   // people who write at the same time
	leavers = 400 // people whom the owner removes, one after the other
	space   = "square"
	owner   = "owner"
)

// seed makes a community with people who have signed in, and gives the tokens
// of their sessions by name.
func (p place) seed(t testing.TB) map[string]string {
	t.Helper()
	made := p.open(t, nil)
	w := accesstest.World{T: t, DB: made.DB}
	w.Community("public")
	w.Do("UPDATE community SET founded_at = 1")
	w.Member(owner, "active", access.Owner)
	w.Space(space, "open")
	names := []string{owner}
	for i := range writers {
		names = append(names, fmt.Sprint("writer", i))
		w.Member(names[i+1], "active", access.FullRole)
		w.Put(space, names[i+1], "member")
	}
	tokens := map[string]string{}
	_, err := made.DB.Write(context.Background(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		for i := range leavers {
			if err := leaver(tx, i); err != nil {
				return "", err
			}
		}
		for _, name := range names {
			token, err := signin.Begin(tx, name, signin.Phone)
			if err != nil {
				return "", err
			}
			tokens[name] = token
		}
		return "", nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	return tokens
}

// leaverOf gives a leaver's id and handle. The id looks like the program's own:
// no other could be erased.
func leaverOf(i int) (id, handle string) {
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", i), fmt.Sprint("leaver", i)
}

// leaver stores a member in the transaction of many.
func leaver(tx *database.Tx, i int) error {
	id, handle := leaverOf(i)
	if _, err := tx.Exec("INSERT INTO actors (id, kind, created_at) VALUES ($1, 'member', 0)", id); err != nil {
		return err
	}
	if _, err := tx.Exec("INSERT INTO handles (handle, subject_kind, subject_id, current) VALUES ($1, 'member', $2, $3)", handle, id, true); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO members (id, handle, name, role, state, label_id, language, zone, theme, shortcuts, home_order, erase_posts, version)
		VALUES ($1, $2, $2, 'member', 'active', 'members', 'en', 'UTC', 'auto', $3, 'newest', $4, 1)`, id, handle, true, false)
	return err
}

// dice are fresh in every run; the seed is printed with a failure.
func dice(t testing.TB) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// discard reads an answer that nobody needs, so that its connection is used again.
func discard(body io.ReadCloser) {
	_, _ = io.Copy(io.Discard, body) // the answer's status says what the test wants to know
	_ = body.Close()
}
