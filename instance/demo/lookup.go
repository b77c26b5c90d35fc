package demo

import (
	"context"
	"time"

	"github.com/opengather/opengather/instance/page"
)

// useful are the pages that the year leaves behind, in the order in which they are
// begun. The first stands on top.
var useful = []map[string]page.Draft{
	{
		"en": {Title: "Useful numbers", Body: "| What for | Whom to call |\n| --- | --- |\n| Fire, ambulance | 112 |\n| Water has to be turned off | Marta, ground floor on the left |\n| The lift does not move | the number on the wall of the cabin |\n| A stray cat | Jonas, who knows them all |\n\n## Where the taps are\n\n1. Water: in the cellar, behind the bicycles.\n2. Gas: outside, beside the bins.\n3. Power: in the hall, in the grey cupboard."},
		"de": {Title: "Nützliche Nummern", Body: "| Wofür | Wen anrufen |\n| --- | --- |\n| Feuer, Rettung | 112 |\n| Das Wasser muss abgestellt werden | Marta, Erdgeschoss links |\n| Der Aufzug steckt | die Nummer an der Wand der Kabine |\n| Eine fremde Katze | Jonas, der sie alle kennt |\n\n## Wo die Hähne sind\n\n1. Wasser: im Keller, hinter den Fahrrädern.\n2. Gas: draußen, neben den Tonnen.\n3. Strom: im Flur, im grauen Schrank."},
	},
	{
		"en": {Title: "The key to the shed", Body: "The key hangs in the hall, on the hook with the **green** ribbon.\n\n- Write your name on the list beside it.\n- Bring it back the same evening.\n- The ladder goes back to the left wall.\n\nWhoever loses it pays for a new lock. That has happened twice."},
		"de": {Title: "Der Schlüssel zum Schuppen", Body: "Der Schlüssel hängt im Flur, am Haken mit dem **grünen** Band.\n\n- Schreib deinen Namen auf die Liste daneben.\n- Bring ihn am selben Abend zurück.\n- Die Leiter kommt wieder an die linke Wand.\n\nWer ihn verliert, zahlt ein neues Schloss. Das war schon zweimal so."},
	},
	{
		"en": {Title: "Wireless network in the hall", Body: "The network is called `lime-guests`. The password is on the back of the coffee machine.\n\nPlease do not download films in the evening: the choir needs the line."},
		"de": {Title: "WLAN im Saal", Body: "Das Netz heißt `linde-gast`. Das Kennwort steht hinten auf der Kaffeemaschine.\n\nBitte abends keine Filme laden: Der Chor braucht die Leitung."},
	},
}

// lookUp plans the pages of the place where everybody is: who begins them, and how
// the second one is changed.
func (y *year) lookUp() {
	here, begun := y.placed("talk"), make([]string, len(useful))
	for i, words := range useful {
		d, who := words[y.main], y.people[[]int{theOwner, theMember, theModerator}[i]]
		y.at(y.until.Add(-time.Duration(60-9*i)*day), "begin a page", func(ctx context.Context) (err error) {
			d.Space = here.id
			begun[i], err = y.Pages.Create(ctx, who.actor(), "", d)
			return err
		})
	}
	y.at(y.until.Add(-59*day), "put a page on top", func(ctx context.Context) error {
		_, err := y.Pages.Pin(ctx, y.people[theOwner].actor(), "", begun[0], true)
		return err
	})
	y.at(y.until.Add(-20*day), "change a page", func(ctx context.Context) error {
		hers, who := useful[1][y.main], y.people[theModerator].actor()
		more := map[string][2]string{"en": {"There are two now.", "A second key is with the caretaker."}, "de": {"Es sind jetzt zwei.", "Ein zweiter Schlüssel ist beim Hausmeister."}}[y.main]
		hers.Note, hers.Body = more[0], hers.Body+"\n\n"+more[1]
		if _, err := y.Pages.Edit(ctx, who, "", begun[1], 1, hers); err != nil {
			return err
		}
		_, err := y.Pages.Own(ctx, who, "", begun[1], true)
		return err
	})
	y.at(y.until.Add(-19*day), "look a page through", func(ctx context.Context) error {
		_, err := y.Pages.Review(ctx, y.people[theModerator].actor(), "", begun[1], y.until.Add(-2*day).Format(time.DateOnly))
		return err
	})
}
