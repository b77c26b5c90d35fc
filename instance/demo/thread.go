package demo

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/post"
)

// A saying is something said in the year: the beginning of a thread or an answer.
type saying struct {
	who   *person
	at    time.Time
	title string
	body  string
	// parent is what it answers, nil for a beginning.
	parent *saying
	// last is when something was last said below it.
	last time.Time
	// ends is when it is deleted or hidden; the zero time for most.
	ends time.Time
	// id is known once it is said.
	id string
}

// A thread is a post with its answers, in the order of time.
type thread struct {
	here     *place
	language string
	opening  *entry
	speech   *speech
	posts    []*saying
	// kept says that nothing in it may be deleted or hidden.
	kept bool
	said map[string]bool
}

// Numbers of answers of the threads that everybody takes part in. The first one
// has as many as a page that is measured.
const measured = 50

// talk plans as many posts and answers as there are to be.
func (y *year) talk(total int) {
	left := total
	add := func(here *place, answers int, round string) {
		if left > 0 {
			from := here.made.Add(12 * time.Hour)
			if left < total/20 {
				// What one sees first should be of these days.
				from = later(from, y.until.Add(-4*day))
			}
			t := y.thread(here, from, min(answers, left-1), round)
			left -= len(t.posts)
			y.threads = append(y.threads, t)
		}
	}
	add(y.placed("programme"), measured, "round-party")
	y.made.thread = y.threads[0].posts[0]
	y.threads[0].kept = true
	if total >= 400 {
		add(y.placed("talk"), 56+y.rng.IntN(25), "round-hello")
	}
	if total >= 1200 {
		add(y.placed("lend"), 52+y.rng.IntN(15), "round-books")
	}
	for _, here := range y.places {
		add(here, 1+y.rng.IntN(3), "")
	}
	for left > 0 {
		n := y.answers()
		here := y.loud()
		if n > 30 && !here.Arrivals {
			n = 30
		}
		add(here, n, "")
	}
	y.afterwards()
	for _, t := range y.threads {
		y.speak(t)
	}
}

// answers draws how many answers a thread gets: mostly a few, seldom many.
func (y *year) answers() int {
	switch n := y.rng.IntN(100); {
	case n < 14:
		return 0
	case n < 60:
		return 1 + y.rng.IntN(5)
	case n < 88:
		return 5 + y.rng.IntN(9)
	case n < 98:
		return 13 + y.rng.IntN(17)
	}
	return 35 + y.rng.IntN(40)
}

func (y *year) placed(key string) *place {
	return y.places[slices.IndexFunc(y.places, func(p *place) bool { return p.key == key })]
}

// loud draws a place by how much is said in it.
func (y *year) loud() *place {
	sum := 0.0
	for _, p := range y.places {
		sum += p.kind.loud
	}
	at := y.rng.Float64() * sum
	for _, p := range y.places {
		if at -= p.kind.loud; at < 0 {
			return p
		}
	}
	return y.places[4]
}

// thread plans a thread that begins after a time, with a number of answers, of
// a round if it is one.
func (y *year) thread(here *place, from time.Time, answers int, round string) *thread {
	lead := min(time.Duration(answers)*5*time.Hour, y.until.Sub(from)/3)
	var start time.Time
	for range 30 {
		start = y.moment(from, y.until.Add(-lead))
		if len(here.there(start)) > 2+answers/20 {
			break
		}
	}
	if round == "" {
		// A handful of people have only so much to say.
		answers = min(answers, 3*(len(here.there(start))-1))
	}
	author := y.speaker(here, start)
	if author == nil {
		author, start = here.founder, later(start, here.made.Add(time.Hour))
	}
	t := &thread{here: here, language: y.tongue(author), said: map[string]bool{}}
	if round != "" {
		t.language = y.main
	}
	t.speech = &speech{rng: y.rng, topic: map[string]string{}, about: start}
	l := y.lexicons[t.language]
	t.opening = y.opening(l, here, start, round)
	root := &saying{who: author, at: start}
	t.speech.mention = func() string { return y.mentionable(t, author, start) }
	root.body = t.speech.say(l, t.language, t.opening.body, start)
	if t.opening.title != "" && (!t.opening.bare || y.rng.IntN(2) == 0) {
		root.title = t.speech.say(l, t.language, t.opening.title, start)
	}
	t.posts = []*saying{root}
	y.answer(t, answers, round)
	return t
}

// tongue is the language in which somebody begins a thread: her own, or that of
// the community.
func (y *year) tongue(p *person) string {
	if p.language != y.main && y.rng.IntN(3) == 0 {
		return y.main
	}
	return p.language
}

// opening draws one of those that were used least.
func (y *year) opening(l *lexicon, here *place, at time.Time, round string) *entry {
	all := l.openings(here.topics, at.In(y.zone).Month())
	for _, topic := range []string{"events", "talk", "culture"} {
		if round != "" && len(l.sections[topic+"/posts "+round]) > 0 {
			all = l.sections[topic+"/posts "+round]
		}
	}
	y.rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	e := slices.MinFunc(all, func(a, b *entry) int { return a.used - b.used })
	e.used++
	return e
}

func (y *year) mentionable(t *thread, not *person, at time.Time) string {
	p := y.somebody(t.here, at, func(p *person) bool { return p == not })
	if p == nil {
		p = t.here.founder
	}
	return p.handle
}

// answer plans the answers of a thread. Those to a beginning are twice as many
// as those to another answer.
func (y *year) answer(t *thread, n int, round string) {
	times := make([]time.Time, n)
	at := t.posts[0].at
	while := time.Duration(40+y.rng.IntN(200)) * time.Minute
	for i := range times {
		at = y.soon(at, while)
		times[i] = at
		while = min(while+while/12, 30*time.Hour)
	}
	y.within(t.posts[0].at, times)
	for _, at := range times {
		parent := t.posts[0]
		if i := y.rng.IntN(100); len(t.posts) > 1 && i < 45 && (round == "" || i < 18) {
			parent = t.posts[len(t.posts)-1]
			if i%3 == 0 {
				parent = t.posts[1+y.rng.IntN(len(t.posts)-1)]
			}
		}
		p := &saying{who: y.answerer(t, parent, at, round), at: at, parent: parent}
		p.body = y.reply(t, p, round)
		for up := parent; up != nil; up = up.parent {
			up.last = at
		}
		t.posts = append(t.posts, p)
	}
}

// answerer draws who answers: mostly somebody else than whom she answers, and
// now and then whoever began.
func (y *year) answerer(t *thread, parent *saying, at time.Time, round string) *person {
	root := t.posts[0].who
	if parent.who != root && round == "" && y.rng.IntN(4) == 0 && t.here.has(root, at) {
		return root
	}
	spoke := map[*person]bool{parent.who: true}
	if round != "" && parent.parent == nil {
		for _, p := range t.posts {
			if p.parent == t.posts[0] {
				spoke[p.who] = true
			}
		}
	}
	for _, p := range t.posts[max(0, len(t.posts)-2):] {
		spoke[p.who] = true
	}
	p := y.somebody(t.here, at, func(p *person) bool { return spoke[p] })
	if p == nil {
		p = y.somebody(t.here, at, func(p *person) bool { return p == parent.who })
	}
	if p == nil {
		p = t.here.founder
	}
	return p
}

// reply finds words for an answer that nobody has said in the thread.
func (y *year) reply(t *thread, p *saying, round string) (body string) {
	language := t.language
	if p.who.language != language && y.rng.IntN(5) == 0 {
		language = p.who.language
	}
	l := y.lexicons[language]
	t.speech.mention = func() string { return y.mentionable(t, p.who, p.at) }
	for range 12 {
		e := y.rejoinder(l, t, p, round)
		body = t.speech.say(l, language, e.body, p.at)
		if !t.said[body] {
			e.used++
			break
		}
	}
	t.said[body] = true
	if p.parent.parent != nil && p.parent.who != p.who && y.rng.IntN(3) == 0 {
		body = "@" + p.parent.who.handle + " " + body
	}
	if p.who.tongue != "" && y.rng.IntN(12) == 0 {
		words := y.tongues[p.who.tongue]
		body += "\n\n" + words[y.rng.IntN(len(words))]
	}
	return body
}

// rejoinder draws an entry for an answer: of the round, of somebody who answers
// an answer, of whoever began, or about the topic.
func (y *year) rejoinder(l *lexicon, t *thread, p *saying, round string) *entry {
	own := t.opening.topic + "/replies " + t.opening.kind
	general := "general/replies " + t.opening.kind
	sections := []string{own, own, own, general, "general/replies any"}
	switch back := p.parent.parent != nil; {
	case round != "" && !back:
		sections = []string{t.opening.topic + "/replies " + round}
	case p.who == t.posts[0].who:
		sections = []string{"general/replies author"}
	case back && y.rng.IntN(4) > 0:
		sections = []string{"general/replies back"}
	case round != "":
		sections = []string{"general/replies any"}
	}
	var e *entry
	for range 4 {
		fitting := l.answers(sections[y.rng.IntN(len(sections))], t.opening)
		if len(fitting) == 0 {
			continue
		}
		if another := fitting[y.rng.IntN(len(fitting))]; e == nil || another.used < e.used {
			e = another
		}
	}
	if e == nil {
		any := l.sections["general/replies any"]
		e = any[y.rng.IntN(len(any))]
	}
	return e
}

// speak says a thread, post by post.
func (y *year) speak(t *thread) {
	for _, p := range t.posts {
		y.at(p.at, "say", func(ctx context.Context) (err error) {
			d := post.Draft{Space: t.here.id, Title: p.title, Body: p.body}
			if d.Media, err = y.photographs(ctx, p, t.language); err != nil {
				return err
			}
			if p.parent == nil {
				p.id, err = y.Posts.Publish(ctx, p.who.actor(), "", d)
				return err
			}
			p.id, err = y.Posts.Reply(ctx, p.who.actor(), "", post.Draft{Parent: p.parent.id, Body: strings.TrimSpace(p.body)})
			return err
		})
	}
}
