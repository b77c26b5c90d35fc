package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/migrations"
)

func integrity(ctx context.Context, v *visit) result {
	if errors.Is(v.dataErr, database.ErrNoData) {
		return unknown("There is no database yet: the first start makes it.", "")
	}
	if v.data == nil {
		return v.unopened()
	}
	damage, err := v.data.Damage(ctx)
	switch {
	case err != nil:
		return unclear("The database cannot be read", err)
	case damage != "":
		return needsYou("The database is damaged: "+damage+".", "End the program. Make a copy of the data directory as it is, then put back the last good copy. Look after the disk: damage seldom comes from elsewhere.")
	}
	return well(v.data.Engine().String() + " is sound.")
}

// unopened says why the database cannot be opened. That of PostgreSQL lists every
// address that was tried, one a line; the last stands for all.
func (v *visit) unopened() result {
	why := v.dataErr.Error()
	why = strings.TrimSuffix(strings.TrimSpace(why[strings.LastIndexByte(why, '\n')+1:]), ".")
	if v.Config.Database != "" {
		return needsYou("PostgreSQL cannot be reached: "+why+".", "Start PostgreSQL, or correct the address, the name or the password in the setting database.")
	}
	return unknown("The database cannot be opened: "+why+".", "Look as the account that runs the program. If that does not help either, put back the last good copy.")
}

func schema(ctx context.Context, v *visit) result {
	has, err := v.data.Schema(ctx)
	if err != nil {
		return unclear("The version of the schema cannot be read", err)
	}
	knows, err := database.Newest(migrations.Files, v.data.Engine())
	if err != nil {
		return unclear("The program's own schema cannot be read", err)
	}
	what := fmt.Sprintf("The data has schema %d, this program knows %d.", has, knows)
	switch {
	case has > knows:
		return needsYou(what, "Start the newer program, or put back the copy in backups that was made before the migration.")
	case has < knows:
		return note(what, "The next start makes a copy of the data and migrates it.")
	}
	return well(what)
}

// number gives the one number that a query counts.
func (v *visit) number(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = v.data.Row(ctx, []any{&n}, query, args...)
	return n, err
}

// founded is when setting the community up was finished, zero if it was not.
func (v *visit) founded(ctx context.Context) (time.Time, error) {
	at, err := v.number(ctx, "SELECT coalesce(max(founded_at), 0) FROM community")
	if err != nil || at == 0 {
		return time.Time{}, err
	}
	return database.At(at), nil
}

// ahead is how far what is written may be ahead of the clock.
const ahead = 5 * time.Minute

// program's own first day: no clock that is right shows less.
var begun = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func clock(ctx context.Context, v *visit) result {
	newest, err := v.number(ctx, "SELECT coalesce(max(at), 0) FROM facts -- unfiltered: when something was last written")
	if err != nil {
		return unclear("When something was last written cannot be read", err)
	}
	now := v.Now()
	fix := "Set the clock, and let it be kept right from the network (NTP)."
	switch {
	case now.Before(begun):
		return needsYou("The clock shows "+now.Format(time.DateOnly)+", which cannot be.", fix)
	case database.At(newest).After(now.Add(ahead)):
		return needsYou("The clock is behind: something was written here on "+database.At(newest).Format("2006-01-02 15:04")+" UTC.", fix)
	}
	return well("The clock shows " + now.UTC().Format("2006-01-02 15:04") + " UTC.")
}

// late is how late a job may be, before somebody should look.
const late = time.Hour

func jobsOverdue(ctx context.Context, v *visit) result {
	now := v.Now()
	n, err := v.number(ctx, "SELECT count(*) FROM jobs WHERE run_at < $1 AND lease_until < $2", database.Micros(now.Add(-late)), database.Micros(now))
	switch {
	case err != nil:
		return unclear("The jobs cannot be counted", err)
	case n > 0 && v.running():
		return needsYou(counted(int(n), "1 job has", "%d jobs have")+" been due for more than an hour.", "Look into the log of the program, and start it again.")
	case n > 0:
		return note(counted(int(n), "1 job waits", "%d jobs wait")+" until the program runs.", "")
	}
	return well("No job is late.")
}

// failures is how often a job may fail before it counts: the network comes and
// goes.
const failures = 3

func jobsFailing(ctx context.Context, v *visit) result {
	var n int64
	var kind string
	err := v.data.Row(ctx, []any{&n, &kind}, "SELECT count(*), coalesce(min(kind), '') FROM jobs WHERE attempts >= $1 AND last_error <> ''", failures)
	switch {
	case err != nil:
		return unclear("The jobs cannot be counted", err)
	case n > 0:
		return needsYou(counted(int(n), "1 job fails", "%d jobs fail")+" again and again, of the kind "+kind+" and perhaps others.", "The log of the program says why, in lines with this kind.")
	}
	return well("No job fails.")
}

func owners(ctx context.Context, v *visit) result {
	founded, err := v.founded(ctx)
	if err != nil {
		return unclear("The owners cannot be counted", err)
	}
	if founded.IsZero() {
		return note("Nobody has finished setting the community up.", `The next start prints a link for it; so does "opengather setup-link".`)
	}
	n, err := v.number(ctx, "SELECT count(*) FROM members WHERE role = 'owner' AND state = 'active' -- unfiltered: how many there are")
	switch {
	case err != nil:
		return unclear("The owners cannot be counted", err)
	case n < 2:
		return needsYou(map[int64]string{0: "There is no owner.", 1: "There is one owner."}[n], "An owner can ask a second person on that person's page. It takes nothing from the first.")
	}
	return well(fmt.Sprintf("There are %d owners.", n))
}

// waits is how long somebody may wait at the door.
const waits = 7 * 24 * time.Hour

func requests(ctx context.Context, v *visit) result {
	n, err := v.number(ctx, "SELECT count(*) FROM requests r JOIN members m ON m.id = r.member_id AND m.state = 'pending' WHERE r.decided_at IS NULL AND r.asked_at < $1 -- unfiltered: how many there are",
		database.Micros(v.Now().Add(-waits)))
	switch {
	case err != nil:
		return unclear("The requests cannot be counted", err)
	case n > 0:
		return needsYou(counted(int(n), "1 person has", "%d people have")+" waited for more than a week to be let in.", "Owners and moderators answer them on the page Requests. A no is an answer, too.")
	}
	return well("Nobody has waited for more than a week.")
}
