// Package look is the face of every page: the shell around it, the components
// it is built from, the stylesheet, the small scripts and the icons. It knows
// nothing of members, spaces or posts; components take words, links and times.
// It serves nothing: package web mounts Files and AccentCSS.
//
// # A page
//
//	templ page(p look.Page, posts []look.Post) {
//		@look.Layout(p) {
//			@look.Heading(p.Text.Text("home.title"), "") {
//				@look.Button(look.Action{Label: p.Text.Text("home.write"), URL: look.NavWrite, Kind: look.Primary})
//			}
//			for _, post := range posts {
//				@look.PostCard(p.Text, p.Now, post)
//			}
//			@look.PagerLinks(p.Text, look.Pager{OlderURL: "/home?before=…"})
//		}
//	}
//
// Layout is the community's shell, Bare the centred column of sign-in, setup,
// invitation and errors. Page.Nav says which place is lit, Page.Aside fills the
// right rail, Page.Narrow is for forms, Page.Wide for tables.
//
// # A form
//
//	<form class="form" method="post" action="/profile">
//		@look.Key(p.FormKey)
//		@look.Problems(p.Text, problems)
//		@look.Input(p.Text, look.Field{Name: "name", Label: …, Hint: …, Value: …, Error: …})
//		<div class="actions">
//			@look.Button(look.Action{Label: …, Kind: look.Primary})
//			@look.Button(look.Action{Label: …, URL: "/you", Kind: look.Quiet})
//		</div>
//	</form>
//
// Every form that writes carries Key. A refused form is shown again with Value
// as typed and Error in the reader's language.
//
// # Components
//
// Heading, Button, NoticeBox, EmptyState, Input, TextArea, Select, Checkbox,
// Radios, Problems, PostCard, PostArticle, Thread, ComposerForm, ComposerLine, Avatar, PersonName,
// PersonRow, AudienceChip, Time, ReactionBar, Menu, Dialog, DialogClose, Toast, PagerLinks, Tabs,
// Table, Steps, Meter, Progress, Details, Chip, Copy, Unread, Icon, Drawing. Each stands in
// the file of its name with its styles in static/css beside it. ComponentsPage
// shows them all in all their states.
//
// Classes a page may use by itself: "form" and "actions" (see above), "stack"
// (things below each other with even space), "prose" (text somebody wrote),
// "list" (rows between lines), "panel" (something set apart), "lead", "hint",
// "sr" (for screen readers only), "quiet-link".
//
// # Rules
//
// No inline style, no inline script, no other host: the content security policy
// refuses them. Everything works without scripts; a script may only shorten the
// way. Directions are logical (inline-start, not left), colours come from the
// tokens in static/css/tokens.css. A page's own styles stand in
// static/css/page-<name>.css in @layer pages, its own script in
// static/modules/<name>.js and in Page.Modules.
package look
