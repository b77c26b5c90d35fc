package joining

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/member"
)

// MaxWaiting is how many may wait for an answer at the same time, so that
// nobody floods the queue.
const MaxWaiting = 200

// Ask is coming in without an invitation: where the door is open she is in at
// once, where it is for asking she waits for an answer, where it is for the
// invited she gets fault.Missing.
func (o *Operations) Ask(ctx context.Context, key string, n Newcomer) (Arrival, error) {
	refused := o.DB.Read(ctx, func(tx *database.Tx) error {
		e, err := o.door(tx)
		if err != nil {
			return err
		}
		return o.checkNewcomer(tx, n, e)
	})
	return o.admit(ctx, database.Op{Class: database.Content, Name: "joining.ask", Target: n.Name, Key: key}, n, refused, o.door)
}

// door is the entrance for who has no invitation.
func (o *Operations) door(tx *database.Tx) (entrance, error) {
	c, err := o.Communities.Current(tx)
	if errors.Is(err, community.ErrNone) || err == nil && !c.Founded() {
		return entrance{}, fault.Missing()
	}
	if err != nil {
		return entrance{}, err
	}
	switch c.Door {
	case community.ByJoining:
		return entrance{role: access.FullRole}, nil
	case community.ByAsking:
		return entrance{role: access.FullRole, approval: true, question: c.Question}, nil
	}
	return entrance{}, fault.Missing()
}

// room refuses one more to wait where as many wait as may, whichever way they
// came.
func room(tx *database.Tx) error {
	var n int
	if err := tx.One([]any{&n}, "SELECT count(*) FROM requests WHERE decided_at IS NULL"); err != nil {
		return fmt.Errorf("count who waits: %w", err)
	}
	if n >= MaxWaiting {
		return fault.New(fault.Unavailable, "joining.queue_full")
	}
	return nil
}

// request stores that somebody waits for an answer, and plans that she does not
// wait for ever.
func request(tx *database.Tx, who, answer string) error {
	if err := room(tx); err != nil {
		return err
	}
	_, err := tx.Exec("INSERT INTO requests (member_id, answer, asked_at) VALUES ($1, $2, $3)", who, answer, database.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("store the request: %w", err)
	}
	return job.Enqueue(tx, job.Job{Kind: Forget, Key: who, RunAt: tx.Now().Add(Unanswered)})
}

// Request is somebody who waits to be let in.
type Request struct {
	Member, Name string
	Answer       string
	AskedAt      time.Time
	// ForgetAt is when she is forgotten if nobody answers.
	ForgetAt time.Time
	// Inviter is the name of whoever invited her, empty if she came by herself.
	Inviter string
	// Role is what she will be.
	Role access.Role
}

// Requests gives those who wait for an answer, the longest wait first, to those
// who decide.
func (o *Operations) Requests(ctx context.Context, a access.Actor) (all []Request, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if _, err := access.Authorise(tx, a, access.DecideRequests, ""); err != nil {
			return err
		}
		all, err = database.Collect(tx, func(r *database.Rows) (q Request, err error) {
			var asked int64
			err = r.Scan(&q.Member, &q.Name, &q.Answer, &asked, &q.Inviter, &q.Role)
			q.AskedAt = database.At(asked)
			q.ForgetAt = q.AskedAt.Add(Unanswered)
			return q, err
		}, `SELECT m.id, m.name, r.answer, r.asked_at, coalesce(i.name, ''), m.role FROM requests r JOIN members m ON m.id = r.member_id AND m.state = 'pending'
			LEFT JOIN members i ON i.id = m.invited_by AND i.state = 'active' WHERE r.decided_at IS NULL ORDER BY r.asked_at, m.id
			-- unfiltered: who decides sees who asks`)
		return err
	})
	return all, err
}

// Waiting counts those who wait for the actor's answer: none for who does not
// decide.
func (o *Operations) Waiting(ctx context.Context, a access.Actor) (n int, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		st, err := access.Stand(tx, a, "")
		if err != nil || !st.May(access.DecideRequests) {
			return err
		}
		return tx.One([]any{&n}, "SELECT count(*) FROM requests r JOIN members m ON m.id = r.member_id AND m.state = 'pending' WHERE r.decided_at IS NULL -- unfiltered: who decides counts who asks")
	})
	return n, err
}

// Mine is the actor's own request.
type Mine struct {
	AskedAt time.Time
	Answer  string
	// Declined says that she was turned down.
	Declined bool
	// ForgetAt is when everything about her is deleted, so that she may ask
	// again: after she could read the answer, or when none came.
	ForgetAt time.Time
}

// Mine gives the actor's own request, while she waits or has been turned down;
// else fault.Missing.
func (o *Operations) Mine(ctx context.Context, a access.Actor) (q Mine, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		var asked, decided int64
		err := tx.One([]any{&asked, &q.Answer, &decided}, `SELECT r.asked_at, r.answer, coalesce(r.decided_at, 0) FROM requests r
			JOIN members m ON m.id = r.member_id AND m.state = 'pending' WHERE r.member_id = $1 -- unfiltered: her own request`, a.ID())
		if errors.Is(err, database.ErrNone) {
			return fault.Missing()
		}
		q.AskedAt, q.Declined, q.ForgetAt = database.At(asked), decided > 0, forgetAt(asked, decided)
		return err
	})
	return q, err
}

// Reword changes what the actor answered, as long as nobody has decided.
func (o *Operations) Reword(ctx context.Context, a access.Actor, key, answer string) error {
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "joining.reword", Actor: a.ID(), Target: answer, Key: key}, func(tx *database.Tx) (string, error) {
		answer := strings.TrimSpace(answer)
		if err := checkAnswer(answer); err != nil {
			return "", err
		}
		n, err := tx.Exec("UPDATE requests SET answer = $1 WHERE member_id = $2 AND decided_at IS NULL", answer, a.ID())
		if err != nil {
			return "", fmt.Errorf("change the answer: %w", err)
		}
		if n == 0 {
			return "", fault.Missing()
		}
		return a.ID(), nil
	})
	return err
}

// checkAnswer looks at an answer to a question.
func checkAnswer(answer string) error {
	switch {
	case answer == "":
		return fault.Bad("answer", "joining.answer_empty")
	case utf8.RuneCountInString(answer) > MaxAnswer:
		return fault.Bad("answer", "joining.answer_long").With("max", MaxAnswer)
	}
	return nil
}

// sees gives the name of a member to another, for words such as "Ada has
// already answered"; empty for somebody who is gone.
func sees(tx *database.Tx, a access.Actor, id string) (string, error) {
	p, err := member.Look(tx, a, id)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return p.Name, err
}
