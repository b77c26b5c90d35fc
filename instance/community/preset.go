package community

// Preset is a kind of community and what most of its kind want. It counts while
// the community is set up; from then on each of its choices is a setting like
// any other.
type Preset struct {
	// Name is the key of the kind: "family".
	Name string
	Face Face
	Door Door
	// Approval proposes for invitations that somebody agrees to each newcomer.
	Approval bool
	// Off are the features that begin switched off.
	Off []Feature
	// Spaces are what the community begins with.
	Spaces []Opening
}

// Opening is a space that a community begins with. Its words are in Words.
type Opening struct {
	// Key names it among the words.
	Key string
	// Visibility and Posting are those of package space: public, open, closed
	// or secret; everyone or moderators.
	Visibility, Posting string
	// Arrivals says that new members are put into it.
	Arrivals bool
}

// Words are what a preset says in one language.
type Words struct {
	// Question is asked of who asks to join, where the kind wants one.
	Question string
	// Welcome and Rules are in Markdown, short, and meant to be changed.
	Welcome, Rules string
	// Spaces are the names of the openings, by their key.
	Spaces map[string]SpaceWords
}

// SpaceWords are what a space is called.
type SpaceWords struct {
	Name, Handle, Purpose string
}

// Presets are the kinds of communities there are, in the order in which they
// are offered.
// Where people share what is of nobody else's concern, no addresses for feed readers
// lead out of the house until somebody wants them, and no server elsewhere is asked for
// what is linked.
var Presets = []Preset{
	{
		Name: "family", Face: Hidden, Door: ByInvitation, Off: []Feature{Feeds, Previews},
		Spaces: []Opening{table("home"), talk("memories"), talk("useful"), {"kids", "closed", "everyone", false}},
	},
	{
		Name: "friends", Face: Hidden, Door: ByInvitation, Off: []Feature{Feeds, Previews},
		Spaces: []Opening{table("home"), table("plans")},
	},
	{
		Name: "neighbourhood", Face: Named, Door: ByAsking,
		Spaces: []Opening{board("news"), table("help"), talk("dates"), talk("talk")},
	},
	{
		Name: "team", Face: Named, Door: ByInvitation,
		Spaces: []Opening{board("news"), table("training"), table("matches"), {"parents", "closed", "everyone", false}},
	},
	{
		Name: "club", Face: Open, Door: ByAsking,
		Spaces: []Opening{window("news"), window("programme"), {"board", "secret", "everyone", false}, {"documents", "open", "moderators", false}},
	},
	{
		// Whoever has the link may be anybody's parent: somebody looks.
		Name: "school", Face: Hidden, Door: ByInvitation, Approval: true, Off: []Feature{Feeds, Previews},
		Spaces: []Opening{board("news"), table("parents"), board("notes")},
	},
	{
		Name: "workplace", Face: Hidden, Door: ByInvitation,
		Spaces: []Opening{board("news"), {"handbook", "open", "moderators", false}, table("questions"), talk("social")},
	},
	{
		Name: "volunteers", Face: Open, Door: ByAsking,
		Spaces: []Opening{window("calls"), table("shifts"), talk("know_how")},
	},
	{
		// Everybody can come in, so there is no list of everybody to take away.
		Name: "movement", Face: Open, Door: ByJoining, Off: []Feature{Directory},
		Spaces: []Opening{window("actions"), {"coordination", "closed", "everyone", false}, talk("library")},
	},
}

// Four sorts of spaces cover most of what communities begin with.

// window is where few speak to everybody, outside too.
func window(key string) Opening { return Opening{key, "public", "moderators", true} }

// board is where few speak to all members.
func board(key string) Opening { return Opening{key, "open", "moderators", true} }

// table is where everybody is and speaks.
func table(key string) Opening { return Opening{key, "open", "everyone", true} }

// talk is where whoever wants to joins and speaks.
func talk(key string) Opening { return Opening{key, "open", "everyone", false} }

// DefaultPreset is what a community is until somebody says otherwise: nothing
// outside, people come by invitation.
const DefaultPreset = "friends"

// PresetNamed gives a kind of community.
func PresetNamed(name string) (Preset, bool) {
	for _, p := range Presets {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}

// In gives the preset's words in a language, in English if nobody has written
// them yet.
func (p Preset) In(language string) Words {
	if w, ok := words[language]; ok {
		return w[p.Name]
	}
	return english[p.Name]
}

// Asked reports whether a question is one that the preset asks by itself, in
// whatever language, and not one that somebody has written.
func (p Preset) Asked(question string) bool {
	for language := range words {
		if p.In(language).Question == question {
			return true
		}
	}
	return false
}

// words are all presets' words, by language.
var words = map[string]map[string]Words{"en": english, "de": german}
