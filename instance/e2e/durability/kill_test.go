package durability

import (
	"errors"
	"io"
	"os/exec"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/sample"
)

// A kill at any moment loses nothing that was acknowledged and leaves nothing
// half done. A form over which the program died counts once when it is sent
// again.
func TestKilledUnderLoad(t *testing.T) {
	here := place{data: t.TempDir()}
	d := dice(t)
	people := newLoad(t, here.seed(t), d)
	for round := range sample.Kills {
		if round%5 == 4 {
			killStarting(t, here.command(t, program.FreePort(t)), time.Duration(d.IntN(200))*time.Millisecond)
		}
		p := here.start(t)
		books := here.books(t)
		books.whole()
		books.has(people.acks[max(0, len(people.acks)-200):])
		if err := books.Close(); err != nil {
			t.Error(err)
		}
		moment := time.Duration(d.IntN(5000)) * time.Microsecond
		new := people.run(1+d.IntN(30), func() {
			<-time.After(moment) // somewhere within the next writes
			p.Kill()
		}, p.URL)
		if len(people.refused) > 0 {
			t.Fatalf("refused: %q", people.refused)
		}
		if t.Failed() {
			t.Fatalf("round %d, after %d answers", round, len(new))
		}
	}
	p := here.start(t)
	people.finish(p.URL)
	p.Stop()
	books := here.books(t)
	books.whole()
	books.has(people.acks)
	t.Logf("%d acknowledged writes", len(people.acks))
}

// killStarting kills a program that may not have come up.
func killStarting(t *testing.T, c program.Command, after time.Duration) {
	t.Helper()
	starting := exec.Command(c.Path, c.Args...)
	starting.Stdout, starting.Stderr = io.Discard, io.Discard
	if err := starting.Start(); err != nil {
		t.Fatal(err)
	}
	<-time.After(after)
	if err := starting.Process.Kill(); err != nil {
		t.Error(err)
	}
	var killed *exec.ExitError
	if err := starting.Wait(); !errors.As(err, &killed) {
		t.Errorf("the program that was starting ended with %v", err)
	}
}
