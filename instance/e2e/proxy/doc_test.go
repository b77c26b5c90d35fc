// Package proxy puts a real nginx and a real Caddy in front of the real binary,
// over TLS, with the configuration that docs/operator.md shows: what is changed in
// it are addresses, ports and names of files, and the tests end if one of those is
// not there. Streams, uploads and the visitor's address go through both, and each
// of the two processes is killed while somebody listens.
package proxy

import (
	"fmt"
	"os"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
)

const opengather = "github.com/opengather/opengather/instance/cmd/opengather"

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "proxy-")
	if err == nil {
		err = trust(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "make a certificate:", err)
		os.Exit(1)
	}
	code := m.Run()
	program.RemoveBuilds()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, "remove the certificates:", err)
		code = 1
	}
	os.Exit(code)
}
