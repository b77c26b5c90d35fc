package look

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
	"testing"
)

func unpacked(t *testing.T, f File) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(f.Gzip))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestAssetsAreNamedByContent holds what allows them to be kept for ever.
func TestAssetsAreNamedByContent(t *testing.T) {
	for url, f := range Files() {
		sum := sha256.Sum256(f.Body)
		hash := hex.EncodeToString(sum[:6])
		if want := "." + hash + path.Ext(url); !strings.HasPrefix(url, "/static/") || !strings.HasSuffix(url, want) {
			t.Errorf("%s does not end in %s", url, want)
		}
		if f.ETag != `"`+hash+`"` || f.Type == "" {
			t.Errorf("%s has ETag %s and type %q", url, f.ETag, f.Type)
		}
		if f.Gzip == nil || !bytes.Equal(unpacked(t, f), f.Body) {
			t.Errorf("%s: compressed, it is something else", url)
		}
	}
	for _, name := range []string{"app.css", "app.js", "htmx.js", "icon.svg", "licenses.txt"} {
		if _, ok := Files()[URL(name)]; !ok {
			t.Errorf("%s leads to nothing", name)
		}
	}
}

func TestURLOfNothing(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an unknown name has a URL")
		}
	}()
	URL("app.exe")
}

// TestFirstVisitIsSmall holds the budget: page, styles and scripts compressed,
// 30 KB for a stranger and 60 KB for a member, with the longest page there is.
func TestFirstVisitIsSmall(t *testing.T) {
	for _, c := range []struct {
		name   string
		page   Page
		budget int
	}{{"stranger", strangersPage(t), 30_000}, {"member", membersPage(t), 60_000}} {
		html := render(t, Layout(c.page))
		total := len(compressed([]byte(html)))
		var parts []string
		for _, url := range regexp.MustCompile(`"(/static/[^"]+\.(?:css|js))"`).FindAllStringSubmatch(html, -1) {
			size := len(Files()[url[1]].Gzip)
			parts = append(parts, fmt.Sprintf("%s %d", url[1], size))
			total += size
		}
		t.Logf("%s: %d bytes compressed (%s)", c.name, total, strings.Join(parts, ", "))
		if len(parts) < 2 || total > c.budget {
			t.Errorf("%s: first visit is %d bytes of %v, at most %d are allowed", c.name, total, parts, c.budget)
		}
	}
}

func TestOwnScripts(t *testing.T) {
	for _, name := range matches("static/js/*.js") {
		script := string(read(name))
		for _, banned := range []string{"eval(", "new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "setTimeout(\""} {
			if strings.Contains(script, banned) {
				t.Errorf("%s uses %s", name, banned)
			}
		}
		if regexp.MustCompile(`(?m)^(import|export)\b`).MatchString(script) {
			t.Errorf("%s imports or exports; joined with the others it cannot", name)
		}
	}
}

// TestShortcutsAreListed holds the list that people read to what the script obeys.
func TestShortcutsAreListed(t *testing.T) {
	script := string(read("static/js/shortcuts.js"))
	for _, s := range shortcutKeys {
		key := s.Keys[len(s.Keys)-1]
		if key == "Esc" {
			continue // the browser's own, and static/js/disclosure.js
		}
		if !regexp.MustCompile(`(?:["{ \t]|^)` + regexp.QuoteMeta(key) + `"?: `).MatchString(script) {
			t.Errorf("shortcuts.js does not know %v", s.Keys)
		}
	}
	for _, place := range []string{NavHome, NavSpaces, NavPeople, NavYou, NavSearch, NavWrite} {
		if !strings.Contains(script, `"`+place+`"`) {
			t.Errorf("shortcuts.js does not lead to %s", place)
		}
	}
}

var (
	cssRule   = regexp.MustCompile(`/\*[^*]*\*/`)
	physical  = regexp.MustCompile(`(?m)^\s*(left|right|top|bottom|(margin|padding|border|inset)-(left|right|top|bottom)[a-z-]*|text-align: (left|right)|float|width|height|(min|max)-(width|height))\s*[:;]`)
	sided     = regexp.MustCompile(`(?m)^\s*(margin|padding|inset):\s*\S+ (\S+) \S+ (\S+);`)
	className = regexp.MustCompile(`\.([a-z][a-z0-9-]*)`)
)

func ourCSS(t *testing.T, patterns ...string) string {
	t.Helper()
	var all strings.Builder
	for _, name := range matches(patterns...) {
		all.WriteString(cssRule.ReplaceAllString(string(read(name)), ""))
	}
	return all.String()
}

// TestStylesAreLogicalAndOurOwn holds that nothing is fetched and that nothing
// depends on the direction in which a language runs.
func TestStylesAreLogicalAndOurOwn(t *testing.T) {
	css := ourCSS(t, "static/css/*.css")
	for _, banned := range []string{"url(", "@import", "@font-face", "image-set(", "expression("} {
		if strings.Contains(css, banned) {
			t.Errorf("a stylesheet uses %s", banned)
		}
	}
	if found := physical.FindAllString(css, -1); found != nil {
		t.Errorf("these have a left or right, or a fixed axis: %q", found)
	}
	for _, m := range sided.FindAllStringSubmatch(css, -1) {
		if m[2] != m[3] {
			t.Errorf("%q differs left and right", m[0])
		}
	}
	if strings.Count(css, "{") != strings.Count(css, "}") {
		t.Error("braces do not match")
	}
	for _, name := range matches("static/css/*.css") {
		for _, line := range strings.Split(cssRule.ReplaceAllString(string(read(name)), ""), "\n") {
			if line != "" && line[0] != '\t' && line[0] != '}' && !strings.HasPrefix(line, "@layer ") {
				t.Errorf("%s: %q stands outside the layers", name, line)
			}
		}
	}
}

// TestStylesMeetComponents holds that each class in the components' stylesheets
// is used by a component, or offered to pages in the package's documentation.
func TestStylesMeetComponents(t *testing.T) {
	offered := map[string]bool{"quiet-link": true, "panel": true, "lead": true, "hint": true, "place-search": true}
	html := render(t, ComponentsPage(membersPage(t))) + render(t, PostArticle(printer(t, "en"), testNow, samplePost(testNow))) +
		render(t, Bare(strangersPage(t))) + render(t, LiveMark(printer(t, "en"), Live{Page: "/p/1", State: "x", Parts: "/p/1/parts"})) +
		render(t, Layout(Page{Text: printer(t, "en"), Wide: true})) + render(t, Layout(Page{Text: printer(t, "en"), Narrow: true}))
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`class="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		for class := range strings.FieldsSeq(m[1]) {
			used[class] = true
		}
	}
	for _, m := range className.FindAllStringSubmatch(ourCSS(t, "static/css/[^p]*.css", "static/css/p[^a]*.css", "static/css/pager.css"), -1) {
		if class := m[1]; !used[class] && !offered[class] && !strings.HasPrefix(class, "tone-") && !strings.HasPrefix(class, "ratio-") {
			t.Errorf("nothing uses .%s", class)
		}
	}
}
