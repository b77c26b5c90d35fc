package main

import (
	"time"

	"github.com/a-h/templ"

	"github.com/opengather/opengather/instance/web/look"
)

var (
	amira    = look.Person{Name: "Amira Haddad", Handle: "amira", URL: "#", Role: "Moderator"}
	jonas    = look.Person{Name: "Jonas Weber", Handle: "jonas", URL: "#"}
	lena     = look.Person{Name: "Lena Ostermann", Handle: "lena", URL: "#"}
	minutes  = look.Person{Name: "Minutes", Handle: "minutes", URL: "#", Agent: true}
	hanne    = look.Person{Name: "Hanne-Lore von Hohenstein-Wiesenthal", Handle: "hannelore", URL: "#", Role: "Owner"}
	everyone = []look.Person{amira, hanne, jonas, lena, minutes, {Name: "يوسف النجار", Handle: "yusuf", URL: "#"}, {Name: "Ben", Handle: "ben", URL: "#"}}
)

var garden = look.Audience{Kind: "space", Words: "Everyone in Garden · 23", URL: "/space"}

func reactions() look.Reactions {
	return look.Reactions{URL: "#", FormKey: "k", Items: []look.Reaction{
		{Key: "thanks", Label: "Thanks", Count: 3, Mine: true, Names: "You, Jonas and Lena"},
		{Key: "same", Label: "Me too", Count: 1, Names: "Lena"},
		{Key: "lovely", Label: "Lovely"},
	}}
}

func menu() []look.Action {
	return []look.Action{
		{Label: "Edit", URL: "#", Icon: "pencil"},
		{Label: "Copy the link", URL: "#", Icon: "link"},
		{Label: "Withdraw", URL: "#", Post: true, Key: "k", Icon: "trash-2", Kind: look.Danger},
	}
}

func posts(now time.Time) []look.Post {
	return []look.Post{
		{
			ID: "p1", URL: "/thread", Title: "Seedlings to give away", Author: lena,
			At: now.Add(-2 * time.Hour), Audience: garden, Reactions: reactions(), Replies: 4, Latest: now.Add(-12 * time.Minute), Menu: menu(), Unread: true,
			Body: templ.Raw(`<p>The seedlings are ready. Come by on <strong>Saturday from ten</strong>, bring a box, and take what you like: tomatoes, two kinds of courgette, and far too many sunflowers.</p><p>If you cannot come, write here and I will put some aside by the shed.</p>`),
		},
		{
			ID: "p2", URL: "#", Author: jonas, Space: look.Link{Label: "Street news", URL: "#"}, At: now.Add(-27 * time.Hour),
			Audience: look.Audience{Kind: "members", Words: "All members · 61"}, Reactions: reactions(), Menu: menu(),
			Body: templ.Raw(`<p>Evening light over the allotments yesterday. The bench is painted, mind the wet slat on the left.</p><p><img src="/sample/field.svg" width="1200" height="800" alt="Fields in the evening sun, a bench in front"></p>`),
		},
		{
			ID: "p3", URL: "#", Title: "Protokoll der Mitgliederversammlung und Gartenwasserleitungsangelegenheiten", Author: hanne,
			At: now.Add(-9 * 24 * time.Hour), Edited: now.Add(-8 * 24 * time.Hour), Pinned: true, Audience: look.Audience{Kind: "few", Words: "Vorstand · 5", URL: "#"}, Lang: "de", Replies: 12, Menu: menu(), Clamp: true,
			Body: templ.Raw(`<p>Liebe Nachbarinnen und Nachbarn,</p><p>anbei, was wir am Dienstag beschlossen haben. Die Wasserleitung wird im April erneuert; bis dahin bleibt der untere Hahn geschlossen.</p><ul><li>Amira spricht mit der Stadt.</li><li>Jonas streicht die Bank.</li><li>Alle suchen eine Leiter von mindestens vier Metern.</li></ul><p>Wer helfen kann, schreibt bitte hier. Wir brauchen noch zwei Leute für den Samstag und jemanden mit Anhänger.</p><p>Es grüßt euch herzlich</p><p>Hanne-Lore</p><p>PS: Der Schlüssel zum Schuppen hängt wieder hinter der Tür.</p>`),
		},
	}
}

func whole(now time.Time) look.Post {
	p := posts(now)[0]
	p.Unread = false
	return p
}

func replies(now time.Time) []look.Reply {
	say := func(id string, who look.Person, ago time.Duration, html string) look.Reply {
		return look.Reply{ID: id, URL: "#" + id, Author: who, At: now.Add(-ago), Body: templ.Raw(html), ReplyURL: "#" + id, Menu: menu()}
	}
	first := say("r1", jonas, 100*time.Minute, "<p>Two tomatoes and one courgette for me, please. I can bring the big boxes from the cellar.</p>")
	first.Reactions = reactions()
	second := say("r2", lena, 90*time.Minute, "<p>Put aside. Boxes would be wonderful.</p>")
	third := say("r3", hanne, 12*time.Minute, "<p>Sunflowers for the strip in front of the school, as many as you can spare.</p>")
	third.Unread = true
	second.Replies = []look.Reply{third}
	first.Replies = []look.Reply{second}
	agent := say("r4", minutes, 80*time.Minute, "<p>Asked for so far: 2 tomatoes, 1 courgette.</p>")
	agent.Collapsed = true
	agent.Replies = []look.Reply{say("r5", jonas, 60*time.Minute, "<p>Handy.</p>")}
	return []look.Reply{first, agent}
}
