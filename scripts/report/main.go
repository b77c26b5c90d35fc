// Command report reads what `go test -json` prints and says it in few lines:
// a line a package with its seconds, the whole output of what failed, and a
// closing count. A skipped test counts as failed: nothing is skipped silently.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// event is a line of test2json: https://pkg.go.dev/cmd/test2json.
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

type tally struct {
	passed, failed int
	output         map[string][]string
}

func main() {
	t, err := read(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(2)
	}
	fmt.Printf("%d passed, %d failed\n", t.passed, t.failed)
	if t.failed > 0 || t.passed == 0 {
		os.Exit(1)
	}
}

func read(in io.Reader, out io.Writer) (*tally, error) {
	t := &tally{output: map[string][]string{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintln(out, lines.Text()) // not an event: the go command itself
			continue
		}
		t.take(e, out)
	}
	return t, lines.Err()
}

func (t *tally) take(e event, out io.Writer) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		t.output[key] = append(t.output[key], e.Output)
	case "build-output":
		fmt.Fprint(out, e.Output)
	case "pass":
		if e.Test != "" {
			t.passed++
		} else {
			fmt.Fprintf(out, "ok    %6.1f s  %s\n", e.Elapsed, e.Package)
		}
		delete(t.output, key)
	case "fail", "skip":
		if e.Action == "skip" && e.Test == "" {
			return // a package without tests
		}
		t.failed++
		fmt.Fprintf(out, "%s  %6.1f s  %s\n", e.Action, e.Elapsed, key)
		for _, line := range t.output[key] {
			fmt.Fprint(out, "      ", line)
		}
	}
}
