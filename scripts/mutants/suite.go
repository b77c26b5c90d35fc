package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// A suite runs mutants against one module.
type suite struct {
	module  string        // absolute path of the module's root
	timeout time.Duration // of one run of a test
	workers int           // runs of "go test" at once, each on one core
	green   bool          // every named test is known to be green without a mutant
}

// A verdict is what became of one mutant.
type verdict struct {
	mutant mutant
	killed bool
	says   string // why it counts as killed or not, for the table
	output string // the end of go test's output where a person needs it
	took   time.Duration
}

// load reads the mutants of a folder whose names match only.
func load(dir string, only *regexp.Regexp) ([]mutant, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.patch"))
	if err != nil {
		return nil, err
	}
	var list []mutant
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".patch")
		if !only.MatchString(name) {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		m, err := parse(name, string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		list = append(list, m)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no mutant in %s matches %q", dir, only)
	}
	return list, nil
}

// run judges the mutants and tells each verdict as soon as it is known. First
// each named test must be green without a mutant: red proves nothing about a
// test that is always red. Whoever has just seen all of them green need not wait
// for that.
func (s suite) run(ctx context.Context, mutants []mutant, tell func(verdict)) error {
	var before map[string]events
	if !s.green {
		var err error
		if before, err = s.unmutated(ctx, mutants); err != nil {
			return err
		}
	}
	var one sync.Mutex
	return s.each(len(mutants), func(i int) error {
		v, err := s.judge(ctx, mutants[i], before[mutants[i].pkg])
		if err != nil {
			return fmt.Errorf("%s: %w", mutants[i].name, err)
		}
		one.Lock()
		defer one.Unlock()
		tell(v)
		return nil
	})
}

// unmutated runs the named tests of each package once.
func (s suite) unmutated(ctx context.Context, mutants []mutant) (map[string]events, error) {
	patterns := map[string][]string{}
	for _, m := range mutants {
		// Only the part before a slash, so that one run does for all.
		test, _, _ := strings.Cut(m.test, "/")
		if !slices.Contains(patterns[m.pkg], test) {
			patterns[m.pkg] = append(patterns[m.pkg], test)
		}
	}
	var packages []string
	for pkg := range patterns {
		packages = append(packages, pkg)
	}
	slices.Sort(packages)
	runs := make([]events, len(packages))
	err := s.each(len(packages), func(i int) (err error) {
		run := "^(?:" + strings.Join(patterns[packages[i]], "|") + ")$"
		runs[i], err = s.goTest(ctx, packages[i], run)
		return err
	})
	before := map[string]events{}
	for i, pkg := range packages {
		before[pkg] = runs[i]
	}
	return before, err
}

// judge applies one mutant and runs its test. The error is one of the machine,
// not of the mutant.
func (s suite) judge(ctx context.Context, m mutant, before events) (v verdict, err error) {
	v.mutant = m
	if found := before.outcome(m.kills); !s.green && found != passed {
		v.says, v.output = "without the mutant the test "+string(found), before.tail(30)
		return v, nil
	}
	dir, err := os.MkdirTemp("", "mutant-")
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file, err := overlay(m, s.module, dir)
	if err != nil {
		v.says = "no longer applies: " + err.Error()
		return v, nil
	}
	start := time.Now()
	// By the environment, so that it also goes for programs that the test builds.
	// What is red on one engine need not be tried on the other.
	after, err := s.goTest(ctx, m.pkg, m.kills.run(), "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -failfast -overlay="+file))
	if err != nil {
		return v, err
	}
	v.took = time.Since(start)
	switch found := after.outcome(m.kills); found {
	case failed:
		v.killed, v.says = true, "killed"
	case passed:
		v.says = "survived"
	default:
		v.says, v.output = "with the mutant the test "+string(found), after.tail(30)
	}
	return v, nil
}

// goTest runs tests of one package and returns what they said. Red tests are
// no error. Settings are added to the environment.
func (s suite) goTest(ctx context.Context, pkg, run string, settings ...string) (events, error) {
	args := []string{"test", "-json", "-vet=off", "-count=1", "-p=1", "-timeout", s.timeout.String(), "-run", run, pkg}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = s.module
	// A mutant's failing example is neither worth keeping nor worth shrinking.
	cmd.Env = append(append(os.Environ(), "RAPID_NOFAILFILE=true", "RAPID_SHRINKTIME=0s"), settings...)
	// "go test" passes an interrupt on to the test, which a kill would orphan.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	err := cmd.Run()
	if red := (*exec.ExitError)(nil); errors.As(err, &red) && ctx.Err() == nil {
		err = nil
	}
	return readEvents(printed.Bytes()), err
}

// each calls do for 0 to n-1, as many at once as there are workers.
func (s suite) each(n int, do func(i int) error) error {
	var wait sync.WaitGroup
	free := make(chan struct{}, s.workers)
	errs := make([]error, n)
	for i := range n {
		free <- struct{}{}
		wait.Go(func() {
			defer func() { <-free }()
			errs[i] = do(i)
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}
