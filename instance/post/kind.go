package post

import (
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Kind is what somebody wants with a thread.
type Kind string

// The kinds there are. A question can have an answer, an offer can be taken and
// a request solved.
const (
	Talk     Kind = ""
	Question Kind = "question"
	Offer    Kind = "offer"
	Request  Kind = "request"
)

// Kinds are those that stand out, in the order in which they are offered.
var Kinds = []Kind{Question, Offer, Request}

// Known reports whether there is such a kind.
func (k Kind) Known() bool {
	return k == Talk || k == Question || k == Offer || k == Request
}

// ends reports whether it is over one day without an answer of its own.
func (k Kind) ends() bool { return k == Offer || k == Request }

// below is a draft of a reply: it has no title, and only what begins a thread
// has a kind.
func (d Draft) below() (Draft, error) {
	d.Title = ""
	if d.Kind != Talk || d.Poll != nil {
		return d, fault.New(fault.Invalid, "fault.bad_request")
	}
	return d, nil
}

// judge lets who began a thread say how it ended, where she may still speak, and
// who moderates its space.
func judge(tx *database.Tx, a access.Actor, r row) error {
	_, err := access.Authorise(tx, a, access.Settle, r.space)
	if fault.Is(err, fault.Forbidden) && access.Owns(a, r.author) {
		_, err = access.Authorise(tx, a, access.Reply, r.space)
	}
	return err
}

// answers adds to questions, which the caller has read by the rule, the replies
// that answer them, as far as the actor may read those: in one query, and only
// if there are questions.
func answers(tx *database.Tx, a access.Actor, posts []Post) error {
	asked, n := ids(nil), 0
	for _, p := range posts {
		if p.Kind == Question {
			asked[n], n = p.ID, n+1
		}
	}
	if n == 0 {
		return nil
	}
	at := byID(posts)
	err := tx.Each(func(r *database.Rows) error {
		var question, answer string
		var version int64
		err := r.Scan(&question, &answer, &version)
		if p := at[question]; p != nil {
			p.AnswerID, p.answered = answer, version
		}
		return err
	}, answered, a.Args(asked...)...)
	if err != nil {
		return fmt.Errorf("look for answers: %w", err)
	}
	return nil
}

var answered = `SELECT q.id, r.id, r.version FROM posts q JOIN posts r ON r.id = q.answer_id
	WHERE q.id IN (` + placeholders + `) AND r.root_id = q.id AND r.deleted_at IS NULL AND ` + access.ReadableRow("q", "r")

// unsettled is the condition on a thread p that it is still open: for whom the
// answer is not there, a question is.
var unsettled = ` AND p.settled_at IS NULL AND NOT EXISTS (SELECT 1 FROM posts r WHERE r.id = p.answer_id AND r.root_id = p.id AND r.deleted_at IS NULL AND ` + access.ReadableRow("r") + `)`
