// Command weaknesses looks for known weaknesses in what the modules of this
// repository are made of, with govulncheck and the Go project's own database,
// and for versions that their authors have taken back. It counts packages that
// are imported, whether or not the weak function in them is called.
//
// The database comes as a Go module, from wherever the go command gets modules;
// GOVULNDB names another one, such as https://vuln.go.dev. What is known today
// is all that can be seen: code in other languages, and what our own code does
// wrong, cannot.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := check(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "weaknesses:", err)
		os.Exit(1)
	}
}

func check(modules []string) (err error) {
	dir, err := os.MkdirTemp("", "weaknesses-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	db := os.Getenv("GOVULNDB")
	if db == "" {
		if db, err = download(dir); err != nil {
			return fmt.Errorf("get the database (GOVULNDB can name another): %w", err)
		}
	}
	var all []weakness
	for _, module := range modules {
		found, err := scan(module, db)
		if err != nil {
			return err
		}
		all = append(all, found...)
		back, err := takenBack(module)
		if err != nil {
			return err
		}
		all = append(all, back...)
	}
	notes, err := judge(all, accepted)
	for _, n := range notes {
		fmt.Println("weaknesses:", n)
	}
	return err
}

// database is the module in which the Go project keeps its reports.
const database = "golang.org/x/vulndb@latest"

// download gets the newest database into a folder, apart from other modules:
// there is a new one several times a day.
func download(dir string) (string, error) {
	get := exec.Command("go", "mod", "download", "-modcacherw", "-json", database)
	get.Dir, get.Env = dir, append(os.Environ(), "GOWORK=off", "GOMODCACHE="+filepath.Join(dir, "modules"))
	said, err := get.Output()
	var module struct{ Version, Dir, Error string }
	if jerr := json.Unmarshal(said, &module); jerr != nil || err != nil {
		return "", errors.Join(err, jerr, errors.New(module.Error))
	}
	fmt.Println("weaknesses: what is known is of", module.Version)
	return "file://" + filepath.ToSlash(filepath.Join(module.Dir, "data", "osv")), nil
}

// scan asks govulncheck about a module.
func scan(module, db string) ([]weakness, error) {
	ask := exec.Command("go", "run", "golang.org/x/vuln/cmd/govulncheck@v1.9.0", "-format", "json", "-scan", "package", "-db", db, "./...")
	said, err := output(ask, module)
	if err != nil {
		return nil, fmt.Errorf("scan %s: %w", module, err)
	}
	return findings(bytes.NewReader(said))
}

// takenBack asks for versions that were retracted and modules that are no
// longer looked after, among those that we import from.
func takenBack(module string) ([]weakness, error) {
	said, err := output(exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", "./..."), module)
	if err != nil {
		return nil, fmt.Errorf("list the modules of %s: %w", module, err)
	}
	paths := strings.Fields(string(said))
	slices.Sort(paths)
	const line = "{{if or .Retracted .Deprecated}}{{.Path}}\t{{.Version}}\t{{or .Deprecated .Retracted}}{{end}}"
	ask := append([]string{"list", "-e", "-m", "-u", "-f", line}, slices.Compact(paths)...)
	if said, err = output(exec.Command("go", ask...), module); err != nil {
		return nil, fmt.Errorf("ask for the versions of %s: %w", module, err)
	}
	return retractions(string(said)), nil
}

func output(c *exec.Cmd, dir string) ([]byte, error) {
	var told strings.Builder
	c.Dir, c.Env, c.Stderr = dir, append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0"), &told
	said, err := c.Output()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, told.String())
	}
	return said, err
}
