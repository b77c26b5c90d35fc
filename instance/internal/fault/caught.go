package fault

import (
	"fmt"
	"path"
	"runtime"
	"strings"
)

// Caught turns a panic into an error that says where it was, for work that
// nobody waits for: one thing that cannot be done must not end everything else.
// Use it as: defer fault.Caught(&err).
func Caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic at %s: %v", origin(), p)
	}
}

// origin is the line that panicked.
func origin() string {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	thrown := false
	for {
		f, more := frames.Next()
		inside := strings.HasPrefix(f.Function, "runtime.")
		if thrown && !inside || !more {
			return fmt.Sprintf("%s:%d", path.Base(f.File), f.Line)
		}
		thrown = thrown || inside && f.Function == "runtime.gopanic"
	}
}
