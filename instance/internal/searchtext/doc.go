// Package searchtext makes search find the same words in every language and in
// both databases. The databases are given words that are already normalised, so
// that all either of them does is to look up words separated by spaces.
//
// Store Normalise of a text in an FTS5 table with the tokenizer
//
//	unicode61 remove_diacritics 0
//
// or as to_tsvector('simple', …) in PostgreSQL, in a database whose encoding is
// UTF8. Ask with FTS5 or TSQuery of the terms that Query finds in what somebody
// typed. What is stored is for finding only: a page shows the original text.
//
// The package does not know what may be read by whom, ranks nothing and knows
// no grammar: words are found by their beginning, not by other forms of them.
package searchtext
