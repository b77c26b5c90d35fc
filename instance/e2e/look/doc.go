// Package look visits every page of the real program in Chromium, as whoever
// the page is for, and takes pictures of them if it is asked to:
//
//	go test ./e2e/look -run TestScreenshots -pictures DIRECTORY
//
// Each page is held to what holds for all: it fits screens of 320, 360 and 1280
// pixels, axe-core finds nothing wrong in the light or in the dark, nothing
// breaks the content security policy, and no other host is asked for anything.
// A page of the program that nobody looks at fails the test.
package look
