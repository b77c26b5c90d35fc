// Package signin is how a member proves who she is: sessions, passwords,
// passkeys and recovery codes. What she may do then is for package access; how
// she becomes a member is for joining and setup.
//
// # For joining and setup
//
// Somebody new chooses a password or makes a passkey. What takes long is done
// before the transaction, the rest in the one that admits her:
//
//	c, err := o.SignIn.Prepare(ctx, signin.Wish{        // limits, checks, one hash
//		Handle: handle, Name: name, Password: r.FormValue("password"),
//		Passkey: r.FormValue("passkey_token"), Origin: r.Origin(), Network: r.Network(),
//	})
//	…
//	o.DB.Write(ctx, op, func(tx *database.Tx) (string, error) {
//		id, err := member.Admit(tx, o.Keys, admission)
//		err = c.Store(tx, id)                           // password or passkey
//		codes, err = o.SignIn.NewCodes(tx, id)          // ten, shown once
//		token, err = signin.Begin(tx, id, r.Device())   // then r.Begin(token)
//		return id, err
//	})
//
// The faults of Prepare and Store name the fields "password" and
// "passkey_token". What they are made of can be used by itself:
//
//	CheckPassword(handle, name, password) error             // fault.Bad("password", …)
//	o.HashPassword(ctx, password) (hash, error)             // slow, outside the transaction
//	SetPassword(tx, member, hash) error
//	o.BeginPasskey(ctx, actor, Asker{…}) (json, error)      // signinweb does this at /login/passkey/new
//	o.CheckPasskey(ctx, actor, origin, response) (Passkey, error)
//	AddPasskey(tx, member, passkey, name) error             // uses the ceremony up
//	o.NewCodes(tx, member) ([]string, error)                // replaces the former ones
//	Begin(tx, member, device) (token, error)
//	EndAll(tx, member) error                                // whoever leaves, at once
//	Erase(tx, member) error                                 // everything kept here of a member
//	o.Knock(network) error                                  // counts a try of a stranger
//
// # For what a session alone must not do
//
// Before something that cannot be undone, somebody who is signed in proves once
// more who she is. On pages, signinweb.ProofFields goes into the form:
//
//	proven, err := o.SignIn.Prove(ctx, actor, signinweb.ProofOf(r))
//	…
//	err = proven.Use(tx)                                    // uses a code up
//
// Confirm does this for what gives lasting access, and lets it count for
// ProofLength in that one session.
//
// Functions that take a transaction check no right. On pages, signinweb.Choice
// goes into the form of somebody new, and needs no script for a password;
// signinweb.CodeList shows codes; signinweb.SignOut signs out.
//
// # For the program
//
// One Operations serves the whole program, since it holds the limits. Its DB
// and Keys are set, its Cost is not. Tidy does the jobs of kind TidyJob.
//
// # What nobody learns
//
// An unknown handle, a wrong password, a member without one and an account that
// is locked for the moment get the same answer after the same statements and
// the same number of hashes. Tries are counted in memory under a key of the
// day; no address is kept.
package signin
