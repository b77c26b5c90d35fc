package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// welcome are the licences that ask for no more than to be passed on with the
// program. Any other needs somebody to read it; none under the AGPL, the GPL or
// the SSPL will ever stand here.
var welcome = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "GooglePatentsFile"}

// unlinked are licences that stand in the files of a part for something of it
// that is not linked.
var unlinked = map[string]string{
	"modernc.org/sqlite": "MPL-2.0", // its LICENSE-3RD-PARTY.md lists what its tests use, too
}

// enough is how much of a licence file has to be words of known licences, in
// percent. What is left are names and years.
const enough = 75

// licences gives the names of the licences of a part, and whether one of its
// texts is a known licence and little else.
func (p part) licences() (names []string, known bool) {
	for _, text := range p.texts {
		scan := licensecheck.Scan([]byte(text))
		known = known || scan.Percent >= enough
		for _, m := range scan.Match {
			if m.ID != unlinked[p.name] {
				names = append(names, m.ID)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), known
}

// refuse says which parts may not be linked as they are.
func refuse(parts []part) error {
	var all []error
	for _, p := range parts {
		names, known := p.licences()
		if !known {
			all = append(all, fmt.Errorf("%s %s comes with no licence that is known", p.name, p.version))
		}
		for _, name := range names {
			if !slices.Contains(welcome, name) {
				all = append(all, fmt.Errorf("%s %s is under %s", p.name, p.version, name))
			}
		}
	}
	return errors.Join(all...)
}

// files are the list and the texts. Parts with the same texts share them.
func files(parts []part) map[string]string {
	var list, texts strings.Builder
	list.WriteString("part\tversion\tlicence\n")
	sharers, order := map[string][]string{}, []string{}
	for _, p := range parts {
		names, _ := p.licences()
		fmt.Fprintf(&list, "%s\t%s\t%s\n", p.name, p.version, strings.Join(names, ", "))
		if p.carried {
			continue
		}
		body := strings.Join(p.texts, "\n")
		if sharers[body] == nil {
			order = append(order, body)
		}
		sharers[body] = append(sharers[body], strings.TrimSpace(p.name+" "+p.version))
	}
	for _, body := range order {
		fmt.Fprintf(&texts, "== %s ==\n\n%s\n\n", strings.Join(sharers[body], ", "), strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n")))
	}
	return map[string]string{"parts.tsv": list.String(), "texts.txt": texts.String()}
}
