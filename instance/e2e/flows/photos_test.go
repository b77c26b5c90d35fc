package flows_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/e2e/village"
)

const (
	choose = "Choose photos or a video optional"
	shown  = "What is in this photo? · optional"
	say    = "What would you like to say?"
)

// TestPhotosAreSentWhileSomebodyWrites chooses, drops and pastes photos: they are
// there before the words are sent, and in the order that they were put in.
func TestPhotosAreSentWhileSomebodyWrites(t *testing.T) {
	onBoth(t, func(t *testing.T, screen browser.Screen) {
		v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
		v.Owner.Makes("Seeds", "What grows.", "open")
		ada := signedIn(t, v, v.Owner, screen)
		ada.to("/compose")
		ada.Choose("Where", "Seeds · all members")
		ada.Fill(say, "The shed, twice.")
		ada.Click("DisclosureTriangle", "Add photos or a video")
		ada.Attach(choose, village.OnDisk(t, village.Photo(90, 60)))
		ada.Fill(shown, "first")
		ada.Drop(say, village.OnDisk(t, village.Photo(60, 90)))
		ada.Click("button", "Later")
		ada.Paste(say, village.OnDisk(t, village.Photo(80, 80)))
		ada.See("It has arrived.")
		ada.judge()
		if n := sent(ada); n != 3 {
			t.Errorf("%d photos were sent before the words", n)
		}
		ada.Click("button", "Post")
		ada.See("The shed, twice.")
		ada.judge()
		page := v.Owner.Get(ada.path())
		var sizes []string
		for _, m := range size.FindAllSubmatch(page.Body, -1) {
			sizes = append(sizes, string(m[1]))
		}
		if want := []string{`width="60" height="90"`, `width="90" height="60"`, `width="80" height="80"`}; !slices.Equal(sizes, want) {
			t.Errorf("the photos are %v, want %v", sizes, want)
		}
		if n := sent(ada); n != 3 {
			t.Errorf("%d photos were sent in all", n)
		}
	})
}

var size = regexp.MustCompile(`<img [^>]*(width="\d+" height="\d+")`)

// sent counts the photos that the browser sent by themselves.
func sent(w *walker) (n int) {
	for _, r := range w.Requests() {
		if r.Method == "POST" && strings.HasSuffix(r.URL, "/media") {
			n++
		}
	}
	return n
}

// TestAPhotoThatIsRefused chooses what is no photo and one photo twice: each is
// told beside where it was chosen, and the words are not lost.
func TestAPhotoThatIsRefused(t *testing.T) {
	v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
	v.Owner.Makes("Seeds", "What grows.", "open")
	ada := signedIn(t, v, v.Owner, browser.SmallPhone)
	ada.to("/compose")
	ada.Choose("Where", "Seeds · all members")
	ada.Fill(say, "One shed.")
	ada.Click("DisclosureTriangle", "Add photos or a video")
	shed := village.OnDisk(t, village.Photo(90, 60))
	ada.Attach(choose, shed, village.OnDisk(t, program.File{Name: "not.jpg", Data: []byte("This is a letter.")}), shed)
	ada.See("Try again")
	ada.judge()
	ada.Click("button", "Try again")
	ada.Click("button", "Post")
	ada.See("One shed.")
	if n := len(size.FindAll(v.Owner.Get(ada.path()).Body, -1)); n != 1 {
		t.Errorf("the post has %d photos", n)
	}
}

// TestLookingAtPhotos goes through the photos of a post by keys, by buttons and
// by swiping, and comes back to where it began.
func TestLookingAtPhotos(t *testing.T) {
	v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
	post := v.Owner.Says(v.Owner.Makes("Seeds", "What grows.", "open"), "Three sheds", "Look.", village.Photo(90, 60), village.Photo(60, 90), village.Photo(80, 80))
	v.Owner.Describes(post, "The shed from the gate")
	ada := signedIn(t, v, v.Owner, browser.SmallPhone)
	ada.to(post)
	before := ada.URL()
	ada.Click("link", "The shed from the gate")
	viewer := ada.Within("dialog", "Photos")
	viewer.See("Photo 1 of 3")
	viewer.See("The shed from the gate")
	viewer.NotSee("Earlier photo")
	ada.judge()
	ada.Press("ArrowRight")
	viewer.See("Photo 2 of 3")
	viewer.NotSee("The shed from the gate")
	viewer.Swipe("image", "Photo 2 of 3", -120)
	viewer.See("Photo 3 of 3")
	viewer.NotSee("Later photo")
	viewer.Swipe("image", "Photo 3 of 3", 20)
	viewer.See("Photo 3 of 3")
	viewer.Click("button", "Earlier photo")
	viewer.See("Photo 2 of 3")
	ada.Press("Home", "ArrowLeft", "End")
	viewer.See("Photo 3 of 3")
	ada.Press("Escape")
	if at := ada.Focused(); at != `link "Photo 3 of 3"` || ada.URL() != before {
		t.Errorf("closing leads to %s at %s, not at %s", at, ada.URL(), before)
	}
	ada.Press("Enter")
	viewer.See("Photo 3 of 3")
	ada.Back()
	if at := ada.Focused(); at != `link "Photo 3 of 3"` || ada.URL() != before {
		t.Errorf("going back leads to %s at %s, not at %s", at, ada.URL(), before)
	}
	ada.Press("Enter")
	viewer.Click("link", "Page of this photo")
	ada.See("Full size")
}
