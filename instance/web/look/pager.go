package look

// Pager leads to the neighbouring pages of a list, the newest first unless it
// is Numbered. An empty URL means that the list ends there.
type Pager struct {
	NewerURL, OlderURL string
	// Numbered says that the pages stand behind each other in another order.
	Numbered bool
	// End is said under the last page, such as "That is everything since 2019."
	End string
}

// newer and older are the keys of the words for the pages on either side.
func (p Pager) newer() string {
	if p.Numbered {
		return "look.page_before"
	}
	return "look.newer"
}

func (p Pager) older() string {
	if p.Numbered {
		return "look.page_next"
	}
	return "look.older"
}
