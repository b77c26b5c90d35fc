// Package demo fills an empty community with a believable year: people who come
// in one after the other, spaces of every visibility, what they say to each
// other in English and German, and what was left open in the end. It is for
// trying the program out, for looking at pages and for measuring.
//
// The year is made through the operations alone, each at its time: Fill moves
// the program's clock (Clock) from happening to happening. Nothing is written
// past them, so a demo community has nothing in it that people could not have
// made, and what an operation refuses cannot be in it.
//
// What is said comes from the folder words: openings and answers written by
// hand, with slots. The same seed gives the same people, words and times; ids,
// keys and secrets are random as always.
//
// # Passwords
//
// Four people can sign in with Password, which everybody knows: a demo community
// does not belong on the internet. Everybody else comes in with a password of
// 128 random bits that nobody is told. It is hashed cheaply, because stretching
// adds nothing to what cannot be guessed, and a thousand of the usual hashes
// take minutes.
package demo
