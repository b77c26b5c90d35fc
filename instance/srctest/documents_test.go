package srctest

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDocuments holds that the pages exist, each with what it is there for.
func TestDocuments(t *testing.T) {
	for name, headings := range map[string][]string{
		"CONTRIBUTING.md":   {"## What happens to contributions", "## Tests"},
		"SECURITY.md":       {"## Reporting a weakness"},
		"CHANGELOG.md":      {"## Unreleased"},
		"docs/member.md":    {"# Taking part", "## Leaving, and deleting your account"},
		"docs/organiser.md": {"# Looking after a community", "## What owners see, and what they do not"},
		"docs/operator.md":  {"# Running the program", "## Configuration", "## The master key"},
		"docs/ranking.md":   {"# In what order things stand"},
		"docs/decisions/0001-source-available.md": {"## Situation", "## Decision", "## Price"},
	} {
		page := "\n" + read(t, name)
		for _, h := range headings {
			if !strings.Contains(page, "\n"+h+"\n") {
				t.Errorf("%s has no heading %q", name, h)
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinks holds that a link from one page to another leads somewhere.
func TestLinks(t *testing.T) {
	for _, page := range files(t, named(".md")) {
		for _, m := range link.FindAllStringSubmatch(outsideBlocks(read(t, page)), -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, ":") {
				continue
			}
			if _, err := fs.Stat(repository, path.Join(path.Dir(page), target)); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
			}
		}
	}
}

// blockKinds are what a fenced block may say it is. CONTRIBUTING.md tells what
// is done with each.
var blockKinds = []string{"sh", "sh serve", "sh source", "sh make", "text", "yaml", "ini", "nginx", "caddy"}

// TestBlocks holds that every fenced block in the pages can be run or says
// that it is not for running.
func TestBlocks(t *testing.T) {
	ran := 0
	for _, page := range files(t, named(".md")) {
		blocks, faults := readBlocks(read(t, page))
		for _, f := range faults {
			t.Errorf("%s: %s", page, f)
		}
		for _, b := range blocks {
			if strings.HasPrefix(b.kind, "sh") {
				ran++
			}
		}
	}
	if ran == 0 {
		t.Error("no page has a command in it")
	}
}

type block struct{ kind, text string }

// cannotFail are ends of a command that make it well whatever happens.
var cannotFail = regexp.MustCompile(`\|\| *(?:echo|printf|true|:)(?:\s|$)`)

// readBlocks gives the fenced blocks of a page, and what is wrong with them.
func readBlocks(page string) (blocks []block, faults []string) {
	open := false
	for line := range strings.Lines(page) {
		kind, fence := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "```")
		switch {
		case fence && !open:
			open = true
			blocks = append(blocks, block{kind: kind})
			if !slices.Contains(blockKinds, kind) {
				faults = append(faults, fmt.Sprintf("a block of the kind %q", kind))
			}
		case fence:
			open = false
		case open:
			b := &blocks[len(blocks)-1]
			b.text += line
			if strings.HasPrefix(b.kind, "sh") && cannotFail.MatchString(line) {
				faults = append(faults, fmt.Sprintf("%q cannot fail", strings.TrimSpace(line)))
			}
			if b.kind == "sh make" && !strings.HasPrefix(line, "make ") {
				faults = append(faults, fmt.Sprintf("%q is no make command", strings.TrimSpace(line)))
			}
		}
	}
	if open {
		faults = append(faults, "a block is not closed")
	}
	for _, b := range blocks {
		if strings.TrimSpace(b.text) == "" {
			faults = append(faults, "a block is empty")
		}
	}
	return blocks, faults
}

func TestBlocksAreRead(t *testing.T) {
	for _, c := range []struct{ name, page, fault string }{
		{"good", "a\n```sh\nls\n```\nb\n```text\nx\n```\n", ""},
		{"no kind", "```\nls\n```\n", `a block of the kind ""`},
		{"unknown kind", "```bash\nls\n```\n", `a block of the kind "bash"`},
		{"not closed", "```sh\nls\n", "a block is not closed"},
		{"empty", "```sh\n\n```\n", "a block is empty"},
		{"cannot fail", "```sh\nls x || echo y\n```\n", `"ls x || echo y" cannot fail`},
		{"can fail", "```sh\nls x || { test $? -le 2 && echo y; }\n```\n", ""},
		{"not make", "```sh make\nrm x\n```\n", `"rm x" is no make command`},
	} {
		if _, faults := readBlocks(c.page); strings.Join(faults, "; ") != c.fault {
			t.Errorf("%s: found %q, want %q", c.name, faults, c.fault)
		}
	}
}

// outsideBlocks is a page without its fenced blocks.
func outsideBlocks(page string) string {
	var b strings.Builder
	open := false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "```") {
			open = !open
		} else if !open {
			b.WriteString(line)
		}
	}
	return b.String()
}
