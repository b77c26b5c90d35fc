//go:build !linux

package program

import "syscall"

// endsWithParent asks for nothing: only Linux ends a process with its parent.
func endsWithParent() *syscall.SysProcAttr { return nil }
