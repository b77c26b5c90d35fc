// Package doctor looks at a community from the outside and says in plain words
// what needs somebody: the machine, the data, the keys, the address, and the
// little that owners have to look after. It reads and changes nothing, and works
// beside a process that serves. What there is to look at is the table checks.
package doctor

import (
	"context"
	"errors"
	"time"

	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fetch"
)

// Severity is how much a finding matters.
type Severity string

const (
	// Well says that there is nothing to do.
	Well Severity = "well"
	// Note is worth knowing, and needs nobody.
	Note Severity = "note"
	// NeedsYou says that somebody should do something.
	NeedsYou Severity = "needs-you"
	// Unknown says that it could not be looked at.
	Unknown Severity = "unknown"
)

// Finding is what was seen of one thing.
type Finding struct {
	Name     string   `json:"name"`
	Severity Severity `json:"severity"`
	// What was seen, Why it matters, and how to Fix it, in English sentences.
	What string `json:"what"`
	Why  string `json:"why"`
	Fix  string `json:"fix,omitempty"`
}

// Patient is what is looked at.
type Patient struct {
	Config *config.Config
	// Invalid is what is wrong with the configuration, nil if nothing is.
	Invalid error
	Now     func() time.Time
	// Up asks the process that serves whether it is well, as a watcher does: it
	// gives the status of GET /up, and an error if nobody answers.
	Up func(ctx context.Context) (status int, err error)
	// Free gives how many bytes may still be written under a directory.
	Free func(dir string) (uint64, error)
}

// result is what a check says.
type result struct {
	severity  Severity
	what, fix string
}

func well(what string) result          { return result{Well, what, ""} }
func note(what, fix string) result     { return result{Note, what, fix} }
func needsYou(what, fix string) result { return result{NeedsYou, what, fix} }
func unknown(what, fix string) result  { return result{Unknown, what, fix} }
func unclear(what string, err error) result {
	return unknown(what+": "+err.Error()+".", "")
}

// visit is one look at a patient.
type visit struct {
	Patient
	// data is nil if it cannot be opened, dataErr says why.
	data    *database.Inspection
	dataErr error
	// served says that a process holds the data on SQLite, status and upErr are
	// what Up gave.
	served bool
	status int
	upErr  error
}

// running reports whether some process does the community's work.
func (v *visit) running() bool { return v.served || v.upErr == nil }

// Examine goes through all checks.
func Examine(ctx context.Context, p Patient) (all []Finding, err error) {
	v := &visit{Patient: p}
	v.status, v.upErr = p.Up(ctx)
	v.open(ctx)
	for _, c := range checks {
		r := unknown(withoutData, "")
		if v.data != nil || !c.needsData {
			r = c.look(ctx, v)
		}
		all = append(all, Finding{Name: c.name, Severity: r.severity, What: r.what, Why: c.why, Fix: r.fix})
	}
	if v.data != nil {
		err = v.data.Close()
	}
	return all, err
}

// open opens the data for looking. PostgreSQL is reached by a door, as all else
// is; the door keeps no list of what went out, because looking changes nothing.
func (v *visit) open(ctx context.Context) {
	o := database.Options{DSN: string(v.Config.Database), Path: v.file()}
	if o.DSN == "" {
		v.served, v.dataErr = database.Served(o.Path)
	} else {
		var door *fetch.Door
		door, v.dataErr = fetch.New(fetch.Config{Record: func(context.Context, fetch.Entry) error { return nil }, Now: v.Now})
		if v.dataErr == nil {
			v.dataErr = o.Through(door)
		}
	}
	if v.dataErr == nil {
		v.data, v.dataErr = database.Inspect(ctx, o)
	}
}

const withoutData = "This is in the database, which could not be opened."

// Count gives how many of the findings need somebody, and how many things could
// not be looked at.
func Count(all []Finding) (needing, unclear int) {
	for _, f := range all {
		switch f.Severity {
		case NeedsYou:
			needing++
		case Unknown:
			unclear++
		}
	}
	return needing, unclear
}

var errNoKey = errors.New("there is no master key to keep a copy of")
