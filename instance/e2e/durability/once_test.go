package durability

import "testing"

// watching has PostgreSQL itself write down each lease of an erasure and each
// step of a consumer, whichever process takes it. What the work leaves behind
// would not tell all: to erase twice is the same as to erase once.
const watching = `
CREATE TABLE watched (n BIGSERIAL, what TEXT, key TEXT, before BIGINT, after BIGINT);
CREATE FUNCTION watch_job() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	INSERT INTO watched (what, key, before, after) VALUES ('job', NEW.unique_key, OLD.attempts, NEW.attempts); RETURN NULL;
END $$;
CREATE TRIGGER watch AFTER UPDATE ON jobs FOR EACH ROW
	WHEN (NEW.kind = 'portability.erase' AND NEW.attempts > OLD.attempts) EXECUTE FUNCTION watch_job();
CREATE FUNCTION watch_consumer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	INSERT INTO watched (what, key, before, after)
		VALUES ('consumer', NEW.name, CASE TG_OP WHEN 'UPDATE' THEN OLD.position ELSE 0 END, NEW.position); RETURN NULL;
END $$;
CREATE TRIGGER watch AFTER INSERT OR UPDATE ON fact_consumers FOR EACH ROW EXECUTE FUNCTION watch_consumer()`

// shares are what must never be found of two processes that share the facts.
// Each query gives the offenders.
var shares = []struct{ what, query string }{
	{"a consumer that took facts again, or passed some over", `SELECT key || ' from ' || before || ' to ' || after FROM
		(SELECT *, lag(after, 1, 0::bigint) OVER (PARTITION BY key ORDER BY n) AS stood FROM watched WHERE what = 'consumer') w WHERE before <> stood OR after <= before`},
	{"a consumer that was not watched", "SELECT name FROM fact_consumers WHERE name NOT IN (SELECT key FROM watched WHERE what = 'consumer')"},
	{"a fact that was not taken exactly once", `SELECT f.kind || ' ' || f.subject_id FROM facts f
		LEFT JOIN (SELECT kind, subject_id, count(*) AS n FROM audit GROUP BY kind, subject_id) a ON a.kind = f.kind AND a.subject_id = f.subject_id
		WHERE f.kind IN ('member.left', 'member.removed', 'member.erased') AND coalesce(a.n, 0) <> 1`},
	{"posts that were not counted exactly once", `SELECT said FROM (SELECT coalesce(sum(n), 0) AS said FROM numbers WHERE kind = 'said') n
		WHERE said <> (SELECT count(*) FROM facts WHERE kind = 'post.published')`},
	{"somebody who was not erased exactly once", `SELECT key FROM watched w WHERE what = 'job'
		AND (SELECT count(*) FROM facts WHERE kind = 'member.erased' AND subject_id = w.key) <> 1`},
}

// What becomes true of the erasures that are due: one that is done has no job
// any more, and one that failed has a later time.
const (
	underWay = "SELECT 1 FROM jobs j JOIN watched w ON w.what = 'job' AND w.key = j.unique_key HAVING count(*) = 2"
	oneLeft  = "SELECT 1 FROM jobs WHERE kind = 'portability.erase' AND (run_at = 1 OR last_error <> '') HAVING count(*) = 1"
	noneLeft = "SELECT 1 FROM jobs WHERE kind = 'portability.erase' AND (run_at = 1 OR last_error <> '') HAVING count(*) = 0"
	caughtUp = "SELECT 1 FROM fact_consumers WHERE position < (SELECT position FROM fact_head) HAVING count(*) = 0"
)

// do writes from outside of the program.
func (b books) do(statement string, args ...any) {
	b.t.Helper()
	if _, err := b.Exec(statement, args...); err != nil {
		b.t.Fatal(err)
	}
}

// leased demands that each erasure was leased once, and that of the process
// that died twice.
func (b books) leased(died string) {
	b.t.Helper()
	again := b.list("SELECT key || ': ' || count(*) FROM watched WHERE what = 'job' GROUP BY key HAVING count(*) <> CASE key WHEN $1 THEN 2 ELSE 1 END", died)
	if len(again) > 0 {
		b.t.Fatalf("erasures were leased so many times: %q", again)
	}
}

// due has the owner remove people, and their time pass. Their rows are held
// meanwhile, so that a process that begins to erase one cannot go on: as each
// does one job at a time, each then has one. It gives what lets go of them.
func (p place) due(t *testing.T, b books, l *load, address string) (letGo func()) {
	t.Helper()
	for range 12 {
		if !l.turn(t.Context(), l.people[0], address) {
			t.Fatalf("refused: %q", l.refused)
		}
	}
	b.do("UPDATE members SET erase_at = 1 WHERE state = 'leaving'")
	holding, err := p.books(t).Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holding.Exec("SELECT 1 FROM members WHERE state = 'leaving' FOR NO KEY UPDATE"); err != nil {
		t.Fatal(err)
	}
	b.do("UPDATE jobs SET run_at = 1 WHERE kind = 'portability.erase'")
	return func() {
		if err := holding.Rollback(); err != nil {
			t.Error(err)
		}
	}
}

// Of two processes on one database one does a job that is due, and one takes a
// fact, while people write at both. What a process had begun when it was killed
// the other does, and not before its lease is over.
func TestTwoProcessesShareTheWork(t *testing.T) {
	here, there := shared(t)
	people := newLoad(t, here.seed(t), dice(t))
	books := here.books(t)
	books.do(watching)
	a, b := here.start(t), there.start(t)

	letGo := here.due(t, books, people, a.URL)
	people.run(60, func() {}, a.URL, b.URL) // which wakes both
	books.eventually(underWay)
	books.leased("")
	letGo()
	books.eventually(noneLeft)
	books.leased("")

	letGo = here.due(t, books, people, a.URL)
	people.run(30, func() {}, a.URL, b.URL)
	books.eventually(underWay)
	people.run(30, a.Kill, a.URL, b.URL)
	people.finish(b.URL)
	letGo()
	books.eventually(oneLeft)
	died := books.list("SELECT unique_key FROM jobs WHERE run_at = 1")[0]
	people.run(10, func() {}, b.URL) // which has it look
	books.leased("")
	books.do("UPDATE jobs SET lease_until = 1 WHERE unique_key = $1", died) // as minutes later
	people.run(10, func() {}, b.URL)
	books.eventually(noneLeft)
	books.leased(died)

	books.eventually(caughtUp)
	for _, s := range shares {
		if found := books.list(s.query); len(found) > 0 {
			t.Errorf("%s: %d, such as %s", s.what, len(found), found[0])
		}
	}
	if len(people.refused) > 0 {
		t.Errorf("refused: %q", people.refused)
	}
	t.Logf("%s erasures, %s steps of consumers", books.list("SELECT count(*) FROM watched WHERE what = 'job'")[0], books.list("SELECT count(*) FROM watched WHERE what = 'consumer'")[0])
	b.Stop()
}
