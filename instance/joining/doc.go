// Package joining is the way into the community: invitations that members
// make, requests of people who ask, and the answers of owners and moderators.
// Who somebody is once she is in is for package member, how she proves it for
// package signin.
//
// # Invitations
//
//	made, err := o.Invite(ctx, actor, key, joining.Draft{Role: access.FullRole, Lasts: week})
//	made, err := joining.Make(tx, actorID, draft)  // in the caller's transaction; checks no right
//	o.Invitations(ctx, actor)                      // her own; owners and moderators see all
//	o.Revoke(ctx, actor, key, id)
//	joining.QR(link, label)                        // the link as an SVG
//
// Made holds the token, 256 random bits, which is shown once: only its hash is
// kept. An invitation is worth what its maker may do now: if she leaves, loses
// the role or the space, it opens nothing any more.
//
//	view, err := o.Look(ctx, actor, token)         // what the invited person is shown
//	arrival, err := o.Accept(ctx, key, token, joining.Newcomer{…})
//	led, err := o.Follow(ctx, actor, key, token)   // who is a member already is put into the space
//
// Unknown, revoked, expired and used up are one answer, ErrInvitation.
//
// Accept lets somebody in within one transaction: the use is counted (of two
// who race for the last one, one wins), the member is made, her credential is
// stored, she is put into the spaces for arrivals or, as a guest, into the one
// space, and her session begins. Her password is hashed before.
//
// # Requests
//
//	arrival, err := o.Ask(ctx, key, joining.Newcomer{…})   // through an open door: lets her in at once
//	o.Requests(ctx, actor)                                 // the queue, for owners and moderators
//	o.Waiting(ctx, actor)                                  // how many wait for the actor's answer
//	o.Decide(ctx, actor, key, memberID, accept)            // the first answer counts
//	o.Withdraw(ctx, actor, key)                            // deletes everything about her
//	o.Mine(ctx, actor)                                     // her request, for the page that waits
//
// Whom the community turned down is told so when she comes back, and everything
// about her is deleted by the job Forget after Remembered; so it is with whom
// nobody answered, after Unanswered. Then she may ask again.
package joining
