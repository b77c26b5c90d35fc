// Package flows walks the ways that everybody takes, from beginning to end, in
// Chromium and on the real program: setting up, being invited, asking to join,
// talking where nobody else knows of it, signing in by passkey, losing a draft
// and finding it again, and all of it by keyboard alone.
//
// Each page on the way fits its screen and passes axe-core. At the end of the
// way nothing has been asked of another host.
package flows
