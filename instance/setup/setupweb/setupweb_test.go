package setupweb_test

import (
	"bytes"
	"image"
	"image/png"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/community/communityweb"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/joining/joiningweb"
	"github.com/opengather/opengather/instance/setup/setuptest"
	"github.com/opengather/opengather/instance/setup/setupweb"
	"github.com/opengather/opengather/instance/signin/signinweb"
)

type site struct {
	*setuptest.Place
	url string
}

// with runs a test on a place that nobody has claimed, with the pages that
// setting up leads through.
func with(t *testing.T, test func(t *testing.T, s site)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		p := setuptest.New(t, db)
		address, _ := p.Serve(
			[]fs.FS{setupweb.Messages, communityweb.Messages, signinweb.Messages, joiningweb.Messages},
			&setupweb.Handler{Setup: p.Operations, Communities: p.Communities, Joining: p.Joining},
			&communityweb.Handler{Communities: p.Communities, Spaces: p.Spaces},
			&signinweb.Handler{SignIn: p.SignIn},
			&joiningweb.Handler{Joining: p.Joining, Spaces: p.Spaces},
		)
		test(t, site{p, address})
	})
}

var control = regexp.MustCompile(`<(?:input|textarea|select)\b[^>]*>`)

// toFill are the fields of a page that a person has to fill in: required ones
// that do not come filled.
func toFill(p *program.Page) (names []string) {
	for _, c := range control.FindAllString(string(p.Body), -1) {
		name := regexp.MustCompile(`\bname="([^"]*)"`).FindStringSubmatch(c)
		required := regexp.MustCompile(`\brequired\b`).MatchString(c)
		filled := regexp.MustCompile(`\bvalue="[^"]+"`).MatchString(c) || strings.HasPrefix(c, "<select")
		if name != nil && required && !filled {
			names = append(names, name[1])
		}
	}
	return names
}

func (s site) claimed(t *testing.T, browser *program.Client) *program.Page {
	t.Helper()
	page := browser.Get("/setup?token="+s.Link()).At("/setup", http.StatusOK)
	return browser.Submit(page.Form("/setup"), url.Values{
		"community": {"Lindenweg"}, "name": {"Ada Lind"}, "password": {setuptest.Password},
	}).At("/setup/kind", http.StatusOK)
}

// TestFromTheLinkToAnOpenCommunity goes the whole way, changing something on
// each page.
func TestFromTheLinkToAnOpenCommunity(t *testing.T) {
	with(t, func(t *testing.T, s site) {
		ada := program.NewClient(t, s.url)
		ada.Header.Set("Accept-Language", "en")
		page := ada.Get("/").At("/setup", http.StatusOK)
		page.Says("Not set up yet", "opengather setup-link", "!This link does not work")
		ada.Get("/setup?token=nonsense").At("/setup", http.StatusOK).Says("This link does not work any more")

		fill := toFill(ada.Get("/setup?token=" + s.Link()))
		page = s.claimed(t, ada)
		page.Says("What are you?", "Begins with: Team news, Training, Matches, Parents.")
		if got := page.Form("/setup/kind").Value("kind"); got != "friends" {
			t.Errorf("%q is chosen", got)
		}
		fill = append(fill, toFill(page)...)
		page = ada.Submit(page.Form("/setup/kind"), url.Values{"kind": {"club"}}).At("/setup/look", http.StatusOK)
		fill = append(fill, toFill(page)...)
		form := page.Form("/setup/look")
		form.Attach("picture", program.File{Name: "us.png", Type: "image/png", Data: drawing(t)})
		page = ada.Submit(form, url.Values{"name": {"Ruderverein Lindenweg"}, "language": {"de"}, "zone": {"Europe/Berlin"}, "accent": {"#2f5d8a"}}).At("/setup/door", http.StatusOK)
		page.Says("Nobody outside can see that this community exists", "Anybody can also read what is in public spaces")
		if f := page.Form("/setup/door"); f.Value("face") != "public" || f.Value("door") != "ask" || f.Value("question") != "What brings you to us?" {
			t.Errorf("a club is proposed %s, %s, %q", f.Value("face"), f.Value("door"), f.Value("question"))
		}
		fill = append(fill, toFill(page)...)
		page = ada.Submit(page.Form("/setup/door"), url.Values{"face": {"named"}}).At("/setup/people", http.StatusOK)
		page.Says("Ruderverein Lindenweg", "Anybody with the address sees the name", "People ask to come in", "Vorstand")
		fill = append(fill, toFill(page)...)
		if len(fill) > 4 {
			t.Errorf("%d fields have to be filled in: %v", len(fill), fill)
		}
		page = ada.Submit(page.Form("/setup/people"), nil).At("/setup/people", http.StatusOK)
		page.Says("Your community is open", "for 14 days")
		s.check(t, ada, page)
	})
}

// check looks at what the whole way has made.
func (s site) check(t *testing.T, ada *program.Client, page *program.Page) {
	t.Helper()
	c := s.Now()
	if c.Name != "Ruderverein Lindenweg" || c.Preset != "club" || c.Face != community.Named || c.Door != community.ByAsking || c.Question != "Was führt dich zu uns?" ||
		c.Accent != "#2f5d8a" || c.Zone != "Europe/Berlin" || !c.HasPicture || !c.Founded() || !c.AboutLine {
		t.Errorf("the community is %+v", c)
	}
	codes := regexp.MustCompile(`<code>([0-9a-z-]{19})</code>`).FindAllSubmatch(page.Body, -1)
	if len(codes) != 10 {
		t.Errorf("%d recovery codes are shown", len(codes))
	}
	link := regexp.MustCompile(regexp.QuoteMeta(s.url) + `/invite/[\w-]{43}`).Find(page.Body)
	if link == nil || !bytes.Contains(page.Body, []byte("<svg")) {
		t.Fatalf("no invitation is shown:\n%s", page.Text())
	}
	program.NewClient(t, s.url).Get(strings.TrimPrefix(string(link), s.url)).At(strings.TrimPrefix(string(link), s.url), http.StatusOK).Says("Ruderverein Lindenweg")
	if got := ada.Get("/"); got.URL.Path != "/home" {
		t.Errorf("the owner of an open community is led to %s", got.URL.Path)
	}
}

func drawing(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 300, 300))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestEveryPageCanBeSkipped follows the link beside each button.
func TestEveryPageCanBeSkipped(t *testing.T) {
	with(t, func(t *testing.T, s site) {
		ada := program.NewClient(t, s.url)
		page := s.claimed(t, ada)
		for _, next := range []string{"/setup/look", "/setup/door", "/setup/people"} {
			page = ada.Follow(page, "Skip").At(next, http.StatusOK)
		}
		page = ada.Submit(page.Form("/setup/people"), url.Values{"invite": nil}).At("/setup/people", http.StatusOK)
		page.Says("Your community is open", "!The link to pass on")
		if c := s.Now(); c.Preset != "friends" || c.Face != community.Hidden || !c.Founded() || s.Count("spaces") != 2 || s.Count("invitations") != 0 {
			t.Errorf("the community is %+v, with %d spaces", c, s.Count("spaces"))
		}
	})
}

// TestCodesAreShownWithoutAnInvitation: what fails after the community is open
// does not keep back the codes, which are shown once.
func TestCodesAreShownWithoutAnInvitation(t *testing.T) {
	with(t, func(t *testing.T, s site) {
		ada := program.NewClient(t, s.url)
		s.claimed(t, ada)
		last := ada.Get("/setup/people").Form("/setup/people")
		_, err := s.DB.Write(s.Ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
			_, err := tx.Exec("ALTER TABLE invitations RENAME TO not_there")
			return "", err
		})
		if err != nil {
			t.Fatal(err)
		}
		page := ada.Submit(last, nil).At("/setup/people", http.StatusOK)
		page.Says("Your community is open", "could not be made", "!The link to pass on")
		if codes := regexp.MustCompile(`<code>([0-9a-z-]{19})</code>`).FindAll(page.Body, -1); len(codes) != 10 {
			t.Errorf("%d recovery codes are shown", len(codes))
		}
	})
}

// TestGoingBackAndForth visits the pages again until the community is open,
// and finds nothing afterwards.
func TestGoingBackAndForth(t *testing.T) {
	with(t, func(t *testing.T, s site) {
		ada := program.NewClient(t, s.url)
		kind := s.claimed(t, ada)
		for _, path := range []string{"/", "/setup", "/setup?token=old"} {
			ada.Get(path).At("/setup/kind", http.StatusOK)
		}
		ada.Submit(kind.Form("/setup/kind"), url.Values{"kind": {"school"}}).At("/setup/look", http.StatusOK)
		ada.Follow(ada.Get("/setup/people"), "Who can come in?").At("/setup/door", http.StatusOK)
		refused := ada.Submit(ada.Get("/setup/door").Form("/setup/door"), url.Values{"door": {"open"}, "question": {"Kept as typed?"}}).At("/setup/door", http.StatusUnprocessableEntity)
		refused.Says("Where nobody can see the community")
		if f := refused.Form("/setup/door"); f.Value("question") != "Kept as typed?" || f.Value("door") != "open" {
			t.Errorf("what was typed is lost: %q %q", f.Value("question"), f.Value("door"))
		}
		bad := ada.Get("/setup/look").Form("/setup/look")
		bad.Attach("picture", program.File{Name: "us.svg", Type: "image/svg+xml", Data: []byte("<svg onload=alert(1)></svg>")})
		refused = ada.Submit(bad, url.Values{"name": {"A new name"}}).At("/setup/look", http.StatusUnprocessableEntity)
		refused.Says("drawing in SVG")
		ada.Submit(refused.Form("/setup/look"), nil).At("/setup/door", http.StatusOK)
		if got := s.Now().Name; got != "A new name" {
			t.Errorf("it is called %q", got)
		}
		last := ada.Get("/setup/people").Form("/setup/people")
		ada.Submit(last, nil).Says("can ask to come in, for 14 days, and you decide")
		again := ada.Submit(last, nil).At("/setup/people", http.StatusOK)
		again.Says("are not shown again", "!The link to pass on")
		for _, path := range []string{"/setup", "/setup/kind", "/setup/look", "/setup/door", "/setup/people", "/setup?token=x"} {
			ada.Get(path).At(strings.Split(path, "?")[0], http.StatusNotFound)
		}
		ada.Submit(kind.Form("/setup/kind"), nil).At("/setup/kind", http.StatusNotFound)
	})
}

// TestClaimingTwice sends the first form a second time, and another one late.
func TestClaimingTwice(t *testing.T) {
	with(t, func(t *testing.T, s site) {
		ada, eve := program.NewClient(t, s.url), program.NewClient(t, s.url)
		link := "/setup?token=" + s.Link()
		typed := url.Values{"community": {"Lindenweg"}, "name": {"Ada Lind"}, "handle": {"ada"}, "password": {setuptest.Password}}
		first, late := ada.Get(link).Form("/setup"), eve.Get(link).Form("/setup")
		refused := ada.Submit(first, url.Values{"community": {"Lindenweg"}, "name": {"Ada Lind"}, "handle": {"ada_l"}, "password": {"too short"}}).At("/setup", http.StatusUnprocessableEntity)
		if f := refused.Form("/setup"); f.Value("community") != "Lindenweg" || f.Value("name") != "Ada Lind" || f.Value("handle") != "ada_l" || f.Value("password") != "" {
			t.Errorf("what was typed is lost, or the password is not: %s", refused.Body)
		}
		ada.Submit(refused.Form("/setup"), typed).At("/setup/kind", http.StatusOK)
		eve.Submit(late, url.Values{"community": {"Taken over"}, "name": {"Eve"}, "password": {"another green wheelbarrow"}}).At("/setup", http.StatusNotFound)
		eve.Get(link).At("/setup", http.StatusNotFound)
		if s.Now().Name != "Lindenweg" || s.Count("members") != 1 {
			t.Errorf("%d members of %s", s.Count("members"), s.Now().Name)
		}
	})
}

// TestSetUpIsNobodyElses has a member and a stranger come before it is finished.
func TestSetUpIsNobodyElses(t *testing.T) {
	with(t, func(t *testing.T, s site) {
		s.Claimed()
		bo := program.NewClient(t, s.url)
		bo.Hold(s.Cookie(s.Person("bo", access.Moderator)))
		stranger := program.NewClient(t, s.url)
		for _, path := range []string{"/setup/kind", "/setup/look", "/setup/door", "/setup/people"} {
			bo.Get(path).At(path, http.StatusNotFound)
			stranger.Get(path).At("/login", http.StatusOK)
		}
	})
}

// TestGermanToo reads every page in German.
func TestGermanToo(t *testing.T) {
	with(t, func(t *testing.T, s site) {
		ada := program.NewClient(t, s.url)
		ada.Header.Set("Accept-Language", "de-AT, en;q=0.5")
		page := s.claimed(t, ada)
		said := []string{page.Text()}
		for _, path := range []string{"/setup/look", "/setup/door", "/setup/people"} {
			said = append(said, ada.Get(path).At(path, http.StatusOK).Text())
		}
		if c := s.Now(); c.Language() != "de" || c.Zone != "Europe/Berlin" {
			t.Errorf("its language is %s, its zone %s", c.Language(), c.Zone)
		}
		for _, want := range []string{"Was seid ihr?", "Aussehen", "Wie kommt man herein?", "Pläne"} {
			if !slices.ContainsFunc(said, func(text string) bool { return strings.Contains(text, want) }) {
				t.Errorf("no page says %q", want)
			}
		}
	})
}
