package access_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// unfiltered are the queries that read labelled tables without the read rule,
// by file, each with the reason that its SQL gives, as often as it gives it.
// Whoever adds one says here that somebody thought about it.
var unfiltered = map[string][]string{
	"community/exposure.go":      {"counts, told to owners, who read all of it", "whose fields are to be hidden"},
	"doctor/ballots.go":          {"how many there are", "where their keys are", "where their keys are"},
	"doctor/data.go":             {"how many there are", "how many there are", "when something was last written"},
	"feed/open.go":               {"who holds the address reads as its member"},
	"internal/fact/fact.go":      {"for consumers, who ask the rule before they tell anybody", "how far back they go"},
	"joining/accept.go":          {"her own row"},
	"joining/again.go":           {"shown to nobody but who knows the password"},
	"joining/ask.go":             {"her own request", "who decides counts who asks", "who decides sees who asks"},
	"joining/decide.go":          {"her own row"},
	"joining/invitation.go":      {"who holds the link is shown who invites her"},
	"joining/readmit.go":         slices.Repeat([]string{"who decides sees whom the community removed"}, 2),
	"joining/look.go":            {"its maker, who may, shows it to whom she invites"},
	"media/attach.go":            {"of posts that were read by the rule"},
	"media/drop.go":              {"erasure", "erasure", "retention"},
	"media/mine.go":              {"erasure", "erasure"},
	"media/room.go":              {"how much room there is"},
	"media/sweep.go":             slices.Repeat([]string{"whether files belong to anything"}, 2),
	"member/name.go":             {"her own row"},
	"member/profile.go":          {"her own fields", "her own row", "whose fields are to be hidden"},
	"member/remake.go":           slices.Repeat([]string{"the program makes its search text"}, 2),
	"member/role.go":             {"how many owners there are", "what she was until now", "who asks and who is asked know each other"},
	"portability/erase.go":       slices.Repeat([]string{"erasure"}, 7),
	"portability/leave.go":       {"her own row"},
	"portability/portability.go": {"her own things, by the ownership rule"},
	"portability/replay.go":      {"erasure"},
	"portability/unname.go":      slices.Repeat([]string{"erasure"}, 4),
	"page/erase.go":              slices.Repeat([]string{"erasure"}, 6),
	"page/remove.go":             {"of her own page", "retention", "retention"},
	"page/view.go":               slices.Repeat([]string{"of a page that was read by the rule"}, 3),
	"page/write.go":              {"of a page that was read by the rule", "erasure, and the program makes its search text"},
	"poll/sweep.go":              slices.Repeat([]string{"whether keys belong to anything"}, 2),
	"poll/erase.go":              {"erasure", "whether it may be moved"},
	"poll/forgo.go":              {"erasure"},
	"poll/view.go":               {"of a poll that was read by the rule", "of a poll that was read by the rule", "of posts that were read by the rule", "the program counts"},
	"preview/fetch.go":           {"the program fetches", "whether it is there"},
	"preview/view.go":            {"of posts that were read by the rule"},
	"preview/want.go":            {"how many wait", "of what its author changes"},
	"post/forget.go":             {"retention", "retention"},
	"post/hide.go":               {"to be read by who read it before", "whether anything is under review"},
	"post/kept.go":               {"the actor's own", "where to look, not what is shown", "where to look, not what is shown"},
	"post/look.go":               slices.Repeat([]string{"its labels are what is asked for"}, 2),
	"post/news.go":               {"the rule is asked for each reader", "where to look, not what is shown"},
	"post/photos.go":             {"erasure, and the program makes its search text"},
	"post/publish.go":            {"her own", "whether its thread is in lists"},
	"post/split.go":              {"all of it goes along", "what is an answer no more"},
	"post/thread.go":             slices.Repeat([]string{"where to look, not what is shown"}, 3),
	"post/withdraw.go":           {"erasure"},
	"post/relabel.go":            slices.Repeat([]string{"all of it moves"}, 6),
	"post/thread_hold.go":        {"to hold it"},
	"signin/alive.go":            {"her own row"},
	"signin/by_passkey.go":       {"who signs in is nobody yet"},
	"signin/by_password.go":      {"who signs in is nobody yet"},
	"signin/change_password.go":  {"her own row"},
	"signin/codes.go":            {"who signs in is nobody yet"},
	"signin/make_passkey.go":     {"her own row"},
	"signin/renew.go":            {"her own row"},
	"signin/session.go":          slices.Repeat([]string{"her own row"}, 4),
	"signin/signin.go":           {"her own row"},
	"space/create.go":            {"she is put where somebody decided that newcomers are"},
	"space/find.go":              {"counts, told below to who may have them"},
	"space/people.go":            {"to decide who moderates"},
	"space/raised.go":            {"she is put where somebody decided that newcomers are"},
	"space/request.go":           {"who asks is still here", "who asks tells her name to who answers"},
}

// systems are the places that construct the actor who reads everything, by
// file, each with its reason.
var systems = map[string][]string{
	"server/serve.go": {"the operator configured the public address"},
}

// theRule is the folder whose queries are the read rule itself.
const theRule = "access/"

// labelled finds a query of a table with labels, or of members, whose names are
// for those who may know of them.
var labelled = regexp.MustCompile(`(?is)\bselect\b.*\b(?:from|join)\s+(?:posts|pages|page_versions|media|polls|poll_options|poll_votes|previews|post_versions|reactions|post_marks|profile_fields|spaces|members|facts)\b`)

// rows finds what a query calls the tables whose rows each have a label. Who
// may read a post may know its space and its author.
var rows = regexp.MustCompile(`(?i)\b(?:from|join)\s+(posts|pages|post_versions|reactions|post_marks|profile_fields)\s+(\w+)`)

// beside are the tables in a query that asks the rule for others, by file and
// with the reason that they need no asking of their own.
var beside = map[string]map[string]string{
	"post/kept.go":    {"p": "its labels are what is asked for", "x": "its labels are what is asked for", "y": "where to look"},
	"post/publish.go": {"t": "the label that all replies in a thread have, for who wrote one"},
	"post/remove.go":  {"p": "where to look"},
}

var excuse = regexp.MustCompile(`-- unfiltered: ([^\n]+)`)

// filtered begins, in the text of a query, what a rule is called with.
const filtered = "<filtered "

// source is what is found in one package.
type source struct {
	name string
	// texts are its constants and variables at the top, as far as they are
	// strings: a query put together of them is judged where it is used.
	texts map[string]ast.Expr
	// bare are the queries that neither ask the rule nor say why not; excused
	// the reasons of those that say, systems those of system actors. Both by file.
	bare             []string
	excused, systems map[string][]string
}

func read(files map[string]*ast.File) *source {
	s := &source{texts: map[string]ast.Expr{}, excused: map[string][]string{}, systems: map[string][]string{}}
	for _, f := range files {
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				for _, spec := range g.Specs {
					s.declare(spec)
				}
			}
		}
	}
	for name, f := range files {
		s.name = name
		ast.Inspect(f, s.look)
	}
	return s
}

func (s *source) declare(spec ast.Spec) {
	v, ok := spec.(*ast.ValueSpec)
	if !ok || len(v.Names) != len(v.Values) {
		return
	}
	for i, n := range v.Names {
		if isText(v.Values[i]) {
			s.texts[n.Name] = v.Values[i]
		}
	}
}

func isText(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.BinaryExpr:
		return e.Op == token.ADD && (isText(e.X) || isText(e.Y))
	case *ast.ParenExpr:
		return isText(e.X)
	}
	return false
}

// look judges the largest expression that is a string, then what is called in it.
func (s *source) look(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ValueSpec:
		for _, v := range n.Values {
			for _, name := range n.Names {
				if s.texts[name.Name] == v {
					s.calls(v)
					return false
				}
			}
		}
	case *ast.CallExpr:
		if called(n) == "access.System" {
			s.systems[s.name] = append(s.systems[s.name], strings.Join(s.all(n.Args), " "))
		}
	case *ast.SelectorExpr:
		return false
	case *ast.Ident, *ast.BasicLit, *ast.BinaryExpr:
		e := n.(ast.Expr)
		s.judge(s.text(e))
		s.calls(e)
		return false
	}
	return true
}

// calls looks at the arguments of what is called inside of an expression.
func (s *source) calls(e ast.Expr) {
	ast.Inspect(e, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if ok {
			s.look(c)
			for _, a := range append([]ast.Expr{c.Fun}, c.Args...) {
				ast.Inspect(a, s.look)
			}
		}
		return !ok
	})
}

func (s *source) judge(query string) {
	if !labelled.MatchString(query) || strings.HasPrefix(s.name, theRule) {
		return
	}
	if strings.Contains(query, filtered) {
		for _, m := range rows.FindAllStringSubmatch(query, -1) {
			if beside[s.name][m[2]] == "" && !strings.Contains(query, filtered+m[2]+">") {
				s.bare = append(s.bare, s.name+": "+m[1]+" "+m[2]+" in "+strings.Join(strings.Fields(query), " "))
			}
		}
		return
	}
	if m := excuse.FindStringSubmatch(query); m != nil {
		s.excused[s.name] = append(s.excused[s.name], strings.TrimSpace(m[1]))
		return
	}
	s.bare = append(s.bare, s.name+": "+strings.Join(strings.Fields(query), " "))
}

func (s *source) all(list []ast.Expr) (texts []string) {
	for _, e := range list {
		texts = append(texts, s.text(e))
	}
	return texts
}

// text is a string expression as far as it can be told without running it.
func (s *source) text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return s.text(e.X) + s.text(e.Y)
		}
	case *ast.ParenExpr:
		return s.text(e.X)
	case *ast.Ident:
		if v, ok := s.texts[e.Name]; ok {
			return s.text(v)
		}
	case *ast.CallExpr:
		if slices.Contains([]string{"access.Readable", "access.ReadableRow", "access.Owned", "member.Knowable"}, called(e)) {
			// Each argument is a row that the rule is asked about.
			return filtered + strings.Join(s.all(e.Args), "> AND "+filtered) + ">"
		}
	}
	return ""
}

// called is the name of a called function: "access.Readable".
func called(c *ast.CallExpr) string {
	if f, ok := c.Fun.(*ast.SelectorExpr); ok {
		if p, ok := f.X.(*ast.Ident); ok {
			return p.Name + "." + f.Sel.Name
		}
	}
	return ""
}

// packages are the parsed files of the module by folder, without tests and
// what only tests use.
func packages(t *testing.T) map[string]map[string]*ast.File {
	t.Helper()
	all := map[string]map[string]*ast.File{}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() && (base == "testdata" || base == "e2e" || strings.HasSuffix(base, "test")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := filepath.Dir(name)
		if all[dir] == nil {
			all[dir] = map[string]*ast.File{}
		}
		all[dir][strings.TrimPrefix(filepath.ToSlash(name), "../")] = f
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestEveryQueryAsksTheRule holds every query of a labelled table against the
// rule, and every place that goes around it against its list.
func TestEveryQueryAsksTheRule(t *testing.T) {
	excused, constructed, judged := map[string][]string{}, map[string][]string{}, 0
	for _, files := range packages(t) {
		s := read(files)
		judged += len(files)
		for _, query := range s.bare {
			t.Errorf("reads what is labelled, and neither asks the rule nor says why not (-- unfiltered: …): %s", query)
		}
		for name, reasons := range s.excused {
			excused[name] = reasons
		}
		for name, reasons := range s.systems {
			constructed[name] = reasons
		}
	}
	if judged < 50 {
		t.Errorf("only %d files were read", judged)
	}
	compare(t, "reads without the rule", excused, unfiltered)
	compare(t, "constructs access.System", constructed, systems)
}

// compare demands that what is found and the list are the same.
func compare(t *testing.T, what string, found, listed map[string][]string) {
	t.Helper()
	for name := range listed {
		if found[name] == nil {
			t.Errorf("the list says that %s %s, and it does not: %q", name, what, listed[name])
		}
	}
	for name, reasons := range found {
		if got, want := slices.Sorted(slices.Values(reasons)), slices.Sorted(slices.Values(listed[name])); !slices.Equal(got, want) {
			t.Errorf("%s %s for these reasons:\n %q\non the list are:\n %q", name, what, got, want)
		}
	}
}

// TestQueriesAreJudged tries the judgement itself.
func TestQueriesAreJudged(t *testing.T) {
	const head = "package x\nconst from = ` FROM posts p `\nvar ready = `SELECT 1` + from + `WHERE ` + access.Readable(`p`)\nfunc f() {\n"
	for body, want := range map[string]string{
		"q(`SELECT p.id FROM posts p WHERE ` + access.Readable(`p`))":                                "[] [] []",
		"q(`SELECT p.id FROM posts p WHERE ` + access.Owned(`p`))":                                   "[] [] []",
		"q(`SELECT p.id FROM posts p JOIN posts r ON r.id = p.root_id AND ` + access.Readable(`p`))": "[x.go: posts r in SELECT p.id FROM posts p JOIN posts r ON r.id = p.root_id AND <filtered p>] [] []",
		"q(`SELECT p.id FROM posts p, posts r WHERE ` + access.ReadableRow(`p`, `r`))":               "[] [] []",
		"q(`SELECT p.id FROM posts p`)":                                                              "[x.go: SELECT p.id FROM posts p] [] []",
		"q(`SELECT p.id` + from)":                                                                    "[x.go: SELECT p.id FROM posts p] [] []",
		"q(ready)":                                                                                   "[] [] []",
		"q(`SELECT p.id` + from + `-- unfiltered: for a test`)":                                      "[] [for a test] []",
		"q(`INSERT INTO posts (id) VALUES ($1)`)":                                                    "[] [] []",
		"q(`SELECT 1 FROM x JOIN\n members m ON ` + on)":                                             "[x.go: SELECT 1 FROM x JOIN members m ON] [] []",
		"q(o(`SELECT name FROM members`) + access.Readable(`m`))":                                    "[x.go: SELECT name FROM members] [] []",
		"for _, q := range []string{`DELETE FROM a WHERE id IN (SELECT id FROM reactions)`} {}":      "[x.go: DELETE FROM a WHERE id IN (SELECT id FROM reactions)] [] []",
		"q(access.System(`tidying` + ` up`))":                                                        "[] [] [tidying up]",
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", head+body+"\n}\n", parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		s := read(map[string]*ast.File{"x.go": f})
		if got := fmt.Sprint(s.bare, s.excused["x.go"], s.systems["x.go"]); got != want {
			t.Errorf("%s\n got %s\nwant %s", body, got, want)
		}
	}
}
