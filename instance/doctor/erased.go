package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/opengather/opengather/instance/internal/erasure"
)

// since is the schema with which the list began.
const since = 6

// erased looks at the list of erasures outside the database.
func erased(ctx context.Context, v *visit) result {
	name := filepath.Join(v.Config.Data, erasure.Name)
	all, err := erasure.In(v.Config.Data).Read()
	switch {
	case errors.Is(err, erasure.ErrUnread):
		return needsYou("Some lines of "+name+" cannot be understood.", "Put the last copy of it that you have in its place, or take those lines out. The next start adds what the database knows.")
	case err != nil:
		return unclear("The list of what was erased cannot be read", err)
	}
	if _, err := os.Stat(name); err == nil {
		return well(counted(len(all), "1 erasure is", "%d erasures are") + " known outside the database.")
	} else if !errors.Is(err, fs.ErrNotExist) {
		return unclear("The list of what was erased cannot be looked at", err)
	}
	if has, err := v.data.Schema(ctx); err == nil && has < since {
		return well("The list begins when the data is migrated.")
	}
	n, err := v.number(ctx, "SELECT count(*) FROM erasures")
	switch {
	case err != nil:
		return unclear("What was erased cannot be counted", err)
	case n > 0:
		return needsYou(fmt.Sprintf("There is no %s, though the database knows of %s.", name, counted(int(n), "1 erasure", "%d erasures")), "If you have a copy of that file, put it there. Then start the program again: it adds what the database knows.")
	}
	return well("Nothing was erased yet.")
}
