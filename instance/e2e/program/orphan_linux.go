package program

import "syscall"

// endsWithParent makes the kernel kill the process when the tests die without
// a cleanup, as they do after "panic: test timed out". See prctl(2),
// PR_SET_PDEATHSIG.
func endsWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
