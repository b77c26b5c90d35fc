package community

// english is what the presets say in English.
var english = map[string]Words{
	"family": {
		Welcome: "This is our family's own place. What we write here stays among us.\n\nSay what is going on, make plans, and keep what should not get lost.",
		Rules: "- What is said here stays here.\n" +
			"- Ask before you write something about somebody who is not here.\n" +
			"- Children read along in most places. Write so that they may.\n" +
			"- Nobody has to answer at once.",
		Spaces: map[string]SpaceWords{
			"home":     {"Home", "home", "What is going on with all of us."},
			"memories": {"Memories", "memories", "Stories, sayings and whatever should not be forgotten."},
			"useful":   {"Useful", "useful", "Recipes, the doctor's number, how the heating works."},
			"kids":     {"Kids", "kids", "For the children and whoever looks after them."},
		},
	},
	"friends": {
		Welcome: "Good that you are here. This place is ours, and nobody else reads along.",
		Rules: "- What is said here stays here.\n" +
			"- Whoever makes a plan says when and where.\n" +
			"- Nobody has to answer at once.",
		Spaces: map[string]SpaceWords{
			"home":  {"Home", "home", "Everything and nothing in particular."},
			"plans": {"Plans", "plans", "Who has time, and what for."},
		},
	},
	"neighbourhood": {
		Question: "Which street do you live in?",
		Welcome:  "This is where neighbours tell each other what matters around here, lend a ladder, look for a lost cat and get to know each other.",
		Rules: "- Speak as you would at the garden fence.\n" +
			"- About somebody who is not here, write only what you would say to their face.\n" +
			"- What you lend goes back as it came.\n" +
			"- In an emergency call for help first, and write here after.",
		Spaces: map[string]SpaceWords{
			"news":  {"News", "news", "What everybody should know: water, roads, dates."},
			"help":  {"Help and lend", "help", "Offers and requests. Say so when something is taken."},
			"dates": {"Dates", "dates", "What happens when and where around here."},
			"talk":  {"Talk", "talk", "Everything else between neighbours."},
		},
	},
	"team": {
		Welcome: "Welcome to the team. Here you find when training is, who plays, and what has changed at short notice.",
		Rules: "- Whoever cannot come says so early.\n" +
			"- Praise loudly, criticise in person.\n" +
			"- We do not write about children who are not our own.\n" +
			"- After a match, sleep before you write.",
		Spaces: map[string]SpaceWords{
			"news":     {"Team news", "news", "From coaches to everybody. Few words that count."},
			"training": {"Training", "training", "Who comes, who cannot, who drives."},
			"matches":  {"Matches", "matches", "Meeting points, line-ups and how it went."},
			"parents":  {"Parents", "parents", "For those who drive, wash and cheer."},
		},
	},
	"club": {
		Question: "What brings you to us?",
		Welcome:  "Welcome to our club. Here you find what we are planning, what was decided, and the people who make it happen.",
		Rules: "- We treat each other with respect, also where we disagree.\n" +
			"- What concerns the club belongs here, what is private stays private.\n" +
			"- The statutes apply. You find them under Documents.",
		Spaces: map[string]SpaceWords{
			"news":      {"News", "news", "What is new in the club, for everybody to read."},
			"programme": {"Programme", "programme", "What takes place and when. Guests are welcome."},
			"board":     {"Board", "", "For the members of the board."},
			"documents": {"Documents", "documents", "Statutes, minutes, forms."},
		},
	},
	"school": {
		Question: "Whose parent are you, or what do you do at the school?",
		Welcome:  "This is where families and teachers of our class find each other. What matters stands under Class news; everything else has its place beside it.",
		Rules: "- Names of children stay here.\n" +
			"- Questions about one child go to the teacher, not to everybody.\n" +
			"- We do not judge other people's children or parents.\n" +
			"- Nobody has to answer in the evening.",
		Spaces: map[string]SpaceWords{
			"news":    {"Class news", "news", "From teachers to all families."},
			"parents": {"Parents", "parents", "Cake sale, lost jackets, who drives."},
			"notes":   {"Notes and forms", "notes", "What has to be read, signed or handed in."},
		},
	},
	"workplace": {
		Welcome: "Welcome. Here you find what everybody should know, how we do things, and somebody to ask.",
		Rules: "- What concerns everybody is said where everybody reads.\n" +
			"- Questions are welcome, also the third time.\n" +
			"- What is said here stays in the house.\n" +
			"- Nobody has to read or answer outside working hours.",
		Spaces: map[string]SpaceWords{
			"news":      {"Announcements", "announcements", "What everybody should have read."},
			"handbook":  {"Handbook", "handbook", "How we do things here."},
			"questions": {"Questions", "questions", "Ask once, find it again later."},
			"social":    {"Kitchen table", "kitchen", "Everything that is not work."},
		},
	},
	"volunteers": {
		Question: "How would you like to help, and when do you have time?",
		Welcome:  "We help where help is needed. Under Calls you see what is wanted now; whoever has an hour can begin.",
		Rules: "- Whoever takes something on does it, or says in time that it does not work out.\n" +
			"- What you learn about people you helped stays with you.\n" +
			"- Look after yourself too. A no is fine.",
		Spaces: map[string]SpaceWords{
			"calls":    {"Calls for help", "calls", "What is wanted now, for everybody to read."},
			"shifts":   {"Shifts", "shifts", "Who is there when, and who can step in."},
			"know_how": {"Know-how", "know_how", "How it is done, so that nobody begins from nothing."},
		},
	},
	"movement": {
		Welcome: "We want to change something, and we do it together. Read what is coming up, come along, bring somebody.",
		Rules: "- We are open to everybody who shares the goal, and to nobody who despises others.\n" +
			"- Give no names away: neither of those who were there nor of those who were not.\n" +
			"- What is public can be read by anybody, also by those who are against us.\n" +
			"- We argue about the matter and not about the person.",
		Spaces: map[string]SpaceWords{
			"actions":      {"Actions", "actions", "What is coming up, for everybody to read and pass on."},
			"coordination": {"Coordination", "coordination", "For those who prepare something. Ask, and somebody lets you in."},
			"library":      {"Library", "library", "Texts, facts and guides to use again."},
		},
	},
}
