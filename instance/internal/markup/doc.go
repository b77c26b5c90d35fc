// Package markup turns what members write into HTML that is safe to show to
// everybody, and into plain text for search and excerpts.
//
// Members write Markdown as on GitHub (CommonMark 0.31, with tables, task
// lists, strikethrough and bare addresses as links), except that a line break
// stays a line break. HTML is no part of it: a tag that somebody types is shown
// as typed. Pictures from elsewhere become links, so nothing in the result can
// make a browser contact any host before somebody clicks on a link.
//
// Two layers keep that promise, and each is enough alone: the writer in this
// package knows no element outside a short list, and a sanitiser with the same
// list goes over what it wrote. What the writer makes passes the sanitiser
// unchanged; a test holds the two together.
//
// The package does not know members, spaces or languages, stores nothing and
// limits nothing about the size of a text. It does limit nesting and whatever
// else would let a short text cost much time or become a long page.
package markup
