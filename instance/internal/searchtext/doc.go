// Package searchtext makes search find the same words in every language and in
// both databases. The databases are given words that are already normalised, so
// that all either of them does is to look up words separated by spaces.
//
// Store the words of Make of a text in an FTS5 table with the tokenizer
//
//	unicode61 remove_diacritics 0
//
// or as to_tsvector('simple', …) in PostgreSQL, in a database whose encoding is
// UTF8. Ask with FTS5 or TSQuery of what Parse makes of what somebody typed. What
// is stored is for finding only: a page shows the original text, with Marks of
// it.
//
// What fits is sorted into three tiers (see Tier), and in each by whoever asks:
// no number says how well. The package does not know what may be read by whom,
// and knows no grammar: words are found by themselves, by their beginning and by
// what they hide inside, not by other forms of them.
package searchtext
