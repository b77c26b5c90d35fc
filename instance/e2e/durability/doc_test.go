// Package durability holds the program to what it acknowledged: through
// SIGKILL, a torn WAL, a full disk and the death of one of two processes. The
// real binary is under load from people who send forms over HTTP; what they
// were answered is then looked for in the data, by a connection that is not
// the program's own.
package durability

import (
	"os"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
)

const opengather = "github.com/opengather/opengather/instance/cmd/opengather"

func TestMain(m *testing.M) {
	code := m.Run()
	program.RemoveBuilds()
	os.Exit(code)
}
