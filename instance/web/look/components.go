package look

import (
	"time"

	"github.com/a-h/templ"

	"github.com/opengather/opengather/instance/internal/searchtext"
)

// The people and words of ComponentsPage: short, long, from right to left.
var (
	sampleAmira = Person{Name: "Amira Haddad", Handle: "amira", URL: "#", Role: "Moderator"}
	sampleJonas = Person{Name: "Jonas", Handle: "jonas", URL: "#"}
	sampleLong  = Person{Name: "Friederike Charlotte von Hohenstein-Wiesenthal", Handle: "friederike_charlotte_v_h_wie", URL: "#", Role: "Kassenwartin"}
	sampleAgent = Person{Name: "Minutes", Handle: "minutes", URL: "#", Agent: true}
	sampleYusuf = Person{Name: "يوسف النجار", Handle: "yusuf", URL: "#"}
)

const sampleBody = `<p>The seedlings are ready. Come by on <strong>Saturday from ten</strong>, bring a box, and take what you like: tomatoes, two kinds of courgette, and far too many sunflowers.</p>
<p>If you cannot come, write here and I will put some aside by the shed. The list of who asked for what last year is <a href="#">on the garden page</a>.</p>`

const sampleProse = `<p>Dear neighbours,</p><p>this is what we agreed on Tuesday.</p><h2>Who does what</h2>
<ul><li>Amira calls the council about the water.</li><li>Jonas paints the bench, weather permitting.</li><li>Everyone looks for a ladder of at least four metres.</li></ul>
<blockquote><p>A garden is never finished, and that is the point of it.</p></blockquote>
<p>The valve opens with <code>a quarter turn to the left</code>. For the record:</p><pre><code>north bed   2.40 m × 1.20 m
south bed   3.10 m × 1.20 m   full sun</code></pre>
<h3>Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen</h3><p>See you on Saturday.</p>`

func samplePost(now time.Time) Post {
	return Post{
		ID: "sample-post", URL: "#sample-post", Title: "Seedlings to give away",
		Author: sampleAmira, At: now.Add(-2 * time.Hour),
		Audience:  Audience{Kind: "space", Words: "Everyone in Garden · 23", URL: "#"},
		Body:      templ.Raw(sampleBody),
		Preview:   Preview{URL: "https://seeds.example/guide", Title: "Which seedlings like which bed", Description: "A guide for gardens in the wind, with a table of what to plant beside what, month by month.", Site: "Seeds", Picture: URL("icon.svg"), Width: 480, Height: 320},
		Reactions: sampleReactions("#react"),
		Replies:   4, Latest: now.Add(-12 * time.Minute), Unread: true,
		Menu: sampleMenu(),
	}
}

func sampleOverfull(now time.Time) Post {
	return Post{
		ID: "sample-overfull", URL: "#sample-overfull",
		Title:  "Jahreshauptversammlungstagesordnungspunkte und Kleingartenanlagenwasserversorgungsangelegenheiten",
		Author: sampleLong, Space: Link{"Kleingartenvereinsvorstandsmitglieder und ihre Angehörigen", "#"},
		Lang: "de", At: now.Add(-400 * 24 * time.Hour), Edited: now.Add(-26 * time.Hour), EditsURL: "#", Pinned: true,
		Audience: Audience{Kind: "public", Words: "Anyone on the internet, without signing in"},
		Body:     templ.Raw(sampleProse + sampleProse), Clamp: true,
		Reactions: Reactions{Items: []Reaction{
			{Key: "thanks", Label: "Thanks", Count: 40, Names: "Amira, Jonas and 38 others"},
			{Key: "same", Label: "Me too", Count: 12, Names: "Amira and 11 others"},
		}},
		Replies: 128, Menu: sampleMenu(),
	}
}

func sampleHit(now time.Time) Hit {
	p := samplePost(now)
	p.ID, p.Unread, p.Menu = "sample-hit", false, nil
	return Hit{
		Post: p, Words: []searchtext.Part{{Text: "Seedlings", Marked: true}, {Text: " to give away"}},
		Excerpt: []searchtext.Part{{Text: "…and two trays of "}, {Text: "seedlings", Marked: true}, {Text: " by the gate, for whoever comes first…"}},
	}
}

func samplePlain(now time.Time) Post {
	return Post{
		ID: "sample-plain", URL: "#sample-plain", Author: sampleYusuf, At: now.Add(-25 * time.Hour),
		Audience: Audience{Kind: "few", Words: "Amira, Jonas and you"},
		Body:     templ.Raw(`<p dir="auto">شكراً لكم جميعاً على المساعدة يوم السبت. كان يوماً جميلاً.</p>`),
	}
}

func sampleReactions(url string) Reactions {
	return Reactions{URL: url, More: url, FormKey: "sample", Items: []Reaction{
		{Key: "thanks", Label: "Thanks", Count: 3, Mine: true, Names: "You, Jonas and Yusuf"},
		{Key: "same", Label: "Me too", Count: 1, Names: "Friederike"},
		{Key: "lovely", Label: "Lovely"},
	}}
}

func sampleMenu() []Action {
	return []Action{
		{Label: "Edit", URL: "#", Icon: "pencil"},
		{Label: "Copy the link", URL: "#", Icon: "link"},
		{Label: "Report", URL: "#", Icon: "flag"},
		{Label: "Withdraw", URL: "#", Post: true, Key: "sample", Icon: "trash-2", Kind: Danger},
	}
}

func sampleReplies(now time.Time) []Reply {
	say := func(id string, who Person, ago time.Duration, html string) Reply {
		return Reply{ID: id, URL: "#" + id, Author: who, At: now.Add(-ago), Body: templ.Raw(html), ReplyURL: "#" + id}
	}
	first := say("r1", sampleJonas, 100*time.Minute, "<p>Two tomatoes and one courgette for me, please. I can bring the big boxes from the cellar.</p>")
	first.Reactions, first.Menu = sampleReactions("#react"), sampleMenu()
	second := say("r2", sampleAmira, 90*time.Minute, "<p>Put aside. Boxes would be wonderful.</p>")
	third := say("r3", sampleLong, 12*time.Minute, "<p>Wir hätten gern Sonnenblumen für den Grünstreifen vor der Grundschulturnhalle.</p>")
	third.Unread = true
	second.Replies = []Reply{third}
	first.Replies = []Reply{second}
	agent := say("r4", sampleAgent, 80*time.Minute, "<p>Asked for so far: 2 tomatoes, 1 courgette.</p>")
	agent.Collapsed = true
	agent.Replies = []Reply{say("r5", sampleYusuf, 70*time.Minute, `<p dir="auto">شكراً</p>`), say("r6", sampleJonas, 60*time.Minute, "<p>Handy.</p>")}
	gone := say("r7", sampleJonas, 50*time.Minute, "")
	gone.Notice = Notice{Text: "Jonas withdrew this reply."}
	return []Reply{first, agent, gone}
}

func sampleRows() []Row {
	row := func(name, role, since string) Row {
		return Row{Words(name), Words(role), Words(since), Button(Action{Label: "Change " + name, URL: "#", Icon: "pencil", IconOnly: true, Kind: Quiet})}
	}
	return []Row{row("Amira Haddad", "Moderator", "March 2019"), row("Friederike Charlotte von Hohenstein-Wiesenthal", "Owner", "May 2021"), row("Jonas", "Member", "yesterday")}
}

func sampleVideo() Photo {
	return Photo{URL: "#", Alt: "The shed in the wind", Video: true, Copies: []PhotoCopy{{URL("icon.svg"), 640, 360}}}
}

func samplePhoto(alt string) Photo {
	return Photo{URL: "#", Alt: alt, Copies: []PhotoCopy{{URL("icon.svg"), 64, 64}, {URL("icon.svg"), 128, 128}}}
}
