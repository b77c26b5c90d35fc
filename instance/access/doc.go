// Package access decides who may read and do what. It is the one place that
// does.
//
// Every object carries a label, a set of atoms. An atom names a set of people
// who may change from one moment to the next: the members of a space, the
// author of a held post and the moderators of its place. An actor reads an
// object if she is, now, one of the readers of every atom of its label. The
// empty label is public.
//
// The read rule stands here twice, once in Go (CanRead) and once in SQL
// (Readable), and a property test holds them together. Nothing else filters.
// What an actor may not read does not exist for her: operations look things
// up through the read rule and answer fault.Missing, and only then ask
// Authorise, whose refusal is fault.Forbidden.
//
// The ownership rule (Owns, Owned) is the one exception: who wrote something
// may always export, withdraw and delete it, whatever its label says now.
package access
