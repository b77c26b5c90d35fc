package poll

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
)

// Lengths are how long a poll may be open, in the order in which they are offered.
// Each has an end: so does the key of a secret one.
var Lengths = []time.Duration{time.Hour, 24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 30 * 24 * time.Hour, 91 * 24 * time.Hour}

// Usual is the length that is proposed.
const Usual = 7 * 24 * time.Hour

// Draft is a poll that somebody puts. None of it is ever changed.
type Draft struct {
	Method Method
	Secret bool
	// Most is how many options may be chosen of several; 0 for all.
	Most, Quorum int
	Length       time.Duration
	// Options are in the order in which they are shown. Empty ones are left out.
	Options []string
}

// OptionField is what the field of an option is called, from 0, for whoever has to
// be told that it is wrong.
func OptionField(place int) string { return "option-" + strconv.Itoa(place) }

// Check gives the draft as it is stored, or what is wrong with it.
func (d Draft) Check() (Draft, error) {
	options := make([]string, 0, len(d.Options))
	for i, o := range d.Options {
		o = strings.Join(strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(o, ""), "\x00", "")), " ")
		switch {
		case o == "":
			continue
		case utf8.RuneCountInString(o) > MaxOption:
			return d, fault.Bad(OptionField(i), "poll.option_long").With("max", MaxOption)
		case slices.ContainsFunc(options, func(x string) bool { return strings.EqualFold(x, o) }):
			return d, fault.Bad(OptionField(i), "poll.same")
		}
		options = append(options, o)
	}
	d.Options = options
	switch {
	case len(options) < MinOptions:
		return d, fault.Bad(OptionField(len(options)), "poll.options_few")
	case len(options) > MaxOptions:
		return d, fault.Bad(OptionField(MaxOptions), "poll.options_many").With("max", MaxOptions)
	case !slices.Contains(Methods, d.Method), !slices.Contains(Lengths, d.Length):
		return d, fault.New(fault.Invalid, "fault.bad_request")
	case d.Quorum < 0 || d.Quorum > MaxQuorum:
		return d, fault.Bad("quorum", "poll.quorum_range").With("max", MaxQuorum)
	case d.Most < 0 || d.Most > len(options):
		return d, fault.Bad("most", "poll.most_range").With("max", len(options))
	}
	switch {
	case d.Method == Single:
		d.Most = 1
	case d.Method == Ranked, d.Most == 0:
		d.Most = len(options)
	}
	return d, nil
}

// Target is all of a draft in one text, for the key of a form.
func (d *Draft) Target() string {
	if d == nil {
		return ""
	}
	return strings.Join(append([]string{fmt.Sprint(d.Method, d.Secret, d.Most, d.Quorum, d.Length)}, d.Options...), "\x00")
}

// Attach stores the poll of a post that was just stored, in the caller's
// transaction. folder is where the key of a secret one lies, from NewKey. It checks
// no right.
func (o *Operations) Attach(tx *database.Tx, post string, d Draft, key Key) error {
	closes := tx.Now().Add(d.Length)
	var sealed any
	if d.Secret {
		if key.folder == "" {
			return fault.Bad("secret", "poll.no_secret")
		}
		var err error
		if sealed, err = (urn{}).seal(key, post); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`INSERT INTO polls (post_id, method, secret, most, quorum, closes_at, state, begun, reworded, folder, urn, result)
		VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $7, $8, $9, '')`,
		post, string(d.Method), d.Secret, d.Most, d.Quorum, database.Micros(closes), false, key.folder, sealed)
	if err != nil {
		return fmt.Errorf("store a poll: %w", err)
	}
	for place, words := range d.Options {
		if _, err := tx.Exec("INSERT INTO poll_options (post_id, place, words) VALUES ($1, $2, $3)", post, place, words); err != nil {
			return fmt.Errorf("store an option: %w", err)
		}
	}
	if _, err := tx.Exec("UPDATE posts SET poll = $1 WHERE id = $2", true, post); err != nil {
		return fmt.Errorf("say that there is a poll: %w", err)
	}
	return job.Enqueue(tx, job.Job{Kind: CloseJob, Key: post, RunAt: closes})
}

// Reworded marks the poll of a post whose words are changed, if somebody has voted.
func Reworded(tx *database.Tx, post string) error {
	if _, err := tx.Exec("UPDATE polls SET reworded = $1 WHERE post_id = $2 AND begun", true, post); err != nil {
		return fmt.Errorf("mark the poll of a changed post: %w", err)
	}
	return nil
}
