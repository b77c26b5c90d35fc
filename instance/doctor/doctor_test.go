package doctor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/doctor"
	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/migrations"
)

// A body is a community in good health, to which a test does something.
type body struct {
	t  *testing.T
	db *database.DB
	accesstest.World
	doctor.Patient
	now    time.Time
	status int
	upErr  error
	free   uint64
}

// healthy makes a community of a year ago, with two owners, a copy of its key
// and one of its data, behind a proxy with a certificate, on an engine.
func healthy(t *testing.T, e database.Engine) *body {
	t.Helper()
	b := &body{t: t, now: time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC), status: 200, free: 1 << 40}
	dir := filepath.Join(t.TempDir(), "data")
	must(t, os.Mkdir(dir, 0o700))
	b.Patient = doctor.Patient{
		Config: &config.Config{
			Data: dir, Listen: "127.0.0.1:8080", PublicURL: "https://gather.example.org",
			TrustedProxies: config.Networks{netip.MustParsePrefix("127.0.0.1/32")},
		},
		Now: func() time.Time { return b.now }, Up: func(context.Context) (int, error) { return b.status, b.upErr },
		Free: func(dir string) (uint64, error) {
			_, err := os.Stat(dir)
			return b.free, err
		},
	}
	o := database.Options{Path: filepath.Join(dir, "community.sqlite"), Now: b.Now}
	if e == database.PostgreSQL {
		o.DSN = databasetest.DSN(t)
		b.Config.Database, b.Config.MasterKey = config.Secret(o.DSN), config.Secret(strings.Repeat("5eed", 16))
	} else if _, err := keyring.NewMasterFile(filepath.Join(dir, "secrets", "master")); err != nil {
		t.Fatal(err)
	}
	b.open(o)
	must(t, b.db.Migrate(t.Context(), migrations.Files, nil))
	b.World = accesstest.World{T: t, DB: b.db}
	b.keys(strings.Repeat("5eed", 16))
	b.Community("named")
	b.Do("UPDATE community SET founded_at = $1", database.Micros(b.now.AddDate(-1, 0, 0)))
	b.Member("ada", "active", access.Owner)
	b.Member("bob", "active", access.Owner)
	must(t, doctor.ConfirmCopy(b.Patient))
	must(t, os.Mkdir(filepath.Join(dir, "backups"), 0o700))
	b.copied(b.now.Add(-24 * time.Hour))
	return b
}

// keys makes the keys in the database, under the file's master key on SQLite.
func (b *body) keys(given string) {
	b.t.Helper()
	master, err := keyring.ParseMaster(given)
	if b.db.Engine() == database.SQLite {
		master, err = keyring.MasterFile(b.path("secrets", "master"))
	}
	must(b.t, err)
	_, err = keyring.Open(b.t.Context(), b.db, master)
	must(b.t, err)
}

func (b *body) open(o database.Options) {
	b.t.Helper()
	db, err := database.Open(b.t.Context(), o)
	if err != nil {
		b.t.Fatal(err)
	}
	b.db = db
	b.t.Cleanup(func() { must(b.t, db.Close()) })
}

// copied notes a copy of the data made at a time.
func (b *body) copied(at time.Time) {
	b.t.Helper()
	name := filepath.Join(b.Config.Data, "backups", "copied")
	must(b.t, os.WriteFile(name, nil, 0o600))
	must(b.t, os.Chtimes(name, at, at))
}

func (b *body) path(names ...string) string {
	return filepath.Join(append([]string{b.Config.Data}, names...)...)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (b *body) examine() map[string]doctor.Finding {
	b.t.Helper()
	all, err := doctor.Examine(b.t.Context(), b.Patient)
	if err != nil {
		b.t.Fatal(err)
	}
	found := map[string]doctor.Finding{}
	for _, f := range all {
		if f.What == "" || f.Why == "" || f.Severity == doctor.NeedsYou && f.Fix == "" {
			b.t.Errorf("%s lacks words: %+v", f.Name, f)
		}
		found[f.Name] = f
	}
	return found
}

// TestNothingNeedsYou holds that a healthy community is left in peace, while it
// is served and when it is not.
func TestNothingNeedsYou(t *testing.T) {
	for _, e := range []database.Engine{database.SQLite, database.PostgreSQL} {
		t.Run(e.String(), func(t *testing.T) {
			b := healthy(t, e)
			all, err := doctor.Examine(t.Context(), b.Patient)
			must(t, err)
			for _, f := range all {
				if f.Severity != doctor.Well {
					t.Errorf("%s: %s, %s", f.Name, f.Severity, f.What)
				}
			}
			var text bytes.Buffer
			must(t, doctor.Tell(&text, all))
			if text.String() != "Nothing needs you. 20 things were looked at.\n" {
				t.Errorf("it says %q", text.String())
			}
			must(t, b.db.Close())
			b.upErr = errors.New("connection refused")
			for name, f := range b.examine() {
				if want := map[bool]doctor.Severity{true: doctor.Note, false: doctor.Well}[name == "program"]; f.Severity != want {
					t.Errorf("stopped, %s: %s, %s", name, f.Severity, f.What)
				}
			}
		})
	}
}

// trouble is something that goes wrong, and what is said of it.
type trouble struct {
	name  string
	on    []database.Engine // nil is SQLite alone, for what the engine does not matter to
	make  func(b *body)
	check string
	level doctor.Severity
	says  string
	// also are other checks that it concerns.
	also []string
}

var onPostgreSQL, onBoth = []database.Engine{database.PostgreSQL}, []database.Engine{database.SQLite, database.PostgreSQL}

func (b *body) job(late time.Duration, attempts int, problem string) {
	b.Do("INSERT INTO jobs (id, kind, unique_key, run_at, attempts, lease_until, last_error) VALUES ('j', 'retention', '', $1, $2, 0, $3)",
		database.Micros(b.now.Add(-late)), attempts, problem)
}

func (b *body) asks(ago time.Duration) {
	b.Member("cem", "pending", access.FullRole)
	b.Do("INSERT INTO requests (member_id, answer, asked_at) VALUES ('cem', '', $1)", database.Micros(b.now.Add(-ago)))
}

func (b *body) address(public, listen string, proxies ...string) {
	b.Config.PublicURL, b.Config.Listen, b.Config.TrustedProxies = public, listen, nil
	for _, p := range proxies {
		b.Config.TrustedProxies = append(b.Config.TrustedProxies, netip.MustParsePrefix(p))
	}
}

var troubles = []trouble{
	{name: "invalid", make: func(b *body) { b.Invalid = errors.New("listen is wrong") }, check: "configuration", level: doctor.NeedsYou, says: "listen is wrong"},
	{name: "open directory", make: func(b *body) { must(b.t, os.Chmod(b.Config.Data, 0o750)) }, check: "data-directory", level: doctor.NeedsYou, says: "may open"},
	{name: "readable secret", make: func(b *body) { must(b.t, os.Chmod(b.path("secrets", "master"), 0o640)) }, check: "data-directory", level: doctor.NeedsYou, says: "may read"},
	{name: "open secrets", make: func(b *body) { must(b.t, os.Chmod(b.path("secrets"), 0o755)) }, check: "data-directory", level: doctor.NeedsYou, says: "may read"},
	{name: "writable file", make: func(b *body) { must(b.t, os.Chmod(b.path("backups", "copied"), 0o666)) }, check: "data-directory", level: doctor.NeedsYou, says: "may write"},
	{name: "lost key", make: func(b *body) { must(b.t, os.Remove(b.path("secrets", "master"))) }, check: "master-key", level: doctor.NeedsYou, says: "is not", also: []string{"master-key-copy"}},
	{name: "broken key", make: func(b *body) { must(b.t, os.WriteFile(b.path("secrets", "master"), []byte("x"), 0o600)) }, check: "master-key", level: doctor.NeedsYou, says: "cannot be used", also: []string{"master-key-copy"}},
	{name: "no copy of the key", make: func(b *body) { must(b.t, os.Remove(b.path("secrets", "master-copied"))) }, check: "master-key-copy", level: doctor.NeedsYou, says: "Nobody"},
	{name: "another key", on: onPostgreSQL, make: func(b *body) { b.Config.MasterKey = config.Secret(strings.Repeat("abcd", 16)) }, check: "master-key", level: doctor.NeedsYou, says: "not the one", also: []string{"master-key-copy"}},
	{name: "new key for old data", make: (*body).newKey, check: "master-key", level: doctor.NeedsYou, says: "not the one", also: []string{"master-key-copy"}},
	{name: "damaged database", make: (*body).damage, check: "database", level: doctor.NeedsYou, says: "damaged"},
	{name: "newer data", on: onBoth, make: func(b *body) {
		b.Do("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, $1)", true)
	}, check: "schema", level: doctor.NeedsYou, says: "schema 9999"},
	{name: "older data", on: onBoth, make: func(b *body) { b.Do("DELETE FROM goose_db_version WHERE version_id > 1") }, check: "schema", level: doctor.Note, says: "schema 1, "},
	{name: "data before the list of erasures", on: onBoth, make: func(b *body) {
		b.Do("DROP TABLE erasures")
		b.Do("DELETE FROM goose_db_version WHERE version_id >= 6")
	}, check: "schema", level: doctor.Note, says: "this program knows"},
	{name: "full disk", make: func(b *body) { b.free = 100 << 20 }, check: "disk", level: doctor.NeedsYou, says: "100 MB"},
	{name: "no copy of the data", make: func(b *body) { must(b.t, os.RemoveAll(b.path("backups"))) }, check: "backups", level: doctor.NeedsYou, says: "Nobody has said"},
	{name: "only a copy before a migration", make: (*body).migrated, check: "backups", level: doctor.NeedsYou, says: "Nobody has said"},
	{name: "old copy of the data", make: func(b *body) { b.copied(b.now.AddDate(0, 0, -20)) }, check: "backups", level: doctor.NeedsYou, says: "20 days old"},
	{name: "lost list of erasures", on: onBoth, make: func(b *body) {
		b.Do("INSERT INTO erasures (id, kind, day) VALUES ('0198f3a2-0000-7000-8000-000000000000', 'post', 20000)")
	}, check: "erased", level: doctor.NeedsYou, says: "knows of 1 erasure."},
	{name: "secret poll without its key", on: onBoth, make: func(b *body) { b.poll("") }, check: "ballot-keys", level: doctor.NeedsYou, says: "1 open secret poll has"},
	{name: "secret poll with a bucket", on: onBoth, make: func(b *body) { b.poll("https://s3.example") }, check: "ballot-keys", level: doctor.Note, says: "in the bucket"},
	{name: "broken list of erasures", make: func(b *body) { must(b.t, os.WriteFile(b.path("erased"), []byte("x\n"), 0o600)) }, check: "erased", level: doctor.NeedsYou, says: "cannot be understood"},
	{name: "clock behind the data", on: onBoth, make: func(b *body) {
		b.Do(`INSERT INTO facts (position, kind, actor_id, subject_kind, subject_id, place_id, label_id, root, depth, at) VALUES (1, 'x', '', '', '', '', '', '', 0, $1)`, database.Micros(b.now.Add(time.Hour)))
	}, check: "clock", level: doctor.NeedsYou, says: "behind"},
	{name: "clock in the past", make: func(b *body) { b.now = time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC) }, check: "clock", level: doctor.NeedsYou, says: "1970"},
	{name: "home network", make: func(b *body) { b.address("", ":8080") }, check: "public-url", level: doctor.Note, says: "plain http", also: []string{"passkeys"}},
	{name: "unreachable address", make: func(b *body) { b.address("http://192.168.1.4:8080", "127.0.0.1:8080") }, check: "public-url", level: doctor.NeedsYou, says: "only this machine", also: []string{"passkeys"}},
	{name: "past the proxy", make: func(b *body) { b.address("https://gather.example.org", ":8080", "10.0.0.1/32") }, check: "public-url", level: doctor.Note, says: "past the proxy"},
	{name: "unknown proxy", make: func(b *body) { b.address("https://gather.example.org", "127.0.0.1:8080") }, check: "trusted-proxies", level: doctor.NeedsYou, says: "names none"},
	{name: "no passkeys", make: func(b *body) { b.address("http://gather.local", ":8080") }, check: "passkeys", level: doctor.Note, says: "passwords only"},
	{name: "unwell program", make: func(b *body) { b.status = 503 }, check: "program", level: doctor.NeedsYou, says: "503"},
	{name: "silent program", make: func(b *body) { b.upErr = errors.New("refused") }, check: "program", level: doctor.Unknown, says: "nothing answers"},
	{name: "late job", on: onBoth, make: func(b *body) { b.job(2*time.Hour, 0, "") }, check: "jobs-overdue", level: doctor.NeedsYou, says: "due for more than an hour"},
	{name: "late job, stopped", on: onPostgreSQL, make: func(b *body) {
		b.job(2*time.Hour, 0, "")
		b.upErr = errors.New("refused")
	}, check: "jobs-overdue", level: doctor.Note, says: "1 job waits", also: []string{"program"}},
	{name: "failing job", on: onBoth, make: func(b *body) { b.job(-time.Hour, 4, "no") }, check: "jobs-failing", level: doctor.NeedsYou, says: "retention"},
	{name: "old search texts", on: onBoth, make: func(b *body) {
		b.Do("INSERT INTO search_docs (doc, subject_kind, subject_id) VALUES (1, 'post', 'p')")
	}, check: "search", level: doctor.Note, says: "1 text is"},
	{name: "one owner", on: onBoth, make: func(b *body) { b.Do("UPDATE members SET state = 'leaving' WHERE id = 'bob'") }, check: "owners", level: doctor.NeedsYou, says: "one owner"},
	{name: "not set up", on: onBoth, make: func(b *body) { b.Do("UPDATE community SET founded_at = 0") }, check: "owners", level: doctor.Note, says: "setting the community up"},
	{name: "somebody waits", on: onBoth, make: func(b *body) { b.asks(8 * 24 * time.Hour) }, check: "requests", level: doctor.NeedsYou, says: "1 person"},
}

// poll puts a secret poll whose key is not in the data directory.
func (b *body) poll(bucket string) {
	b.Config.S3Endpoint = bucket
	b.Space("garden", "open")
	label := b.Label(access.InSpace("garden"))
	b.Do("INSERT INTO posts (id, space_id, author_id, root_id, depth, title, body, html, label_id, listed, created_at, version) VALUES ('p', 'garden', 'ada', 'p', 0, '', '', '', $1, $2, 0, 1)", label, true)
	b.Do(`INSERT INTO polls (post_id, method, secret, most, quorum, closes_at, state, begun, reworded, folder, urn, result)
		VALUES ('p', 'single', $1, 1, 0, 0, 'open', $2, $2, '0123456789abcdef0123456789abcdef', NULL, '')`, true, false)
}

// migrated has the copies that the program made itself and no other.
func (b *body) migrated() {
	must(b.t, os.Remove(b.path("backups", "copied")))
	for _, name := range []string{"before-schema-3-20261119T170000Z.sqlite", "before-schema-4-20261119T170000Z.sqlite.partial"} {
		must(b.t, os.WriteFile(b.path("backups", name), nil, 0o600))
		must(b.t, os.Chtimes(b.path("backups", name), b.now, b.now))
	}
}

// newKey makes another master key in place of the lost one.
func (b *body) newKey() {
	must(b.t, os.Remove(b.path("secrets", "master")))
	_, err := keyring.NewMasterFile(b.path("secrets", "master"))
	must(b.t, err)
}

// damage writes over a part of the file, as a broken disk does.
func (b *body) damage() {
	must(b.t, b.db.Close())
	name := b.path("community.sqlite")
	text, err := os.ReadFile(name)
	must(b.t, err)
	for i := 40960; i < 49152; i++ {
		text[i] = 0x5a
	}
	must(b.t, os.WriteFile(name, text, 0o600))
}

// TestTroubles makes each trouble and holds that its check says so, and no
// other.
func TestTroubles(t *testing.T) {
	for _, x := range troubles {
		engines := x.on
		if engines == nil {
			engines = []database.Engine{database.SQLite}
		}
		for _, e := range engines {
			t.Run(x.name+" on "+e.String(), func(t *testing.T) {
				b := healthy(t, e)
				x.make(b)
				found := b.examine()
				if f := found[x.check]; f.Severity != x.level || !strings.Contains(f.What, x.says) {
					t.Errorf("%s is %s: %s", x.check, f.Severity, f.What)
				}
				delete(found, x.check)
				for _, name := range x.also {
					if found[name].Severity == doctor.Well {
						t.Errorf("%s says nothing", name)
					}
					delete(found, name)
				}
				for name, f := range found {
					if f.Severity != doctor.Well {
						t.Errorf("%s as well: %s, %s", name, f.Severity, f.What)
					}
				}
			})
		}
	}
}

// TestNoFalseAlarm does things that look like trouble and are none.
func TestNoFalseAlarm(t *testing.T) {
	for name, do := range map[string]func(b *body){
		"a job a little late":        func(b *body) { b.job(time.Minute, 0, "") },
		"a job that failed once":     func(b *body) { b.job(-time.Minute, 1, "no") },
		"a request of yesterday":     func(b *body) { b.asks(24 * time.Hour) },
		"a clock a minute behind":    func(b *body) { b.Do("UPDATE community SET version = 2"); b.now = b.now.Add(-time.Minute) },
		"a readable database file":   func(b *body) { must(b.t, os.Chmod(b.path("community.sqlite"), 0o644)) },
		"only this machine":          func(b *body) { b.address("", "127.0.0.1:8080") },
		"only this machine, named":   func(b *body) { b.address("http://localhost:8080", "localhost:8080") },
		"a young one with no copy":   func(b *body) { b.young(); must(b.t, os.RemoveAll(b.path("backups"))) },
		"an answered request of old": func(b *body) { b.asks(90 * 24 * time.Hour); b.Do("UPDATE requests SET decided_at = 1") },
	} {
		t.Run(name, func(t *testing.T) {
			b := healthy(t, database.SQLite)
			do(b)
			for name, f := range b.examine() {
				if f.Severity != doctor.Well {
					t.Errorf("%s: %s, %s", name, f.Severity, f.What)
				}
			}
		})
	}
}

func (b *body) young() {
	b.Do("UPDATE community SET founded_at = $1", database.Micros(b.now.Add(-time.Hour)))
}

// TestNothingThere holds that what cannot be looked at is not called well.
func TestNothingThere(t *testing.T) {
	b := healthy(t, database.SQLite)
	b.Config.Data = filepath.Join(t.TempDir(), "none")
	b.upErr = errors.New("refused")
	found := b.examine()
	for _, name := range []string{"data-directory", "master-key", "master-key-copy", "database", "schema", "owners", "jobs-failing"} {
		if f := found[name]; f.Severity != doctor.Unknown {
			t.Errorf("%s: %s, %s", name, f.Severity, f.What)
		}
	}
	if f := found["disk"]; f.Severity != doctor.Well {
		t.Errorf("the disk on which the directory will be: %s, %s", f.Severity, f.What)
	}
	if _, err := os.Stat(b.Config.Data); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("looking made the directory: %v", err)
	}
}

// TestUnreachableServer holds that a PostgreSQL that does not answer is said to
// be so, without its password.
func TestUnreachableServer(t *testing.T) {
	b := healthy(t, database.PostgreSQL)
	b.Config.Database = "postgres://anna:sesame@127.0.0.1:1/none"
	f := b.examine()["database"]
	if f.Severity != doctor.NeedsYou || strings.Contains(f.What, "sesame") || strings.Contains(f.What, "\n") || !strings.Contains(f.What, `contact "127.0.0.1"`) || !strings.Contains(f.What, "connection refused") {
		t.Errorf("it is %s: %s", f.Severity, f.What)
	}
}

// TestBehindALink looks through a link, as at a service of systemd with
// DynamicUser: at what is there, not at the link.
func TestBehindALink(t *testing.T) {
	b := healthy(t, database.SQLite)
	real := b.Config.Data
	b.Config.Data = filepath.Join(t.TempDir(), "secrets")
	must(t, os.Symlink(real, b.Config.Data))
	must(t, os.Symlink(t.TempDir(), b.path("elsewhere")))
	for name, f := range b.examine() {
		if f.Severity != doctor.Well {
			t.Errorf("%s: %s, %s", name, f.Severity, f.What)
		}
	}
	must(t, os.Chmod(b.path("secrets", "master"), 0o640))
	if f := b.examine()["data-directory"]; f.Severity != doctor.NeedsYou || !strings.Contains(f.What, "may read "+filepath.Join(real, "secrets", "master")) {
		t.Errorf("an open secret behind it: %s, %s", f.Severity, f.What)
	}
}

// TestTheAdviceAboutCopies does what the doctor says, in a community that was
// never migrated.
func TestTheAdviceAboutCopies(t *testing.T) {
	b := healthy(t, database.SQLite)
	must(t, os.RemoveAll(b.path("backups")))
	if fix := b.examine()["backups"].Fix; !strings.HasPrefix(fix, "Start the program once") {
		t.Errorf("without a folder it says %q", fix)
	}
	must(t, os.Mkdir(b.path("backups"), 0o700))
	_, name, _ := strings.Cut(b.examine()["backups"].Fix, "touch ")
	must(t, os.WriteFile(name, nil, 0o600))
	must(t, os.Chtimes(name, b.now, b.now))
	if f := b.examine()["backups"]; f.Severity != doctor.Well || !strings.Contains(f.What, "2026-11-20") {
		t.Errorf("then it is %s: %s", f.Severity, f.What)
	}
}

// TestCopyOfTheKey holds that a note about a copy counts for one key alone.
func TestCopyOfTheKey(t *testing.T) {
	b := healthy(t, database.SQLite)
	note, err := os.ReadFile(b.path("secrets", "master-copied"))
	must(t, err)
	key, err := os.ReadFile(b.path("secrets", "master"))
	must(t, err)
	if strings.Contains(string(note), strings.TrimSpace(string(key))[:16]) {
		t.Error("the note has a part of the key")
	}
	must(t, os.Remove(b.path("secrets", "master")))
	if err := doctor.ConfirmCopy(b.Patient); err == nil {
		t.Error("a copy was noted of a key that is not there")
	}
	_, err = keyring.NewMasterFile(b.path("secrets", "master"))
	must(t, err)
	if f := b.examine()["master-key-copy"]; f.Severity != doctor.NeedsYou || !strings.Contains(f.What, "another key") {
		t.Errorf("with another key it is %s: %s", f.Severity, f.What)
	}
	must(t, doctor.ConfirmCopy(b.Patient))
	if f := b.examine()["master-key-copy"]; f.Severity != doctor.Well || !strings.Contains(f.What, "2026-11-20") {
		t.Errorf("then it is %s: %s", f.Severity, f.What)
	}
}

func TestTellAndJSON(t *testing.T) {
	b := healthy(t, database.SQLite)
	b.Do("UPDATE members SET role = 'member' WHERE id = 'bob'")
	b.address("", ":8080")
	all, err := doctor.Examine(t.Context(), b.Patient)
	must(t, err)
	var text, machine bytes.Buffer
	must(t, doctor.Tell(&text, all))
	needs, notes, _ := strings.Cut(text.String(), "Good to know:")
	if !strings.HasPrefix(needs, "1 thing needs you.\n\nowners: There is one owner.\n    Why: ") || !strings.Contains(needs, "    Do:  An owner can") ||
		!strings.Contains(notes, "passkeys: ") || strings.Contains(text.String(), "jobs-overdue") {
		t.Errorf("it says\n%s", text.String())
	}
	must(t, doctor.JSON(&machine, all))
	var said struct {
		NeedsYou int              `json:"needs_you"`
		Unknown  int              `json:"unknown"`
		Findings []doctor.Finding `json:"findings"`
	}
	must(t, json.Unmarshal(machine.Bytes(), &said))
	if said.NeedsYou != 1 || said.Unknown != 0 || len(said.Findings) != len(all) || said.Findings[0].Name != "configuration" || said.Findings[0].Severity != doctor.Well {
		t.Errorf("as JSON it is %s", machine.String())
	}
}

func TestFree(t *testing.T) {
	if n, err := doctor.Free(t.TempDir()); err != nil || n == 0 {
		t.Errorf("%d bytes are free: %v", n, err)
	}
	if _, err := doctor.Free(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("there is room in a directory that is not there")
	}
}
