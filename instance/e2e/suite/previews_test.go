package suite_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/picture"
)

// previewed are the posts with previews of what they link to: the marks in their
// titles and the colours of their pictures.
var previewed = map[string]struct{ title, pixels string }{
	"thread": {"qzpreview", "qzpixels"}, "reply": {"qzreplypreview", "qzpixels"}, "hidden": {"qzhiddenpreview", "qzhiddenpixels"},
}

// link gives what is said in a space its previews, as if they had been fetched.
func (w *town) link(where string) {
	w.t.Helper()
	var press picture.Press
	for what, x := range previewed {
		file := photograph(x.pixels+where, "elsewhere")
		all, err := press.Variants(w.t.Context(), bytes.NewReader(file), int64(len(file)))
		if err != nil {
			w.t.Fatal(err)
		}
		var name [16]byte
		rand.Read(name[:])
		id := w.posts[what+" "+where]
		w.links[what+" "+where] = hex.EncodeToString(name[:])
		_, err = w.program.DB.Write(w.t.Context(), database.Op{Class: database.System, Name: "test"}, func(tx *database.Tx) (string, error) {
			_, err := tx.Exec(`INSERT INTO previews (post_id, url, state, title, description, site, picture_id, width, height, fetched_at, picture)
				VALUES ($1, 'https://linked.example/', 'ready', $2, '', '', $3, $4, $5, 0, $6)`,
				id, x.title+where, w.links[what+" "+where], all[0].Width, all[0].Height, all[0].Bytes)
			if err == nil {
				_, err = tx.Exec("UPDATE posts SET previewed = $1 WHERE id = $2", true, id)
			}
			return "", err
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// previewsIn are the channels of the pictures of previews in a space.
func (w *town) previewsIn(where string) (all []channel) {
	for what, x := range previewed {
		all = append(all, channel{name: "preview in " + what + " " + where, paths: []string{"/previews/" + w.links[what+" "+where]}, in: []string{where}, carries: []string{x.pixels}})
	}
	return all
}
