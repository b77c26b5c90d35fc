package suite_test

import "slices"

// everybody are all who read what is public in a community that shows itself.
// Who waits to be let in and who is on her way out are strangers there.
var everybody = roles

// full are the full members.
var full = []string{"owner", "moderator", "founder", "insider", "member", "quiet"}

// within are the people in the closed space, and those in the secret one.
var (
	withinClosed = []string{"founder", "insider", "guest"}
	withinSecret = []string{"founder", "insider"}
)

// said are who reads what is said in a space, keep who looks after it or wrote
// what is hidden there, home who has joined it, door who may know that it exists.
var (
	said = map[string][]string{"public": everybody, "open": full, "closed": withinClosed, "secret": withinSecret}
	keep = map[string][]string{
		"public": {"owner", "moderator", "insider"}, "open": {"owner", "moderator", "insider"}, "closed": withinSecret, "secret": withinSecret,
	}
	home = map[string][]string{
		"public": {"owner", "founder", "insider", "member"}, "open": {"owner", "founder", "insider", "member"}, "closed": withinClosed, "secret": withinSecret,
	}
	door = map[string][]string{"public": everybody, "open": full, "closed": append(slices.Clone(full), "guest"), "secret": withinSecret}
)

// readers says who may ever see each mark, wherever. It is written after the
// promises (P102, P103) and the rules of places, and knows nothing of the code.
func readers() map[string][]string {
	carers := []string{"owner", "moderator"}
	all := map[string][]string{
		// The insider's profile.
		"qzfieldmembers": full, "qzfieldpublic": everybody, "qzfieldlist": {"insider", "member"}, "qzfieldsecret": withinSecret,
		"qzfieldclosed": withinClosed, "qzfieldown": {"insider"}, "qzlist": {"insider"}, "qzfeedname": {"insider"},
		"qzdraftclosed": {"insider"}, "qzdraftsecret": {"insider"}, "qzdraftreply": {"insider"}, "qzdrafttitleclosed": {"insider"}, "qzdrafttitlesecret": {"insider"},
		// Names: of people and of who has written in public, or shares a space.
		"qznameinsider": everybody, "qznamefounder": append(slices.Clone(full), "guest"), "qznamequiet": full, "qznameguest": append(slices.Clone(full), "guest"),
		"qznamepending": append(slices.Clone(carers), "pending"), "qznameleaving": {"leaving"},
		"qzloosepixels": {"insider"}, "qzloosegps": {"insider"},
		// The way in.
		"qzanswer": append(slices.Clone(carers), "pending"), "qznoteowner": carers, "qznoteinsider": {"owner", "moderator", "insider"},
		// What the community says of itself.
		"qzwelcome": everybody, "qzrules": everybody, "qzimprint": everybody, "qzprivacy": everybody,
	}
	for _, where := range wheres {
		for _, what := range []string{"title", "body", "reply", "nested", "edited", "now", "former", "alt", "replyalt", "pixels", "film", "option", "preview", "replypreview", "pagetitle", "pagenow", "pageformer", "pagenote"} {
			all["qz"+what+where] = said[where]
		}
		for _, what := range []string{"hidden", "hiddenbody", "hiddenformer", "hiddenreply", "reason", "hiddenalt", "hiddenreplyalt", "hiddenpixels", "hiddenfilm", "hiddenoption", "hiddenpreview"} {
			all["qz"+what+where] = keep[where]
		}
		// Where a photo or a video was taken is for who took it. What was said of one that is
		// gone is gone.
		all["qzgps"+where], all["qzhiddengps"+where] = []string{"insider"}, []string{"insider"}
		all["qzfilmgps"+where], all["qzhidfilmgps"+where] = []string{"insider"}, []string{"insider"}
		all["qzformeralt"+where], all["qzdeletedalt"+where] = nil, nil
		all["qzdeleted"+where], all["qzdeletedbody"+where] = nil, nil
		all["qzspace"+where] = door[where]
		// A deleted page is for who can bring it back.
		for _, what := range []string{"pagedeleted", "pagedeletedbody"} {
			all["qz"+what+where] = without(keep[where], []string{"insider"})
		}
	}
	return all
}
