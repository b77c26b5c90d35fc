package durability

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// asked is a poll with the form of each voter, which is sent until it is answered.
type asked struct {
	path   string
	secret bool
	forms  []url.Values
	// codes are what voters were told, by their place; "named" for a named poll.
	codes []string
	mu    sync.Mutex
}

var ballotCode = regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}\b`)

// The program dies while everybody votes, in a named poll and in a secret one. What
// was acknowledged counts, and a form over which it died counts once when it is
// sent again: as many ballots as voters, each with the code that she was told.
func TestKilledWhileVoting(t *testing.T) {
	here := place{data: t.TempDir()}
	d := dice(t)
	l := newLoad(t, here.seed(t), d)
	voters := l.people[1:]
	for round := range 8 {
		p := here.start(t)
		for _, who := range voters {
			if who.key == "" && !l.begin(t.Context(), who, p.URL) {
				t.Fatal("nobody can vote")
			}
		}
		polls := []*asked{l.puts(voters[0], p.URL, round, "no"), l.puts(voters[0], p.URL, round, "yes")}
		moment := time.Duration(d.IntN(12000)) * time.Microsecond
		var all sync.WaitGroup
		for i := range voters {
			all.Go(func() {
				for _, q := range polls {
					l.votes(q, i, p.URL)
				}
			})
		}
		<-time.After(moment) // somewhere within the votes
		p.Kill()
		all.Wait()
		p = here.start(t)
		for _, q := range polls {
			l.counted(q, p.URL)
		}
		p.Stop()
		b := here.books(t)
		b.whole()
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Fatalf("round %d, killed after %v", round, moment)
		}
	}
}

// puts has somebody put a poll, and fills in what each voter chooses.
func (l *load) puts(by *person, address string, round int, secret string) *asked {
	l.t.Helper()
	name := fmt.Sprint("round", round, secret)
	values := url.Values{"form_key": {by.key}, "space": {space}, "body": {name}, "option-0": {"bread"}, "option-1": {"roses"}, "secret": {secret}}
	response, err := l.send(l.t.Context(), by, address+"/compose", values)
	if err != nil {
		l.t.Fatal(err)
	}
	defer discard(response.Body)
	if response.StatusCode != http.StatusSeeOther {
		l.t.Fatalf("a poll is not taken: %s", response.Status)
	}
	q := &asked{path: "/p/" + path.Base(response.Header.Get("Location")), secret: secret == "yes"}
	for i, who := range l.people[1:] {
		q.forms = append(q.forms, url.Values{"form_key": {who.key}, "was": {""}, "choice": {strconv.Itoa((i + round) % 2)}})
	}
	q.codes = make([]string, len(q.forms))
	return q
}

// votes sends the form of a voter, and keeps what she is told.
func (l *load) votes(q *asked, voter int, address string) {
	response, err := l.send(l.t.Context(), l.people[1+voter], address+q.path+"/vote", q.forms[voter])
	if err != nil {
		return // counted or not: nobody knows but the program
	}
	defer discard(response.Body)
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return // she was told half
	}
	code, want := "named", http.StatusSeeOther
	if q.secret {
		code, want = ballotCode.FindString(string(body)), http.StatusOK
	}
	if response.StatusCode != want || code == "" {
		l.t.Errorf("%s: a vote is answered with %s\n%s", q.path, response.Status, body)
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if was := q.codes[voter]; was != "" && was != code {
		l.t.Errorf("%s: one ballot has the codes %s and %s", q.path, was, code)
	}
	q.codes[voter] = code
}

// counted has everybody send her form again, ends the poll and holds what is told
// of it against what was chosen.
func (l *load) counted(q *asked, address string) {
	l.t.Helper()
	want := []int{0, 0}
	for i, form := range q.forms {
		l.votes(q, i, address)
		place, err := strconv.Atoi(form.Get("choice"))
		if err != nil {
			l.t.Fatal(err)
		}
		want[place]++
	}
	by := l.people[1]
	response, err := l.send(l.t.Context(), by, address+q.path+"/poll/end", url.Values{"form_key": {by.key}})
	if err != nil {
		l.t.Fatal(err)
	}
	discard(response.Body)
	var came struct {
		Result struct {
			Voters  int
			Counts  []int
			Ballots []struct {
				Code string
				Vote []int
			}
		}
	}
	if err := json.Unmarshal(l.get(by, address+q.path+"/poll/result.json"), &came); err != nil {
		l.t.Fatal(err)
	}
	if r := came.Result; r.Voters != len(q.forms) || !slices.Equal(r.Counts, want) {
		l.t.Errorf("%s: %d voters, %v; want %d, %v", q.path, r.Voters, r.Counts, len(q.forms), want)
	}
	ballots := map[string]string{}
	for _, b := range came.Result.Ballots {
		ballots[b.Code] = strings.Trim(fmt.Sprint(b.Vote), "[]")
	}
	for i, code := range q.codes {
		if q.secret && ballots[code] != q.forms[i].Get("choice") {
			l.t.Errorf("%s: the ballot %s is %q, and was %s", q.path, code, ballots[code], q.forms[i].Get("choice"))
		}
	}
}

func (l *load) get(by *person, address string) []byte {
	l.t.Helper()
	request, err := http.NewRequestWithContext(l.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		l.t.Fatal(err)
	}
	request.Header.Set("Cookie", "session="+by.token)
	response, err := l.http.Do(request)
	if err != nil {
		l.t.Fatal(err)
	}
	defer discard(response.Body)
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		l.t.Fatalf("%s: %s, %v\n%s", address, response.Status, err, body)
	}
	return body
}
