// Package markuptest holds what tests need to prove that no page makes a
// browser contact another host: Payloads, a corpus of texts that try, and
// ForeignRequests, which finds in a page everything that would.
//
// A test puts each payload into a field that somebody else can fill, fetches
// the page that shows it, and expects ForeignRequests to find nothing.
package markuptest
