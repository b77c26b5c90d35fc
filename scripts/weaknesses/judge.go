package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/version"
	"io"
	"slices"
	"strings"
)

// weakness is something known about a module that we use.
type weakness struct{ id, module, version, fixed string }

// accepted are weaknesses that do not touch us, and why. One that is no longer
// found has to be taken off.
var accepted = map[string]string{
	"GO-2026-6838": "echo's Proxy is not used; nothing here speaks WebSocket",
	"GO-2026-6839": "echo's Proxy is not used; nothing here speaks WebSocket",
	"GO-2026-6840": "echo's BodyDump is not used",
	"GO-2026-6842": "echo's Decompress is not used",
	"GO-2026-6872": "addresses of readers come from web.client, never from echo's RealIP",
	"GO-2026-6875": "echo's Proxy is not used",
}

// standard is what govulncheck calls Go's own packages.
const standard = "stdlib"

// findings reads the answers of govulncheck: what is known of packages that are
// imported.
func findings(in io.Reader) (all []weakness, err error) {
	scanned := false
	for answers := json.NewDecoder(in); ; {
		var a struct {
			SBOM    *struct{}
			Finding *struct {
				OSV   string
				Fixed string `json:"fixed_version"`
				Trace []struct{ Module, Version, Package string }
			}
		}
		if err := answers.Decode(&a); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read the answer of govulncheck: %w", err)
		}
		scanned = scanned || a.SBOM != nil
		if f := a.Finding; f != nil && len(f.Trace) > 0 && f.Trace[0].Package != "" {
			all = append(all, weakness{f.OSV, f.Trace[0].Module, f.Trace[0].Version, f.Fixed})
		}
	}
	if !scanned {
		return nil, errors.New("govulncheck has scanned nothing")
	}
	return all, nil
}

// retractions reads lines of module, version and reason.
func retractions(lines string) (all []weakness) {
	for line := range strings.Lines(lines) {
		if fields := strings.SplitN(strings.TrimSpace(line), "\t", 3); len(fields) == 3 {
			all = append(all, weakness{id: "taken back (" + fields[2] + ")", module: fields[0], version: fields[1]})
		}
	}
	return all
}

// judge refuses what nobody has accepted. Weaknesses of Go itself belong to
// whoever builds, not to the source: they are told, and refused nowhere.
func judge(all []weakness, accepted map[string]string) (notes []string, refused error) {
	slices.SortFunc(all, func(a, b weakness) int {
		return cmp.Or(cmp.Compare(a.module, b.module), cmp.Compare(a.id, b.id), cmp.Compare(a.version, b.version))
	})
	var errs []error
	seen, fixed := map[string]bool{}, ""
	for _, w := range slices.Compact(all) {
		switch {
		case w.module == standard:
			if v := "go" + strings.TrimPrefix(w.fixed, "v"); version.Compare(v, fixed) > 0 {
				fixed = v
			}
		case accepted[w.id] != "":
			seen[w.id] = true
		default:
			errs = append(errs, fmt.Errorf("%s %s: %s, fixed in %s", w.module, w.version, w.id, cmp.Or(w.fixed, "no version yet")))
		}
	}
	for id := range accepted {
		if !seen[id] {
			errs = append(errs, fmt.Errorf("%s is accepted and no longer found: take it off", id))
		}
	}
	if fixed != "" {
		notes = append(notes, "the Go on this machine has known weaknesses: build what you give to others with "+fixed+" or later")
	}
	return notes, errors.Join(errs...)
}
