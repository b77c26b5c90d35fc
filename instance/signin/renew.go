package signin

import (
	"context"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
)

// rights is the text of what a member may do: her role, whether she waits or
// leaves, and how many spaces she looks after. It decides nothing, since rights
// are read anew with each request: a session whose text has changed gets a new
// token. So no operation that changes somebody's rights can forget it.
const rights = `m.role || ' ' || m.state || ' ' || (SELECT count(*) FROM space_members x WHERE x.member_id = m.id AND x.role = 'moderator')`

// outdated are the rights of a session that gets a new token in any case.
const outdated = ""

// Overlap is how long a token that was replaced is still known.
const Overlap = time.Minute

// Renew gives a session a new token after a change of rights, and "" if a
// request beside this one has done so.
//
// A browser asks for several things at the same time, so that requests with the
// former token are under way while the answer with the new one travels. They
// would be a stranger's. Therefore, as OWASP's Session Management Cheat Sheet has
// it ("Renewal Timeout"), the former token is known until the browser has come
// with the new one, which Settle notes, and at most for Overlap. It begins
// nothing: only one new token comes of a former one, and if somebody else was
// quicker to fetch it, the member is signed out, and notices. What the former
// token may do meanwhile is what she may do now.
//
// The session stays the same in all else: its id, by which she knows it in her
// list and to which forms are bound, so that nothing typed is lost.
func (o *Operations) Renew(ctx context.Context, token string) (fresh string, err error) {
	_, err = o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.renew"}, func(tx *database.Tx) (string, error) {
		fresh = newToken()
		n, err := tx.Exec(`UPDATE sessions SET token_hash = $1, former_hash = $2, former_until = $3,
			rights = (SELECT `+rights+` FROM members m WHERE m.id = sessions.member_id) WHERE token_hash = $2 -- unfiltered: her own row`,
			tokenHash(fresh), tokenHash(token), database.Micros(tx.Now().Add(Overlap)))
		if err == nil && n == 0 {
			fresh = ""
		}
		return "", err
	})
	if err != nil {
		return "", fmt.Errorf("renew a session: %w", err)
	}
	return fresh, nil
}

// Settle notes that a browser has its new token: the former one is worth
// nothing from now on.
func (o *Operations) Settle(ctx context.Context, token string) error {
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.settle"}, func(tx *database.Tx) (string, error) {
		_, err := tx.Exec("UPDATE sessions SET former_hash = NULL, former_until = 0 WHERE token_hash = $1", tokenHash(token))
		return "", err
	})
	return err
}

// renewAll makes all sessions of a member get a new token with their next
// request, in the caller's transaction: what she signs in with has changed.
func renewAll(tx *database.Tx, who string) error {
	if _, err := tx.Exec("UPDATE sessions SET rights = $1 WHERE member_id = $2", outdated, who); err != nil {
		return fmt.Errorf("renew sessions: %w", err)
	}
	return nil
}
