package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// polled is the schema with which polls began.
const polled = 15

// ballots looks for the keys of secret polls that are open.
func ballots(ctx context.Context, v *visit) result {
	if has, err := v.data.Schema(ctx); err == nil && has < polled {
		return well("There are no polls yet.")
	}
	n, err := v.number(ctx, "SELECT count(*) FROM polls q WHERE q.state = 'open' AND q.secret -- unfiltered: how many there are")
	switch {
	case err != nil:
		return unclear("The secret polls cannot be counted", err)
	case n == 0:
		return well("No secret poll is open.")
	case v.Config.S3Endpoint != "":
		return note("The keys of open secret polls lie in the bucket, which is not looked at.", "")
	}
	missing, err := v.keyless(ctx)
	switch {
	case err != nil:
		return unclear("The keys of secret polls cannot be looked at", err)
	case missing > 0:
		return needsYou(counted(missing, "1 open secret poll has", "%d open secret polls have")+" lost the key: nobody can count it.", "If an older copy of the database was put back, put the right one back. Else people have to be asked again.")
	}
	return well("Every open secret poll has its key.")
}

// keyless counts the open secret polls whose key is not in the data directory.
func (v *visit) keyless(ctx context.Context) (missing int, err error) {
	var all string
	folders := "SELECT coalesce(group_concat(q.folder), '') FROM polls q WHERE q.state = 'open' AND q.secret -- unfiltered: where their keys are"
	if v.Config.Database != "" {
		folders = "SELECT coalesce(string_agg(q.folder, ','), '') FROM polls q WHERE q.state = 'open' AND q.secret -- unfiltered: where their keys are"
	}
	if err := v.data.Row(ctx, []any{&all}, folders); err != nil {
		return 0, err
	}
	for _, folder := range strings.FieldsFunc(all, func(c rune) bool { return c == ',' }) {
		_, err := os.Stat(filepath.Join(v.Config.Data, "urns", folder, "k"))
		if errors.Is(err, fs.ErrNotExist) {
			missing++
		} else if err != nil {
			return 0, err
		}
	}
	return missing, nil
}
