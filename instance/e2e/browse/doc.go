// Package browse opens every page of the program as everybody, in Chromium: the
// routes are the program's own list, and what they stand for is found by
// following links. It holds what is true of any page, whatever it is about: who
// is asked for something when hostile words stand on it, whether it can be used
// by keyboard, at 400 %, without motion and from right to left.
package browse
