package flows_test

import (
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
)

// TestAVideoIsSentAndPlays chooses a video and drops a photo while somebody
// writes, and plays it in the post and on its own page. The viewer of photos
// passes it by.
func TestAVideoIsSentAndPlays(t *testing.T) {
	onBoth(t, func(t *testing.T, screen browser.Screen) {
		v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
		v.Owner.Makes("Seeds", "What grows.", "open")
		ada := signedIn(t, v, v.Owner, screen)
		ada.to("/compose")
		ada.Choose("Where", "Seeds · all members")
		ada.Fill(say, "The shed in the wind.")
		ada.Click("DisclosureTriangle", "Add photos or a video")
		ada.Attach(choose, village.OnDisk(t, village.Film(t, "place.mov")))
		ada.Fill("What is in this video? · optional", "the wind")
		ada.Drop(say, village.OnDisk(t, village.Photo(60, 90)))
		ada.See("It has arrived.")
		ada.judge()
		ada.Click("button", "Post")
		ada.See("The shed in the wind.")
		ada.judge()
		want := browser.Film{Millis: 1500, Width: 96, Height: 64}
		if got := ada.Plays(); got.Width != want.Width || got.Height != want.Height || got.Millis < want.Millis-50 || got.Millis > want.Millis+50 {
			t.Errorf("in the post it plays as %+v, want about %+v", got, want)
		}
		ada.Click("link", "Photo 1 of 1")
		viewer := ada.Within("dialog", "Photos")
		viewer.See("Photo 1 of 1")
		viewer.NotSee("Later photo")
		ada.Press("Escape")
		ada.Click("link", "Page of this video")
		ada.See("Video, 1 of 2")
		ada.judge()
		if got := ada.Plays(); got.Width != want.Width {
			t.Errorf("on its own page it plays as %+v", got)
		}
		parts := 0
		for _, r := range ada.Requests() {
			if strings.HasSuffix(r.URL, "/video") {
				parts++
			}
		}
		if parts == 0 {
			t.Error("nobody asked for the video")
		}
	})
}
