package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/numbers"
)

// SessionLength is how long a session lasts without being used, to the end of
// that day.
const SessionLength = 60 * 24 * time.Hour

// Viewer is who has signed in, and how she wants to see things.
type Viewer struct {
	ID, Handle, Name string
	Role             access.Role
	// State is pending, active or leaving.
	State          string
	Language, Zone string
	// Theme is auto, light or dark; Order is newest or active.
	Theme, Order string
	Shortcuts    bool
	// Live says whether pages show what is new by themselves.
	Live bool
	// JoinedAt is when she was let in.
	JoinedAt time.Time
	// Session is the public id of the session, for the list of sessions.
	Session string
}

// Device is all that is kept of what somebody signed in with.
type Device string

// The devices that are told apart.
const (
	Phone    Device = "phone"
	Tablet   Device = "tablet"
	Computer Device = "computer"
)

// ErrNoSession says that a token is not, or no longer, that of a session.
var ErrNoSession = errors.New("no such session")

// Begin starts a session in the caller's transaction and gives its token, of
// which only the hash is kept. Who begins one has just proved who she is: see
// ProofLength.
func Begin(tx *database.Tx, member string, device Device) (token string, err error) {
	token = newToken()
	today, proof := day(tx.Now()), tx.Now().Add(ProofLength)
	_, err = tx.Exec(`INSERT INTO sessions (token_hash, id, member_id, device, name, created_day, last_used_day, expires_at, proved_until, rights)
		VALUES ($1, $2, $3, $4, '', $5, $5, $6, $7, (SELECT `+rights+` FROM members m WHERE m.id = $3)) -- unfiltered: her own row`,
		tokenHash(token), uuid.NewString(), member, string(device), today, lasts(tx.Now()), database.Micros(proof))
	if err != nil {
		return "", fmt.Errorf("begin a session: %w", err)
	}
	if err := here(tx, member); err != nil {
		return "", err
	}
	return token, job.Enqueue(tx, job.Job{Kind: TidyJob, RunAt: proof})
}

// here counts a member who was not here yet today: whose only session of today
// is the one that was used just now.
func here(tx *database.Tx, member string) error {
	var today int
	err := tx.One([]any{&today}, `SELECT count(*) FROM sessions s JOIN members m ON m.id = s.member_id AND m.state = 'active'
		WHERE s.member_id = $1 AND s.last_used_day = $2 -- unfiltered: her own row`, member, day(tx.Now()))
	if err != nil || today != 1 {
		return err
	}
	return numbers.Add(tx, numbers.Here, tx.Now(), 1)
}

// newToken makes a token, 256 random bits.
func newToken() string {
	raw := make([]byte, 32)
	rand.Read(raw) // never returns an error: crypto/rand
	return base64.RawURLEncoding.EncodeToString(raw)
}

func tokenHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// day is a time less its hour: when exactly somebody was here is not kept.
func day(t time.Time) int64 {
	return database.Micros(t.UTC().Truncate(24 * time.Hour))
}

// lasts is the end of the day on which a session ends that is used now. To the
// minute it would say when that was.
func lasts(now time.Time) int64 { return day(now.Add(SessionLength + 24*time.Hour)) }

// Resumed is a session that a request came with.
type Resumed struct {
	Viewer
	// LastUsed is the day: see Stale.
	LastUsed int64
	// Changed says that what she may do is not what it was when the token was
	// made: see Renew. Unsettled says that the browser has only now come with a
	// new token, Former that it came with one that was replaced.
	Changed, Unsettled, Former bool
}

const resume = `SELECT m.id, m.handle, m.name, m.role, m.state, m.language, m.zone, m.theme, m.home_order, m.shortcuts, m.live, s.id, s.last_used_day, coalesce(m.joined_at, 0), s.rights, ` + rights + `,
	s.former_hash IS NOT NULL FROM sessions s JOIN members m ON m.id = s.member_id WHERE s.expires_at > $2 AND m.state <> 'gone' AND `

// Resume gives the session of a token, also of one that was replaced only now.
func Resume(tx *database.Tx, token string) (Resumed, error) {
	s, err := find(tx, resume+"s.token_hash = $1 -- unfiltered: her own row", token)
	if !errors.Is(err, ErrNoSession) {
		return s, err
	}
	s, err = find(tx, resume+"s.former_hash = $1 AND s.former_until > $2 -- unfiltered: her own row", token)
	s.Changed, s.Unsettled, s.Former = false, false, true
	return s, err
}

func find(tx *database.Tx, query, token string) (s Resumed, err error) {
	v := &s.Viewer
	var was, is string
	var joined int64
	err = tx.One([]any{
		&v.ID, &v.Handle, &v.Name, &v.Role, &v.State, &v.Language, &v.Zone, &v.Theme, &v.Order, &v.Shortcuts, &v.Live, &v.Session, &s.LastUsed, &joined,
		&was, &is, &s.Unsettled,
	}, query, tokenHash(token), database.Micros(tx.Now()))
	if errors.Is(err, database.ErrNone) {
		return Resumed{}, ErrNoSession
	}
	s.JoinedAt, s.Changed = database.At(joined), was != is
	return s, err
}

// Touch notes that a session was used today and lets it last longer. The page
// calls it once a day and session, not once a request.
func (o *Operations) Touch(ctx context.Context, token string) error {
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.touch"}, func(tx *database.Tx) (string, error) {
		var member string
		err := tx.One([]any{&member}, "UPDATE sessions SET last_used_day = $1, expires_at = $2 WHERE token_hash = $3 AND last_used_day < $1 RETURNING member_id",
			day(tx.Now()), lasts(tx.Now()), tokenHash(token))
		if errors.Is(err, database.ErrNone) {
			return "", nil // another request was first
		}
		if err != nil {
			return "", err
		}
		return "", here(tx, member)
	})
	return err
}

// Stale reports whether a session last used on that day should be touched.
func Stale(lastUsedDay int64, now time.Time) bool { return lastUsedDay < day(now) }

// Out ends the session with this token, and wakes those who watch on its behalf.
func (o *Operations) Out(ctx context.Context, token string) error {
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.out"}, func(tx *database.Tx) (string, error) {
		if _, err := tx.Exec("DELETE FROM sessions WHERE token_hash = $1 OR former_hash = $1", tokenHash(token)); err != nil {
			return "", fmt.Errorf("end a session: %w", err)
		}
		return "", tx.Wake()
	})
	return err
}
