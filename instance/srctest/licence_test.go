package srctest

import (
	"regexp"
	"strings"
	"testing"
)

// TestLicence holds LICENSE to what P20 and P21 want said, each in the clause
// where a reader looks for it. Whether it holds in law is for a lawyer.
func TestLicence(t *testing.T) {
	clauses := licenceClauses(read(t, "LICENSE"))
	for heading, says := range map[string][]string{
		"THE WORDS USED HERE": {
			`"Hosted resale" is all three of these together`,
			`"Competing hosted resale" is`,
			`"Non-commercial hosting for others" is`,
			`"Consulting on the customer's machine" is`,
			`"Payment" is`,
		},
		"WHAT YOU MAY DO": {
			"Without asking", "study the software", "change it", "install it and run it",
			"personal use", "internal use", "community use", "organisational use",
			"non-commercial hosting for others", "consulting on the customer's machine",
			"belongs to the people who create it",
		},
		"WHAT YOU MAY NOT DO": {
			"may not use the software for competing hosted resale",
			"the only use that this licence forbids",
		},
		"THE BOUNDARY IS LEGAL, NEVER TECHNICAL": {
			"no licence key", "does not expire", "does not report to us",
			"cannot be switched off by us from afar", "hides none of its source", "keeps no feature back",
		},
		"WHEN YOU PASS IT ON": {"give them this licence"},
		"CONTRIBUTIONS": {
			"You keep your copyright", "right to use it under this licence", "managed cloud OpenGather",
			"at least what section 2 allows",
		},
		"THIRD-PARTY PARTS": {"keep their own licences"},
		"NO WARRANTY":       {"as it is", "do not answer for any damage"},
	} {
		text, ok := clauses[heading]
		if !ok {
			t.Errorf("LICENSE has no clause %q", heading)
			continue
		}
		for _, s := range says {
			if !strings.Contains(text, s) {
				t.Errorf("the clause %q does not say %q", heading, s)
			}
		}
	}
}

var licenceHeading = regexp.MustCompile(`(?m)^\d+\. ([A-Z][A-Z ,-]+)$`)

// licenceClauses gives the text of each numbered clause by its heading.
func licenceClauses(text string) map[string]string {
	at := licenceHeading.FindAllStringSubmatchIndex(text, -1)
	clauses := map[string]string{}
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		clauses[text[m[2]:m[3]]] = oneLine(text[m[1]:end])
	}
	return clauses
}

// TestReadme holds README to what a stranger must find there.
func TestReadme(t *testing.T) {
	page := read(t, "README.md")
	top, _, _ := strings.Cut(page, "\n## ")
	for _, command := range []string{"\nmake run\n", "\nmake test\n"} {
		if !strings.Contains(top, command) {
			t.Errorf("the top does not have the command %q", strings.TrimSpace(command))
		}
	}
	if !strings.Contains(page, "OpenGather is **source-available**. It is *not* open source or free software") {
		t.Error("README does not say plainly that this is not open source")
	}
	if n := strings.Count(strings.ToLower(page), "open source") + strings.Count(strings.ToLower(page), "open-source"); n != 1 {
		t.Errorf("README says \"open source\" %d times; the one place is where it says that this is not", n)
	}
	if paid := section(t, page, "## How it is paid for"); !strings.Contains(paid, "managed cloud OpenGather") {
		t.Error("README does not say where the money comes from")
	}
}

var exampleRow = regexp.MustCompile(`(?m)^\| ([^|]+) \| (yes|no) \| ([^|]+) \|$`)

// TestReadmeExamples counts the examples of what the licence allows and does not.
func TestReadmeExamples(t *testing.T) {
	table := section(t, read(t, "README.md"), "## What you may do with it")
	count := map[string]int{}
	seen := map[string]bool{}
	for _, m := range exampleRow.FindAllStringSubmatch(table, -1) {
		if seen[m[1]] {
			t.Errorf("twice in the table: %s", m[1])
		}
		seen[m[1]] = true
		count[m[2]]++
	}
	if count["yes"] < 10 || count["no"] < 4 {
		t.Errorf("%d allowed and %d not allowed examples; at least 10 and 4 are wanted", count["yes"], count["no"])
	}
}
