package preview_test

import (
	"bytes"
	"context"
	"image/jpeg"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/preview"
)

// TestAPreviewIsFetchedOnce reads a post a hundred times and changes its words: the
// page and its picture are asked for once, after the writing and before the reading.
func TestAPreviewIsFetchedOnce(t *testing.T) {
	both(t, func(h house) {
		link := h.page()
		id := h.write("ada", "look at\n\n"+link)
		if n := h.elsewhere.requests(); n != "" {
			t.Errorf("while she wrote %q was asked for", n)
		}
		h.work()
		for range 100 {
			h.card(id)
		}
		h.edit("ada", id, "look at this\n\n"+link)
		h.work()
		c := h.card(id)
		if c == nil || c.URL != link || c.Title != "Seeds & beds" || c.Description != "What grows where." || c.Site != "Seeds" || c.Picture == "" || c.Width != 480 || c.Height != 320 {
			h.t.Errorf("the preview is %+v", c)
		}
		if got := h.elsewhere.requests(); got != "/page /bed.jpg" {
			h.t.Errorf("asked for were %q", got)
		}
		page, err := h.posts.Threads(h.ctx, access.Member("ada"), post.Query{Space: "garden"})
		if err != nil || len(page.Posts) != 1 || page.Posts[0].Preview != nil {
			h.t.Errorf("the list shows %+v, %v", page.Posts, err)
		}
	})
}

// TestTheOtherServerLearnsNothing looks at all that is sent there.
func TestTheOtherServerLearnsNothing(t *testing.T) {
	both(t, func(h house) {
		h.write("ada", h.page())
		h.work()
		for _, r := range h.elsewhere.asked {
			for name, values := range r.Header {
				want := map[string]string{"User-Agent": "OpenGather", "Accept-Encoding": "identity", "Accept": r.Header.Get("Accept"), "Connection": "close"}[name]
				if want == "" || strings.Join(values, ",") != want {
					h.t.Errorf("%s is sent: %q", name, values)
				}
			}
		}
	})
}

// TestThePictureIsDrawnAnew holds that nothing of the file survives but what it shows.
func TestThePictureIsDrawnAnew(t *testing.T) {
	both(t, func(h house) {
		id := h.write("ada", h.page())
		h.work()
		body, err := h.previews.Picture(h.ctx, access.Member("ada"), h.card(id).Picture)
		must(h.t, err)
		if bytes.Contains(body, []byte(canary)) {
			h.t.Error("what was hidden in the picture is there")
		}
		if c, err := jpeg.DecodeConfig(bytes.NewReader(body)); err != nil || c.Width != 480 {
			h.t.Errorf("it is %+v, %v", c, err)
		}
	})
}

// TestWhatIsRefused has a server be as bad as it can: there is no preview, nobody is
// told, nothing about it is in the log, and it is asked no second time.
func TestWhatIsRefused(t *testing.T) {
	for name, bad := range map[string]http.HandlerFunc{
		"no page":      http.NotFound,
		"another type": say("application/pdf", "%PDF-1.4 <title>x</title>"),
		"a picture":    say("text/html", string(photo(100, 100))),
		"text":         say("text/plain", "<title>x</title>"),
		"too large":    say("text/html", "<title>x</title>"+strings.Repeat("x", preview.MaxPage)),
		"packed": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			web(good)(w, r)
		},
		"no title":         web(`<meta property="og:description" content="x">`),
		"an empty title":   web("<title> \u202e\u0000 </title>"),
		"broken":           say("text/html", "<html><head><meta property='og:title' content='"),
		"far down":         say("text/html", "<p>"+strings.Repeat("x", 512<<10)+"<title>x</title>"),
		"below the head":   say("text/html", "<html><body><title>x</title><meta property='og:title' content='x'>"),
		"a link to itself": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/page", http.StatusFound) },
		"to this machine":  lead("https://[::1]:1/"),
		"to the cloud":     lead("https://169.254.169.254/latest/meta-data/"),
		"to the house":     lead("https://10.0.0.1/"),
		"to another way":   lead("http://127.0.0.1/"),
		"to a file":        lead("file:///etc/passwd"),
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(h house) { h.refuses(h.elsewhere.at("/page", bad)) })
		})
	}
}

func lead(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}

// refuses demands that there is no preview of a link.
func (h house) refuses(link string) {
	h.t.Helper()
	id := h.write("ada", "see "+link)
	h.work()
	if c := h.card(id); c != nil {
		h.t.Errorf("there is a preview: %+v", c)
	}
	asked := len(h.elsewhere.asked)
	h.edit("ada", id, "see here "+link)
	h.work()
	if n := len(h.elsewhere.asked); n != asked {
		h.t.Error("it was asked again")
	}
	if h.log.Len() > 0 || h.count("SELECT count(*) FROM jobs WHERE kind = $1", preview.Job) != 0 {
		h.t.Errorf("it is to be tried again, or the log tells of it: %s", h.log)
	}
}

// TestASlowServer keeps nobody waiting.
func TestASlowServer(t *testing.T) {
	both(t, func(h house) {
		h.previews.Door = h.elsewhere.allowed(h.elsewhere.door(h.t, 200*time.Millisecond))
		h.refuses(h.elsewhere.at("/page", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			for r.Context().Err() == nil {
				io.WriteString(w, "<")
				w.(http.Flusher).Flush()
				time.Sleep(20 * time.Millisecond)
			}
		}))
	})
}

// TestPrivateAddressesAreNotReached asks through the door as it is, by each way of
// writing an address that is nobody else's business.
func TestPrivateAddressesAreNotReached(t *testing.T) {
	both(t, func(h house) {
		h.previews.Door = h.elsewhere.door(h.t, usual)
		h.refuses(h.page())
		if h.elsewhere.requests() != "" || h.elsewhere.results() != "private-address" {
			h.t.Errorf("asked for were %q, which ended as %q", h.elsewhere.requests(), h.elsewhere.results())
		}
		for _, link := range []string{"https://10.0.0.1/", "https://169.254.169.254/", "https://192.168.0.1/x", "https://[fd00::1]/"} {
			h.refuses(link)
		}
	})
}

// TestBadPictures have the preview stay without.
func TestBadPictures(t *testing.T) {
	bomb := photo(200, 200)
	if at := bytes.Index(bomb, []byte{0xff, 0xc0}); at > 0 {
		copy(bomb[at+5:], []byte{0xff, 0xff, 0xff, 0xff}) // it claims 65,535 by 65,535 pixels
	}
	for name, bad := range map[string]http.HandlerFunc{
		"not there":       http.NotFound,
		"a bomb":          say("image/jpeg", string(bomb)),
		"many pixels":     say("image/jpeg", string(photo(4100, 4000))),
		"too large":       say("image/jpeg", string(append(photo(200, 200), make([]byte, preview.MaxPicture)...))),
		"half":            say("image/jpeg", string(photo(200, 200)[:300])),
		"a page":          web(good),
		"a drawing":       say("image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
		"one pixel":       say("image/jpeg", string(photo(1, 1))),
		"a line":          say("image/jpeg", string(photo(4000, 41))),
		"to the cloud":    lead("https://169.254.169.254/"),
		"in this machine": lead("https://[::1]:1/"),
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(h house) {
				link := h.page()
				h.elsewhere.at("/bed.jpg", bad)
				id := h.write("ada", link)
				h.work()
				if c := h.card(id); c == nil || c.Title != "Seeds & beds" || c.Picture != "" || c.Width != 0 {
					h.t.Errorf("the preview is %+v", c)
				}
				if h.log.Len() > 0 {
					h.t.Errorf("the log tells of it: %s", h.log)
				}
			})
		})
	}
}

// TestHostileTitles are text, of one line, as long as there is room.
func TestHostileTitles(t *testing.T) {
	both(t, func(h house) {
		long := strings.Repeat("ß", 1000)
		id := h.write("ada", h.elsewhere.at("/page", web(`<meta property="og:title" content="&lt;script&gt;alert(1)&lt;/script&gt;`+"\n\x00\u202e"+long+`"><meta property="og:description" content="`+long+`"><meta property="og:site_name" content="`+long+`"><meta property="og:image" content="javascript:alert(1)">`)))
		h.work()
		c := h.card(id)
		if c == nil {
			h.t.Fatal("there is no preview")
		}
		if !strings.HasPrefix(c.Title, "<script>alert(1)</script> ß") || strings.ContainsAny(c.Title, "\n\x00\u202e") {
			h.t.Errorf("the title is %q", c.Title)
		}
		if utf8.RuneCountInString(c.Title) != preview.MaxTitle || utf8.RuneCountInString(c.Description) != preview.MaxDescription || utf8.RuneCountInString(c.Site) != preview.MaxSite || c.Picture != "" {
			h.t.Errorf("it is as long as it likes: %+v", c)
		}
	})
}

// TestLettersOfOldPages are read as the page says.
func TestLettersOfOldPages(t *testing.T) {
	both(t, func(h house) {
		id := h.write("ada", h.elsewhere.at("/page", say("text/html", "<html><head><meta charset=iso-8859-1><title>Kr\xe4uter &amp;amp; Beete</title>")))
		h.work()
		if c := h.card(id); c == nil || c.Title != "Kräuter &amp; Beete" {
			h.t.Errorf("the preview is %+v", c)
		}
	})
}

// TestWhichLink is the first on a line of its own, else the first that leads elsewhere.
func TestWhichLink(t *testing.T) {
	both(t, func(h house) {
		h.Do("INSERT INTO origins (origin, current, changed_at) VALUES ('https://street.example', $1, 0)", true)
		a, b := h.elsewhere.at("/a", web("<title>a</title>")), h.elsewhere.at("/b", web("<title>b</title>"))
		for body, want := range map[string]string{
			"see " + a + " and\n\n" + b:                "b",
			"see " + a + " and " + b:                   "a",
			a + "\n" + b:                               "a",
			"- [words](" + b + ")\n- and " + a:         "b",
			"https://street.example/p/1\n\n" + a + " ": "a",
			"https://STREET.example/x":                 "",
			"http://127.0.0.1/\n\nsee " + b:            "b",
			"`" + a + "`":                              "",
			"```\n" + a + "\n```\n":                    "",
			"mailto:ada@street.example":                "",
			"nothing":                                  "",
			"https://x.example/" + strings.Repeat("x", preview.MaxURL) + "\n\nsee " + b: "b",
		} {
			id := h.write("ada", body)
			h.work()
			got := ""
			if c := h.card(id); c != nil {
				got = c.Title
			}
			if got != want {
				h.t.Errorf("%.60q has the preview %q, want %q", body, got, want)
			}
		}
	})
}

// TestNothingIsFetchedWhileOff switches previews off before the writing, between it and
// the job, and while the page is fetched.
func TestNothingIsFetchedWhileOff(t *testing.T) {
	both(t, func(h house) {
		link := h.page()
		id := h.write("ada", link)
		h.turn(false)
		h.work()
		other := h.write("ada", link)
		h.work()
		if h.elsewhere.requests() != "" || h.card(id) != nil || h.card(other) != nil {
			h.t.Errorf("asked for were %q", h.elsewhere.requests())
		}
		if n := h.count("SELECT count(*) FROM previews") + h.count("SELECT count(*) FROM jobs WHERE kind = $1", preview.Job); n != 0 {
			h.t.Errorf("%d wait", n)
		}
		h.turn(true)
		h.elsewhere.at("/page", func(w http.ResponseWriter, r *http.Request) { h.turn(false); web(good)(w, r) })
		h.edit("ada", id, "look "+link)
		h.work()
		if h.elsewhere.requests() == "" || h.card(id) != nil {
			h.t.Errorf("asked for were %q, and shown is %v", h.elsewhere.requests(), h.card(id))
		}
	})
}

func (h house) turn(on bool) {
	h.t.Helper()
	_, err := h.DB.Write(context.WithoutCancel(h.ctx), database.Op{Class: database.System, Name: "test"}, func(tx *database.Tx) (string, error) {
		return "", community.Switch(tx, community.Previews, on)
	})
	if err != nil {
		h.t.Error(err)
	}
}

// TestLateArrivals come when the post says something else, is hidden or is gone.
func TestLateArrivals(t *testing.T) {
	for name, meanwhile := range map[string]func(h house, id string){
		"edited":  func(h house, id string) { h.edit("ada", id, "no link any more") },
		"another": func(h house, id string) { h.edit("ada", id, h.elsewhere.at("/late", http.NotFound)) },
		"hidden": func(h house, id string) {
			_, err := h.posts.Hide(h.ctx, access.Member("mod"), "", id, "why")
			must(h.t, err)
		},
		"deleted": func(h house, id string) {
			_, err := h.posts.Withdraw(h.ctx, access.Member("ada"), "", id)
			must(h.t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(h house) {
				link := h.page()
				id := h.write("ada", link)
				_, err := h.posts.Reply(h.ctx, access.Member("ben"), "", post.Draft{Parent: id, Body: "so that a tombstone stays"})
				must(h.t, err)
				h.elsewhere.at("/page", func(w http.ResponseWriter, r *http.Request) { meanwhile(h, id); web(good)(w, r) })
				h.work()
				if c := h.card(id); c != nil {
					h.t.Errorf("the preview is %+v", c)
				}
				if n := h.count("SELECT count(*) FROM previews WHERE title <> '' OR picture IS NOT NULL OR state IN ('pending', 'ready')") + h.count("SELECT count(*) FROM posts WHERE previewed"); n != 0 {
					h.t.Errorf("%d are kept", n)
				}
			})
		})
	}
}

// TestThePreviewFollowsThePost changes the link, takes it out and deletes the post.
func TestThePreviewFollowsThePost(t *testing.T) {
	both(t, func(h house) {
		id := h.write("ada", h.page())
		h.work()
		was := h.card(id).Picture
		other := h.elsewhere.at("/other", web("<title>Another</title>"))
		h.edit("ada", id, other)
		if c := h.card(id); c != nil {
			h.t.Errorf("before the other is fetched there is %+v", c)
		}
		h.work()
		if c := h.card(id); c == nil || c.Title != "Another" || c.Picture != "" {
			h.t.Errorf("the preview is %+v", c)
		}
		if _, err := h.previews.Picture(h.ctx, access.Member("ada"), was); !fault.Is(err, fault.NotFound) {
			h.t.Errorf("the picture of the former is there: %v", err)
		}
		h.edit("ada", id, "nothing")
		if h.card(id) != nil || h.count("SELECT count(*) FROM previews") != 0 {
			h.t.Error("the preview stays without the link")
		}
		h.edit("ada", id, h.page())
		h.work()
		_, err := h.posts.Withdraw(h.ctx, access.Member("ada"), "", id)
		must(h.t, err)
		if h.count("SELECT count(*) FROM previews") != 0 {
			h.t.Error("the preview stays without the post")
		}
	})
}

// TestTheAuthorRemovesAPreview: she alone, and it stays away as long as the link stays.
func TestTheAuthorRemovesAPreview(t *testing.T) {
	both(t, func(h house) {
		link := h.page()
		id := h.write("ada", link)
		h.work()
		for who, want := range map[string]fault.Kind{"ben": fault.Forbidden, "mod": fault.Forbidden, "cem": fault.NotFound, "olga": fault.NotFound} {
			if _, err := h.posts.RemovePreview(h.ctx, access.Member(who), "", id); !fault.Is(err, want) {
				h.t.Errorf("%s: %v", who, err)
			}
		}
		if h.card(id) == nil {
			h.t.Fatal("somebody else took it away")
		}
		for range 2 {
			if _, err := h.posts.RemovePreview(h.ctx, access.Member("ada"), "", id); err != nil {
				h.t.Error(err)
			}
		}
		asked := h.elsewhere.requests()
		h.edit("ada", id, "look at\n\n"+link)
		h.work()
		if h.card(id) != nil || h.elsewhere.requests() != asked {
			h.t.Error("it came back")
		}
		if n := h.count("SELECT count(*) FROM previews WHERE title <> '' OR picture IS NOT NULL OR picture_id IS NOT NULL"); n != 0 {
			h.t.Error("something of it is kept")
		}
		h.edit("ada", id, h.elsewhere.at("/other", web("<title>Another</title>")))
		h.work()
		if h.card(id) == nil {
			h.t.Error("another link has none")
		}
	})
}

// TestWhoSeesThePicture: the readers of the post, in a thread that they read.
func TestWhoSeesThePicture(t *testing.T) {
	both(t, func(h house) {
		link := h.page()
		root := h.write("ben", link)
		reply, err := h.posts.Reply(h.ctx, access.Member("ben"), "", post.Draft{Parent: root, Body: link})
		must(h.t, err)
		h.work()
		h.sees(root, "mod ada ben")
		h.sees(reply, "mod ada ben")
		_, err = h.posts.Hide(h.ctx, access.Member("mod"), "", root, "why")
		must(h.t, err)
		h.sees(root, "mod ben")
		h.sees(reply, "mod ben")
		_, err = h.posts.Restore(h.ctx, access.Member("mod"), "", root)
		must(h.t, err)
		h.Put("garden", "ada", "")
		h.sees(root, "mod ben")
		if got := h.elsewhere.requests(); strings.Count(got, "/page") != 1 {
			h.t.Errorf("for two posts with one link %q was asked for", got)
		}
	})
}

func (h house) sees(id, want string) {
	h.t.Helper()
	var address string
	must(h.t, h.DB.Read(h.ctx, func(tx *database.Tx) error {
		return tx.One([]any{&address}, "SELECT picture_id FROM previews WHERE post_id = $1", id)
	}))
	var all []string
	for _, who := range []string{"olga", "mod", "ada", "ben", "cem", ""} {
		a := access.Member(who)
		if who == "" {
			a = access.Stranger()
		}
		_, err := h.previews.Picture(h.ctx, a, address)
		if err == nil {
			all = append(all, who)
		} else if !fault.Is(err, fault.NotFound) {
			h.t.Errorf("%s: %v", who, err)
		}
	}
	if got := strings.Join(all, " "); got != want {
		h.t.Errorf("%q see it, want %q", got, want)
	}
}

// TestAnAgentMakesNobodyBeAsked: an address could carry what its run has read.
func TestAnAgentMakesNobodyBeAsked(t *testing.T) {
	both(t, func(h house) {
		link := h.page()
		bot := access.Agent("bot", access.InSpace("garden"))
		if _, err := h.posts.Publish(h.ctx, bot, "", post.Draft{Space: "garden", Body: link + "?what=it-has-read"}); err != nil {
			h.t.Fatal(err)
		}
		h.work()
		if h.elsewhere.requests() != "" || h.count("SELECT count(*) FROM previews") != 0 {
			h.t.Errorf("asked for were %q", h.elsewhere.requests())
		}
	})
}

// TestMuchAtOnceHasNoPreviews bounds what one author can have wait.
func TestMuchAtOnceHasNoPreviews(t *testing.T) {
	both(t, func(h house) {
		link := h.page()
		for range 25 {
			h.write("ada", link)
		}
		h.write("ben", link)
		if n := h.count("SELECT count(*) FROM previews WHERE state = 'pending'"); n != 21 {
			h.t.Errorf("%d wait, want 20 of hers and one of his", n)
		}
	})
}
