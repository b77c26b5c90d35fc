package durability

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/e2e/program"
)

// patience is how long a test waits for what has to happen: long, since a busy
// machine must not make a test red.
const patience = 60 * time.Second

// shared makes two places whose data is one PostgreSQL.
func shared(t testing.TB) (a, b place) {
	t.Helper()
	a = elsewhere(t)
	b = a
	b.data = t.TempDir()
	return a, b
}

// Two processes serve one community: what one writes the other shows, a form
// that both get counts once, and when one is killed under load nothing is lost.
func TestTwoProcesses(t *testing.T) {
	here, there := shared(t)
	people := newLoad(t, here.seed(t), dice(t))
	a, b := here.start(t), there.start(t)
	t.Run("what one writes the other shows", func(t *testing.T) { showsAtTheOther(t, people, a, b) })
	for range 3 {
		people.run(30, func() {}, a.URL, b.URL)
		people.finish(b.URL) // what was sent to one and never answered, the other knows
		if len(people.refused) > 0 {
			t.Fatalf("refused: %q", people.refused)
		}
	}
	sendToBoth(t, people, a.URL, b.URL)
	people.run(60, a.Kill, a.URL, b.URL)
	people.finish(b.URL)
	people.run(40, func() {}, b.URL)
	people.finish(b.URL)
	if len(people.refused) > 0 {
		t.Errorf("refused: %q", people.refused)
	}
	books := here.books(t)
	books.eventually("SELECT position FROM fact_head WHERE position = (SELECT position FROM fact_consumers WHERE name = 'audit')")
	books.whole()
	books.has(people.acks)
	t.Logf("%d acknowledged writes", len(people.acks))
	b.Stop()
}

// eventually waits until a query has a row.
func (b books) eventually(query string) {
	b.t.Helper()
	late := time.After(patience)
	for len(b.list(query)) == 0 {
		select {
		case <-late:
			b.t.Fatalf("within %v nothing came of %s", patience, query)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// sendToBoth gives both processes the same form at the same time.
func sendToBoth(t *testing.T, l *load, addresses ...string) {
	t.Helper()
	p := l.people[1]
	for i := range 30 {
		values := url.Values{"space": {space}, "body": {fmt.Sprintf("twice%d to both", i)}, "form_key": {p.key}}
		places := make([]string, 4)
		answered := make(chan struct{})
		for j := range places {
			go func() {
				defer func() { answered <- struct{}{} }()
				response, err := l.send(t.Context(), p, addresses[j%2]+"/compose", values)
				if err != nil {
					t.Error(err)
					return
				}
				discard(response.Body)
				places[j] = response.Status + " " + response.Header.Get("Location")
			}()
		}
		for range places {
			<-answered
		}
		if !strings.HasPrefix(places[0], "303 See Other /p/") || slices.ContainsFunc(places, func(s string) bool { return s != places[0] }) {
			t.Fatalf("the same form was led to %q", places)
		}
	}
}

// showsAtTheOther holds every cache to what another process wrote.
func showsAtTheOther(t *testing.T, l *load, processes ...*program.Process) {
	as := func(p *person, i int) *program.Client {
		c := program.NewClient(t, processes[i%2].URL)
		c.Hold("session=" + p.token)
		return c
	}
	writer, owner := l.people[1], l.people[0]
	submit := func(c *program.Client, path, action string, values url.Values) *program.Page {
		answer := c.Submit(formFor(t, c.Get(path), action), values)
		if answer.Status >= 400 {
			t.Fatalf("%s: %d\n%s", action, answer.Status, answer.Text())
		}
		return answer
	}
	thread := submit(as(writer, 0), "/compose", "/compose", url.Values{"space": {space}, "body": {"the beginning"}}).URL.Path
	for i := range 4 {
		before := as(writer, i+1).Get(thread).Text() // kept in memory there, from now on
		words := fmt.Sprintf("answer %d in between", i)
		if strings.Contains(before, words) {
			t.Fatalf("%q is there before it is said", words)
		}
		submit(as(writer, i), thread, thread+"/reply", url.Values{"body": {words}})
		if after := as(writer, i+1).Get(thread).Text(); !strings.Contains(after, words) {
			t.Fatalf("process %d does not show what the other wrote:\n%s", (i+1)%2, after)
		}
		name := fmt.Sprintf("Lime Street %d", i)
		submit(as(owner, i), "/community", "/community", url.Values{"name": {name}})
		if title := as(writer, i+1).Get("/home").Title(); !strings.Contains(title, name) {
			t.Fatalf("process %d calls the community %q, not %q", (i+1)%2, title, name)
		}
	}
}

// formFor is the form that is posted to a path.
func formFor(t testing.TB, p *program.Page, action string) *program.Form {
	t.Helper()
	for _, f := range p.Forms() {
		if f.Method == http.MethodPost && f.Action.Path == action {
			return f
		}
	}
	t.Fatalf("%s (%d) has no form for %s:\n%s", p.URL, p.Status, action, p.Text())
	return nil
}

// With PostgreSQL a process that has no master key, or another one, refuses to
// start and writes nothing.
func TestMasterKeyIsRequired(t *testing.T) {
	here, _ := shared(t)
	here.seed(t)
	books := here.books(t)
	before := books.content()
	for master, want := range map[string]string{
		"":                       "master_key is missing",
		"5e5e":                   "master_key",
		strings.Repeat("5f", 32): "the master key does not fit this community's data",
	} {
		other := place{data: t.TempDir(), database: here.database, master: master}
		if said := other.refuses(t); !strings.Contains(said, want) || strings.Contains(said, here.database) || len(master) == 64 && strings.Contains(said, master) {
			t.Errorf("with the master key %q it says %q, want %q and no secret", master, said, want)
		}
	}
	if !maps.Equal(books.content(), before) {
		t.Error("a process that refused to start has written")
	}
}

// refuses starts the program, which has to end by itself with an error, and
// gives what it says.
func (p place) refuses(t testing.TB) string {
	t.Helper()
	c := p.command(t, "127.0.0.1:0")
	run := exec.CommandContext(t.Context(), c.Path, c.Args...)
	run.Env = c.Env
	said, err := run.CombinedOutput()
	if err == nil || run.ProcessState.ExitCode() != 1 {
		t.Errorf("it ended with %v and said %s", run.ProcessState, said)
	}
	return string(said)
}

// content is every row of every table, by the table's name.
func (b books) content() map[string]string {
	b.t.Helper()
	tables, row := "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1", "t::text"
	if b.sqlite {
		tables, row = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_text%' ORDER BY 1", ""
	}
	all := map[string]string{}
	for _, table := range b.list(tables) {
		columns := row
		if b.sqlite {
			columns = strings.Join(b.list("SELECT 'quote(' || name || ')' FROM pragma_table_info($1)", table), " || ',' || ")
		}
		rows := b.list("SELECT " + columns + " FROM " + table + " t")
		slices.Sort(rows)
		all[table] = strings.Join(rows, "\n")
	}
	return all
}
