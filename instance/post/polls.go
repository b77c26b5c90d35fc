package post

import (
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/poll"
)

// polls adds to posts, which the caller has read by the rule, their polls at a
// glance, in one query and only if there are any.
func polls(tx *database.Tx, posts []Post, which string, args ...any) error {
	some := false
	for _, p := range posts {
		some = some || p.polled
	}
	if !some {
		return nil
	}
	all, err := poll.In(tx, which, args...)
	for i := range posts {
		if b, ok := all[posts[i].ID]; ok {
			posts[i].Poll = &b
		}
	}
	return err
}
