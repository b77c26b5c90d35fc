// Command mutants plants faults and demands that the tests see them.
//
// Each .patch file of a folder is one fault. Its header names the one test
// that has to fail because of it:
//
//	# package: ./post
//	# test: TestDraftIsNotListed
//	# why: a draft would be seen before its author publishes it
//	--- a/post/list.go
//	+++ b/post/list.go
//	@@ -12,1 +12,1 @@
//	-	return p.Published
//	+	return true
//
// The patch edits files of the module, tests excepted, and is applied to
// copies that "go test -overlay" builds instead: the tree stays as it is. A
// mutant is killed when the named test passes without it and fails with it.
// One that no longer applies, doesn't compile, survives, times out or takes
// the whole process down makes the run red.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

func main() {
	dir := flag.String("dir", "../instance/testdata/mutants", "folder of the .patch files")
	module := flag.String("module", "../instance", "root of the module that the patches change")
	only := flag.String("only", "", "pattern of the names of the mutants to run")
	timeout := flag.Duration("timeout", 3*time.Minute, "longest time for one run of a test")
	workers := flag.Int("p", runtime.NumCPU(), "mutants at once; each builds on one core")
	green := flag.Bool("green", false, "all tests were green a moment ago: do not run them without a mutant first")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, *dir, *module, *only, suite{timeout: *timeout, workers: *workers, green: *green})
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// run prints a line for each mutant and what a person needs to mend those that
// weren't killed, which are an error.
func run(ctx context.Context, out io.Writer, dir, module, only string, s suite) error {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	root, err := filepath.Abs(module)
	if err != nil {
		return err
	}
	mutants, err := load(dir, pattern)
	if err != nil {
		return err
	}
	start := time.Now()
	var alive []verdict
	var took time.Duration
	row := tableFor(mutants)
	fmt.Fprintf(out, row, "seconds", "mutant", "package", "test", "")
	s.module, s.workers = root, max(1, s.workers)
	err = s.run(ctx, mutants, func(v verdict) {
		fmt.Fprintf(out, row, fmt.Sprintf("%.1f", v.took.Seconds()), v.mutant.name, v.mutant.pkg, v.mutant.test, v.says)
		took += v.took
		if !v.killed {
			alive = append(alive, v)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%d of %d killed in %.0f s (%.0f s of tests with mutants)\n",
		len(mutants)-len(alive), len(mutants), time.Since(start).Seconds(), took.Seconds())
	for _, v := range alive {
		fmt.Fprintf(out, "\n%s: %s\n  why it matters: %s\n", v.mutant.name, v.says, v.mutant.why)
		if v.output != "" {
			fmt.Fprintf(out, "  %s\n", strings.ReplaceAll(v.output, "\n", "\n  "))
		}
	}
	if len(alive) > 0 {
		return errors.New("not every mutant was killed")
	}
	return nil
}

// tableFor is the format of a row that is wide enough for all mutants.
func tableFor(mutants []mutant) string {
	name, pkg, test := len("mutant"), len("package"), len("test")
	for _, m := range mutants {
		name, pkg, test = max(name, len(m.name)), max(pkg, len(m.pkg)), max(test, len(m.test))
	}
	return fmt.Sprintf("%%7s  %%-%ds  %%-%ds  %%-%ds  %%s\n", name, pkg, test)
}
