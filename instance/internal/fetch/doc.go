// Package fetch is the one door through which the community reaches other
// hosts. Nothing else dials; third-party clients get the door's dialer or its
// http.Client.
//
// The door has two entrances. Named leads to one host and port that the
// operator wrote in configuration (database, mail, storage, telemetry, a
// model), private or not, for that purpose only. Given (Get and Client) is for
// every address that came from a person, an agent, a document or a remote
// server: https, public addresses only, checked on the address that is really
// dialled and again after each redirect, with limits of size, time and type,
// and without anything about the visitor.
//
// Every attempt, refused ones too, is handed to Config.Record: first that it
// is about to happen, then how it ended. An entry names the host, never the
// path. DNS questions are asked after the intent is recorded and have no entry
// of their own.
//
// The package does not decide whether somebody may cause a fetch, does not
// keep the egress log, does not decode or clean what it brought back, and does
// not listen: what comes in belongs to server.
package fetch
