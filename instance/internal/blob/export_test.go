package blob

import "os"

var (
	ErrKey  = errKey
	ErrSize = errSize
)

// OnSync has fn called instead of each sync, with what is to be synced.
func (d *Directory) OnSync(fn func(*os.File) error) { d.sync = fn }
