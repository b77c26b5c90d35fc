package fault_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/fault"
)

func TestCaughtSaysWhereThePanicWas(t *testing.T) {
	do := func(f func() error) (err error) {
		defer fault.Caught(&err)
		return f()
	}
	var none []int
	for said, f := range map[string]func() error{
		"out of range": func() error { return errors.New(string(rune(none[len(none)]))) },
		"on purpose":   func() error { panic("on purpose") },
	} {
		if err := do(f); err == nil || !strings.Contains(err.Error(), "panic at caught_test.go:") || !strings.Contains(err.Error(), said) {
			t.Errorf("got %v, want the place and %q", err, said)
		}
	}
	failed := errors.New("failed")
	if err := do(func() error { return failed }); !errors.Is(err, failed) {
		t.Errorf("got %v, want the error itself", err)
	}
	if err := do(func() error { return nil }); err != nil {
		t.Errorf("got %v of what went well", err)
	}
}
