package suite_test

import (
	"github.com/opengather/opengather/instance/post"
)

// beginToWrite lets the insider begin something in the closed and the secret space,
// and to answer what is said in the secret one.
func (w *town) beginToWrite() {
	w.t.Helper()
	for mark, at := range map[string]post.Aim{
		"closed": {Space: w.spaces["closed"].ID}, "secret": {Space: w.spaces["secret"].ID}, "reply": {Parent: w.posts["reply secret"]},
	} {
		d, err := w.program.Posts.KeepDraft(w.t.Context(), w.people["insider"].actor(), "draft "+mark, post.Unsent{At: at, Title: "qzdrafttitle" + mark, Body: "harvest qzdraft" + mark})
		if err != nil {
			w.t.Fatal(err)
		}
		w.drafts[mark] = d.ID
	}
}
