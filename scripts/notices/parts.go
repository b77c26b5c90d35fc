package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// part is something of others in the program.
type part struct {
	name, version string
	// texts are its licences and notices, as they came with it.
	texts []string
	// carried texts reach people with the pages, and need no second copy.
	carried bool
}

// systems are those that somebody may build for. What a build for one of them
// has and another has not is listed for all.
var systems = []string{"linux", "darwin", "windows"}

// parts lists what is linked into the program, and what its pages carry.
func parts(module string) ([]part, error) {
	all, err := carried(module)
	if err != nil {
		return nil, err
	}
	dirs, versions, err := linked(module)
	if err != nil {
		return nil, err
	}
	for name, in := range dirs {
		p := part{name: name, version: versions[name]}
		for _, file := range noticeFiles(in) {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			p.texts = append(p.texts, string(text))
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b part) int { return cmp.Compare(a.name, b.name) })
	return all, nil
}

// places are the folder of a module and those of its packages that are linked.
type places struct {
	root     string
	packages []string
}

// standard is the name of what comes with Go itself.
const standard = "Go standard library"

// linked asks the go command for what the program is made of.
func linked(module string) (map[string]places, map[string]string, error) {
	dirs, versions := map[string]places{}, map[string]string{}
	for _, system := range systems {
		list := exec.Command("go", "list", "-deps", "-json=Dir,Standard,Module", "./cmd/opengather")
		list.Dir, list.Stderr = module, os.Stderr
		list.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOARCH=amd64", "GOOS="+system)
		said, err := list.Output()
		if err != nil {
			return nil, nil, fmt.Errorf("list the packages for %s: %w", system, err)
		}
		for packages := json.NewDecoder(bytes.NewReader(said)); ; {
			var p struct {
				Dir      string
				Standard bool
				Module   *struct {
					Path, Version, Dir string
					Main               bool
				}
			}
			if err := packages.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, nil, err
			}
			switch {
			case p.Standard:
				root, _, _ := strings.Cut(p.Dir, filepath.FromSlash("/src/"))
				dirs[standard] = places{root: root}
			case p.Module != nil && !p.Module.Main:
				in := dirs[p.Module.Path]
				in.root = p.Module.Dir
				in.packages = append(in.packages, p.Dir)
				dirs[p.Module.Path], versions[p.Module.Path] = in, p.Module.Version
			}
		}
	}
	return dirs, versions, nil
}

var noticeFile = regexp.MustCompile(`(?i)^(un)?licen[cs]e|^copying|^copyright|^notice|^patents`)

// noticeFiles are the licences and notices beside linked packages, and in the
// folders above them up to the root of the module.
func noticeFiles(in places) (found []string) {
	folders := []string{in.root}
	for _, dir := range in.packages {
		for ; len(dir) > len(in.root); dir = filepath.Dir(dir) {
			folders = append(folders, dir)
		}
	}
	slices.Sort(folders)
	for _, dir := range slices.Compact(folders) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // no file is found then, and the part has no licence
		}
		for _, e := range entries {
			if e.Type().IsRegular() && noticeFile.MatchString(e.Name()) && filepath.Ext(e.Name()) != ".go" {
				found = append(found, filepath.Join(dir, e.Name()))
			}
		}
	}
	return found
}

var carriedHeading = regexp.MustCompile(`(?m)^== (\D+) (\d[\d.]*) \((.+)\), https://.+ ==$`)

// carried are the parts that pages bring into browsers. Their licences are
// written by hand into one file, which pages carry too.
func carried(module string) (all []part, err error) {
	static := filepath.Join(module, "web", "look", "static")
	body, err := os.ReadFile(filepath.Join(static, "LICENSES.txt"))
	if err != nil {
		return nil, err
	}
	at := carriedHeading.FindAllSubmatchIndex(body, -1)
	for i, m := range at {
		end := len(body)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		all = append(all, part{name: string(body[m[2]:m[3]]), version: string(body[m[4]:m[5]]), texts: strings.Split(string(body[m[1]:end]), "\n---\n"), carried: true})
	}
	vendored, err := os.ReadDir(filepath.Join(static, "vendor"))
	if err != nil {
		return nil, err
	}
	for _, v := range vendored {
		if !bytes.Contains(body, []byte("(static/vendor/"+v.Name()+")")) {
			return nil, fmt.Errorf("%s is not in LICENSES.txt", v.Name())
		}
	}
	return all, nil
}
