// Package program runs the real binary and talks to it as a browser without
// JavaScript does: it builds, starts and ends processes, sends forms with all
// that a browser would send, and reads pages as text.
//
// It knows nothing of what the pages say. A test package that uses it removes
// what was built when its tests are over:
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		program.RemoveBuilds()
//		os.Exit(code)
//	}
package program
