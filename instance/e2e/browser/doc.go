// Package browser lets people in a real Chromium use the pages of a test's
// server, as they would: by what they read, by the names of fields and
// buttons, by the keyboard. Things are found by accessible role and name, so a
// page that such a test can use is one that a screen reader can use.
//
// Each person has cookies, storage and a proxy of her own. The proxy sees every
// request that anything of hers makes (pages, frames, workers, preloads) and
// lets none leave the machine.
//
// It owns no knowledge of OpenGather's pages. There is one Chromium per test
// binary, which a package that uses it stops when its tests are over:
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		browser.Stop()
//		os.Exit(code)
//	}
package browser
