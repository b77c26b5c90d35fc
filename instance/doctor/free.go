package doctor

import "syscall"

// Free gives how many bytes an ordinary account may still write on the disk of
// a directory.
func Free(dir string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil
}
