package look

import "github.com/opengather/opengather/instance/internal/searchtext"

// Hit is a post or reply that a search found.
type Hit struct {
	// Post is who said it, where and when; its Body is not shown.
	Post
	// Words are its title and Excerpt a part of what it says, with marks.
	Words, Excerpt []searchtext.Part
}
