package doctor

import (
	"context"

	"github.com/opengather/opengather/instance/internal/searchtext"
)

// sinceMade is the schema from which on search texts say by which rules they were
// made.
const sinceMade = 14

// searchTexts looks for search texts that older rules made.
func searchTexts(ctx context.Context, v *visit) result {
	if has, err := v.data.Schema(ctx); err == nil && has < sinceMade {
		return well("They are made anew when the data is migrated.")
	}
	n, err := v.number(ctx, "SELECT count(*) FROM search_docs WHERE made < $1", searchtext.Made)
	switch {
	case err != nil:
		return unclear("The search texts cannot be counted", err)
	case n > 0:
		return note(counted(int(n), "1 text is", "%d texts are")+" not made anew yet: titles do not come first, and nothing inside of words is found there.", "The program does it while it runs.")
	}
	return well("All is found by the newest rules.")
}
