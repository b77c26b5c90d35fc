package doctor

import (
	"io/fs"
	"syscall"
	"testing"
)

// owned is a file of an account.
type owned struct {
	fs.FileInfo
	by uint32
}

func (o owned) Sys() any { return &syscall.Stat_t{Uid: o.by} }

func TestSameOwner(t *testing.T) {
	if !sameOwner(owned{by: 1000}, owned{by: 1000}) || sameOwner(owned{by: 1000}, owned{by: 0}) {
		t.Error("owners are not told apart")
	}
}
