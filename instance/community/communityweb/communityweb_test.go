package communityweb_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/community/communityweb"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/markup/markuptest"
	"github.com/opengather/opengather/instance/notices"
	"github.com/opengather/opengather/instance/setup/setuptest"
	"github.com/opengather/opengather/instance/signin/signinweb"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// site is a founded community with its owner's browser and a stranger's.
type site struct {
	*setuptest.Place
	url           string
	routes        []web.Route
	owner         access.Actor
	ada, stranger *program.Client
	build         *communityweb.Build
}

// with runs a test on a community of a kind.
func with(t *testing.T, kind string, test func(t *testing.T, s site)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		s := site{Place: setuptest.New(t, db)}
		s.owner = s.Founded(kind)
		pages := &communityweb.Handler{
			Communities: s.Communities, Spaces: s.Spaces,
			Build: communityweb.Build{Version: "1.2.3", Commit: "0123abcd", Source: "https://source.example/ours"},
		}
		s.url, s.routes = s.Serve([]fs.FS{communityweb.Messages, signinweb.Messages}, pages, &signinweb.Handler{SignIn: s.SignIn})
		s.build = &pages.Build
		s.ada, s.stranger = s.browser(s.owner), program.NewClient(t, s.url)
		test(t, s)
	})
}

func (s site) browser(a access.Actor) *program.Client {
	c := program.NewClient(s.T, s.url)
	c.Hold(s.Cookie(a))
	return c
}

func drawing(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 300, 300))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestFamilyShowsStrangersNothing asks every page for a stranger.
func TestFamilyShowsStrangersNothing(t *testing.T) {
	with(t, "family", func(t *testing.T, s site) {
		plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		asked := 0
		for _, route := range s.routes {
			if strings.HasPrefix(route.Path, "/login") || strings.HasPrefix(route.Path, "/.well-known") || route.Method != http.MethodGet {
				continue
			}
			asked++
			res, err := plain.Get(s.url + strings.ReplaceAll(route.Path, ":id", "x"))
			if err != nil {
				t.Fatal(err)
			}
			body := read(t, res)
			if where := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(where, "/login") {
				t.Errorf("%s answers a stranger with %d and leads to %q", route.Path, res.StatusCode, where)
			}
			if strings.Contains(body, "Lime Street") || strings.Contains(body, "Ada") {
				t.Errorf("%s tells a stranger %s", route.Path, body)
			}
		}
		if asked < 10 {
			t.Errorf("only %d pages were asked", asked)
		}
	})
}

func read(t *testing.T, res *http.Response) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestFrontPage shows it for each way in.
func TestFrontPage(t *testing.T) {
	tests := []struct {
		kind string
		says []string
		path string
	}{
		{"family", nil, "/login"},
		{"team", []string{"Welcome to the team", "People come in by invitation", "Sign in", "!Ask to join", "!Read along"}, "/"},
		{"neighbourhood", []string{"lend a ladder", "Tell us who you are", "Ask to join", "Sign in", "!News", "!Read along"}, "/"},
		{"club", []string{"Ask to join", "Read along", "News", "Programme", "!Board", "!Documents"}, "/"},
		{"movement", []string{"Everybody is welcome", "Join", "Read along", "Actions", "!Coordination"}, "/"},
	}
	for _, test := range tests {
		t.Run(test.kind, func(t *testing.T) {
			with(t, test.kind, func(t *testing.T, s site) {
				page := s.stranger.Get("/")
				if page.At(test.path, http.StatusOK); test.path == "/" {
					page.Says(append(test.says, "Lime Street")...)
				}
				if got := s.ada.Get("/").URL.Path; got != "/home" {
					t.Errorf("a member is led to %s", got)
				}
			})
		})
	}
}

// TestFrontPageWaitsForSetUp holds that nothing shows before it is finished.
func TestFrontPageWaitsForSetUp(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		p := setuptest.New(t, db)
		address, _ := p.Serve([]fs.FS{communityweb.Messages, signinweb.Messages},
			&communityweb.Handler{Communities: p.Communities, Spaces: p.Spaces}, &signinweb.Handler{SignIn: p.SignIn})
		if got := program.NewClient(t, address).Get("/").URL.Path; got != "/setup" {
			t.Errorf("before a claim a stranger is led to %s", got)
		}
		owner := p.Claimed()
		if _, err := p.Choose(p.Ctx, owner, "", "movement"); err != nil {
			t.Fatal(err)
		}
		if got := program.NewClient(t, address).Get("/").URL.Path; got != "/login" {
			t.Errorf("before the end a stranger is led to %s", got)
		}
		ada := program.NewClient(t, address)
		ada.Hold(p.Cookie(owner))
		if got := ada.Get("/").URL.Path; got != "/setup/kind" {
			t.Errorf("before the end the owner is led to %s", got)
		}
		ada.Get("/community/preview?as=member").At("/community/preview", http.StatusOK).Says("Actions", "Library")
	})
}

func TestPreview(t *testing.T) {
	with(t, "club", func(t *testing.T, s site) {
		s.ada.Get("/community/preview?as=stranger").At("/community/preview", http.StatusOK).Says("This is what a stranger sees", "Ask to join", "News", "!Documents")
		s.ada.Get("/community/preview?as=stranger&face=named").Says("Ask to join", "!Programme")
		s.ada.Get("/community/preview?as=stranger&face=hidden").Says("page to sign in", "!Ask to join", "!Programme")
		s.ada.Get("/community/preview?as=member").Says("News", "Documents", "!Board")
		s.ada.Get("/community/preview?as=stranger&face=naked").At("/community/preview", http.StatusUnprocessableEntity)
		s.browser(s.Person("bo", access.FullRole)).Get("/community/preview").At("/community/preview", http.StatusForbidden)
	})
}

func TestAbout(t *testing.T) {
	with(t, "club", func(t *testing.T, s site) {
		page := s.stranger.Get("/about").At("/about", http.StatusOK)
		page.Says("About Lime Street", "Anybody can read what is in public spaces", "English", "12 March 2026", "1.2.3", "0123abcd", "OpenGather", "!Ada Lind")
		if !bytes.Contains(page.Body, []byte(`href="https://source.example/ours"`)) {
			t.Error("there is no link to the operator's source")
		}
		s.ada.Get("/about").Says("Ada Lind")
		s.stranger.Get("/about/rules").At("/about/rules", http.StatusOK).Says("respect")
		s.stranger.Get("/privacy").At("/privacy", http.StatusOK).Says("not stored", "no other")
		s.stranger.Get("/about/imprint").At("/about/imprint", http.StatusNotFound)
		// Whom to ask stands where the reader finds it, or nowhere.
		s.ada.Get("/privacy").Says("They stand on the page “About”")
		s.stranger.Get("/privacy").Says("!Ask those who look after")
		texts := s.ada.Get("/community/texts").PostForm("/community/texts")
		s.ada.Submit(texts, url.Values{"imprint": {"Lime Street 7"}})
		s.stranger.Get("/privacy").Says("The imprint says how to reach them", "!on the page “About”")
	})
}

// TestLicencesArePassedOn follows the way from /about to the words of the
// licences, which whoever gives the program to others has to give them too.
func TestLicencesArePassedOn(t *testing.T) {
	with(t, "club", func(t *testing.T, s site) {
		if page := s.stranger.Get("/about"); !bytes.Contains(page.Body, []byte(`href="/about/licences"`)) {
			t.Error("/about does not lead to the licences")
		}
		page := s.stranger.Get("/about/licences").At("/about/licences", http.StatusOK)
		texts := look.Files()[regexp.MustCompile(`/static/licenses\.[0-9a-f]+\.txt`).FindString(string(page.Body))].Body
		if len(notices.Parts()) < 20 {
			t.Errorf("there are %d parts only", len(notices.Parts()))
		}
		for _, p := range notices.Parts() {
			page.Says(p.Name, p.Version, p.Licence)
			if !bytes.Contains(texts, []byte(p.Name)) {
				t.Errorf("%s has no text", p.Name)
			}
		}
		for _, words := range []string{"Permission is hereby granted, free of charge", "Redistribution and use in source and binary forms", "Apache License"} {
			if !bytes.Contains(texts, []byte(words)) {
				t.Errorf("the texts do not say %q", words)
			}
		}
	})
}

// TestNoVendorName switches the one line off and looks for the name on every
// page.
func TestNoVendorName(t *testing.T) {
	with(t, "club", func(t *testing.T, s site) {
		*s.build = communityweb.Build{}
		f := s.ada.Get("/community").PostForm("/community")
		s.ada.Submit(f, url.Values{"about_line": nil}).At("/community", http.StatusOK)
		for _, route := range s.routes {
			if route.Method == http.MethodGet && !strings.Contains(route.Path, ":") {
				for who, browser := range map[string]*program.Client{"the owner": s.ada, "a stranger": s.stranger} {
					if page := browser.Get(route.Path); strings.Contains(strings.ToLower(string(page.Body)), "opengather") {
						t.Errorf("%s says OpenGather to %s:\n%s", route.Path, who, page.Text())
					}
				}
			}
		}
	})
}

func TestPicture(t *testing.T) {
	with(t, "neighbourhood", func(t *testing.T, s site) {
		s.stranger.Get("/picture").At("/picture", http.StatusNotFound)
		none := s.ada.Submit(s.ada.Get("/community").PostForm("/community/picture"), nil)
		none.At("/community/picture", http.StatusUnprocessableEntity).Says("Choose a picture first")
		send := func(data []byte) *program.Page {
			t.Helper()
			f := s.ada.Get("/community").PostForm("/community/picture")
			f.Attach("picture", program.File{Name: "a.png", Type: "image/png", Data: data})
			return s.ada.Submit(f, nil)
		}
		send([]byte("not a picture")).At("/community/picture", http.StatusUnprocessableEntity).Says("not a picture that can be read here")
		page := send(drawing(t)).At("/community", http.StatusOK)
		page.Says("The new picture is up")
		src := regexp.MustCompile(`/picture\?v=[0-9a-f]{8}\.\d+`).FindString(string(page.Body))
		shown := s.stranger.Get(src)
		if shown.Status != http.StatusOK || shown.Header.Get("Content-Type") != "image/png" || !strings.Contains(shown.Header.Get("Cache-Control"), "immutable") ||
			shown.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%q is served as %d, %v", src, shown.Status, shown.Header)
		}
		if old := s.stranger.Get("/picture?v=00000000.1").Header.Get("Cache-Control"); strings.Contains(old, "immutable") {
			t.Errorf("another version than asked for may be kept for ever: %s", old)
		}
		s.ada.Submit(s.ada.Get("/community").PostForm("/community/picture/remove"), nil).At("/community", http.StatusOK)
		s.stranger.Get(src).At("/picture", http.StatusNotFound)
	})
}

func TestSettingsForms(t *testing.T) {
	with(t, "friends", func(t *testing.T, s site) {
		page := s.ada.Submit(s.ada.Get("/community").PostForm("/community"), url.Values{
			"name": {"Lindenweg"}, "zone": {"Europe/Vienna"}, "accent": {"#ffee00"}, "also_de": {"yes"},
		}).At("/community", http.StatusOK)
		page.Says("Saved", "a little darker on light pages")
		if c := s.Now(); c.Name != "Lindenweg" || c.Zone != "Europe/Vienna" || len(c.Languages) != 2 || c.Language() != "en" || !c.AboutLine {
			t.Errorf("the community is %+v", c)
		}
		refused := s.ada.Submit(page.PostForm("/community"), url.Values{"name": {"Kept as typed"}, "zone": {"Mars/Olympus"}}).At("/community", http.StatusUnprocessableEntity)
		refused.Says("Choose a time zone from the list")
		if f := refused.PostForm("/community"); f.Value("name") != "Kept as typed" || f.Value("zone") != "Mars/Olympus" || f.Value("also_de") != "yes" {
			t.Error("what was typed is lost")
		}
		page = s.ada.Get("/community/door").At("/community/door", http.StatusOK)
		page.Says("Nobody outside can see that this community exists. People come in by invitation.")
		page = s.ada.Submit(page.PostForm("/community/door"), url.Values{"face": {"named"}, "door": {"ask"}}).At("/community/door", http.StatusOK)
		page.Says("sees the name, the picture and the welcome; what is said here stays among members. People ask to come in")
		page = s.ada.Submit(s.ada.Get("/community/texts").PostForm("/community/texts"), url.Values{"welcome": {"**Hello**, you."}, "imprint": {"Ada Lind, Lime Street 4"}}).At("/community/texts", http.StatusOK)
		page.Says("Saved")
		s.stranger.Get("/").Says("Hello, you.")
		s.stranger.Get("/about/imprint").At("/about/imprint", http.StatusOK).Says("Lime Street 4")
	})
}

// TestSettingsConflictLosesNothing has two owners write at the same time.
func TestSettingsConflictLosesNothing(t *testing.T) {
	with(t, "friends", func(t *testing.T, s site) {
		bo := s.browser(s.Person("bo", access.Owner))
		mine, hers := s.ada.Get("/community/texts").PostForm("/community/texts"), bo.Get("/community/texts").PostForm("/community/texts")
		s.ada.Submit(mine, url.Values{"rules": {"The rules of Ada."}}).At("/community/texts", http.StatusOK)
		told := bo.Submit(hers, url.Values{"rules": {"The rules of Bo."}}).At("/community/texts", http.StatusConflict)
		told.Says("Somebody else has saved these settings", "What is saved now", "The rules of Ada.")
		if got := told.PostForm("/community/texts").Value("rules"); got != "The rules of Bo." {
			t.Errorf("what was typed has become %q", got)
		}
		bo.Submit(told.PostForm("/community/texts"), nil).At("/community/texts", http.StatusOK)
		if got := s.Now().Rules; got != "The rules of Bo." {
			t.Errorf("the rules are %q", got)
		}
		for _, path := range []string{"/community", "/community/door"} {
			old := bo.Get(path).PostForm(path)
			s.ada.Submit(s.ada.Get(path).PostForm(path), nil).At(path, http.StatusOK)
			told := bo.Submit(old, nil).At(path, http.StatusConflict)
			told.Says("Somebody else has saved these settings")
			bo.Submit(told.PostForm(path), nil).At(path, http.StatusOK)
		}
	})
}

func TestFeaturesForm(t *testing.T) {
	with(t, "friends", func(t *testing.T, s site) {
		for _, f := range community.Features {
			was := s.Now().Has(f)
			for _, on := range []bool{!was, was} {
				page := s.ada.Get("/community/features")
				for _, button := range page.Forms() {
					if button.Value("feature") == string(f) {
						s.ada.Submit(button, nil).At("/community/features", http.StatusOK)
					}
				}
				if s.Now().Has(f) != on {
					t.Errorf("%s is on: %v", f, !on)
				}
			}
		}
		if _, err := s.Communities.SwitchFeature(s.Ctx, s.owner, "", community.Invitations, false); err != nil {
			t.Fatal(err)
		}
		s.ada.Get("/community/door").Says("Invitations are switched off, so nobody new can come in.")
		s.ada.Get("/community/preview?as=stranger&face=named").Says("Come in", "nobody new can come in", "!If you know somebody who is in")
	})
}

func TestSettingsPagesAreForOwners(t *testing.T) {
	with(t, "club", func(t *testing.T, s site) {
		for _, role := range []access.Role{access.Moderator, access.FullRole, access.Guest} {
			bo := s.browser(s.Person("a_"+string(role), role))
			for _, path := range []string{"/community", "/community/door", "/community/texts", "/community/features"} {
				bo.Get(path).At(path, http.StatusForbidden)
				s.stranger.Get(path).Says("!Who can come in")
			}
		}
	})
}

// TestTextsReachNoOtherHost puts every hostile text into every field that an
// owner writes, and reads the pages that show them.
func TestTextsReachNoOtherHost(t *testing.T) {
	with(t, "club", func(t *testing.T, s site) {
		for _, p := range markuptest.Payloads {
			d := communityweb.IdentityOf(s.Now())
			d.Name = string([]rune(p.Text)[:min(len([]rune(p.Text)), community.MaxName)])
			// A payload that leaves nothing of a name is refused, and that is well too.
			if _, err := s.Communities.ChangeIdentity(s.Ctx, s.owner, "", d); err != nil && !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			e := communityweb.EntranceOf(s.Now())
			e.Question = string([]rune(p.Text)[:min(len([]rune(p.Text)), community.MaxQuestion)])
			if _, err := s.Communities.ChangeDoor(s.Ctx, s.owner, "", e); err != nil {
				t.Fatal(err)
			}
			texts := community.Texts{Welcome: p.Text, Rules: p.Text, Imprint: p.Text, Privacy: p.Text, Version: s.Now().Version}
			if _, err := s.Communities.ChangeTexts(s.Ctx, s.owner, "", texts); err != nil {
				t.Fatal(err)
			}
			if s.DB.Engine() == database.PostgreSQL {
				continue // that they are stored is enough: the pages are the same
			}
			for _, path := range []string{"/", "/about/rules", "/privacy"} {
				s.clean(t, p.Name, s.stranger.Get(path))
			}
			for _, path := range []string{"/community/door", "/community/texts"} {
				s.clean(t, p.Name, s.ada.Get(path))
			}
		}
	})
}

func (s site) clean(t *testing.T, payload string, page *program.Page) {
	t.Helper()
	body := string(page.Body)
	if page.Status != http.StatusOK {
		t.Errorf("%s: %s answers %d", payload, page.URL.Path, page.Status)
	}
	if found := markuptest.ForeignRequests(s.url, body); len(found) > 0 {
		t.Errorf("%s: %s reaches out: %s", payload, page.URL.Path, fmt.Sprint(found))
	}
}
