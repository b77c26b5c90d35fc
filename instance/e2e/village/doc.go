// Package village fills a community, on the real binary or on a server of the
// test's own, as people do: through its pages, in a browser without JavaScript. It is where tests with a real
// browser begin that are about something further on.
//
// It owns what the pages ask for on the way (names of fields, paths of forms).
// It knows no tables and calls no operation.
package village
