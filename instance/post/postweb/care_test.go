package postweb_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
)

// A thread is closed from its menu. Who had begun to answer keeps her words, and
// who closes it a second time is shown that it is closed.
func TestClosingAThread(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		root := c.publish("ben", "hello")
		c.reply("cem", root, "good day")
		ada, ben, thread := c.as("ada"), c.as("ben"), "/p/"+root
		open, other, bens := ada.Get(thread), ada.Get(thread), ben.Get(thread)
		open.Says("Close for replies", "!This thread is closed")
		bens.Says("!Close for replies", "!Put on top")
		begun := bens.PostForm(thread + "/reply")
		ada.Submit(open.PostForm(thread+"/lock"), nil).At(thread, http.StatusOK).Says("Only moderators can reply now.", "This thread is closed for replies.", "Your reply", "Open for replies")
		ben.Get(thread).Says("This thread is closed for replies.", "!Your reply", "!Reply to")
		late := ben.Submit(begun, url.Values{"body": {"too late"}})
		late.Expect(http.StatusConflict, "What you wrote is still here to copy.")
		if got := late.PostForm(thread + "/reply").Value("body"); got != "too late" {
			t.Errorf("what was typed is now %q", got)
		}
		again := ada.Submit(other.PostForm(thread+"/lock"), nil)
		again.Expect(http.StatusConflict, "This was changed in the meantime.", "Open for replies", "hello")
		ada.Submit(again.PostForm(thread+"/lock"), nil).At(thread, http.StatusOK).Says("Open for replies again.")
		ben.Submit(ben.Get(thread).PostForm(thread+"/reply"), url.Values{"body": {"in time"}}).At(thread, http.StatusOK).Says("in time")
	})
}

// Two moderators hide or remove the same: the second is shown how it stands, and
// her reason is still there.
func TestTheSecondModeratorIsTold(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		ada := c.as("ada")
		for _, act := range []string{"/hide", "/remove"} {
			root := c.publish("ben", "hello")
			c.reply("cem", root, "good day")
			page := "/p/" + root + act
			first, second := ada.Get(page).PostForm(page), ada.Get(page).PostForm(page)
			ada.Submit(first, url.Values{"reason": {"one"}}).Expect(http.StatusOK)
			late := ada.Submit(second, url.Values{"reason": {"Another reason"}})
			late.Expect(http.StatusConflict, "Somebody else looked after this in the meantime.", map[string]string{"/hide": "A moderator has hidden this.", "/remove": "This was deleted."}[act])
			if got := late.PostForm(page).Value("reason"); got != "Another reason" {
				t.Errorf("%s: her reason is now %q", act, got)
			}
		}
	})
}

// A question is asked in the composer, found by what it is, and answered by what
// its author says answers it.
func TestAskingAndAnswering(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		ben, cem := c.as("ben"), c.as("cem")
		c.publish("ada", "something else")
		sent := ben.Submit(ben.Get("/compose?kind=question").PostForm("/compose"), url.Values{"space": {c.garden}, "body": {"where is the key?"}})
		sent.Expect(http.StatusOK, "Question", "!Answered")
		thread := sent.URL.Path
		reply := c.reply("cem", thread[len("/p/"):], "under the mat")
		cem.Get(thread).Says("!This answers it")
		asked := ben.Get(thread)
		asked.Says("This answers it", "!Accepted answer")
		cem.Get("/home?only=question&open=1").Says("where is the key?", "!something else")
		ben.Submit(asked.PostForm(thread+"/accept"), nil).At(thread, http.StatusOK).Says("Accepted as the answer.", "Answered", "Accepted answer", "The answer that was accepted, by cem")
		cem.Get("/home?only=question&open=1").Says("!where is the key?", "There is nothing of that kind")
		cem.Get("/home?only=question").Says("where is the key?", "Answered")
		cem.Get("/home?only=offer").Says("There is nothing of that kind")
		cem.Get("/home?only=nonsense").Says("where is the key?", "something else")
		ben.Submit(asked.PostForm(thread+"/accept"), nil).At(thread, http.StatusOK) // the same form again
		c.must(c.posts.Accept(c.Ctx, c.people["ada"], "", thread[len("/p/"):], "", reply))
		ben.Submit(ben.Get(thread).PostForm(thread+"/accept"), nil).At(thread, http.StatusOK).Says("Accepted as the answer.")
	})
}

// An offer is over when it is taken; the second to say so is shown that it is.
func TestTakingAnOffer(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		ben := c.as("ben")
		offer := ben.Submit(ben.Get("/compose?kind=offer").PostForm("/compose"), url.Values{"space": {c.garden}, "body": {"a bicycle"}})
		thread := offer.URL.Path
		first, second := ben.Get(thread), ben.Get(thread)
		ben.Submit(first.PostForm(thread+"/settle"), nil).At(thread, http.StatusOK).Says("Taken", "It is to be had again")
		ben.Submit(second.PostForm(thread+"/settle"), nil).Expect(http.StatusConflict, "This was changed in the meantime.", "It is to be had again")
		c.as("cem").Get("/home?only=offer&open=1").Says("!a bicycle")
		edit := ben.Get(thread + "/edit").PostForm(thread + "/edit")
		if got := edit.Value("kind"); got != "offer" {
			t.Errorf("its form says that it is %q", got)
		}
		ben.Submit(edit, url.Values{"kind": {"request"}}).At(thread, http.StatusOK).Says("Request", "It is solved")
	})
}

// Before a thread is moved, its page says who reads it now and who would; where
// it cannot go, why.
func TestMovingByPages(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		ada, ben := c.as("ada"), c.as("ben")
		cellar := c.must(c.Spaces.Create(c.Ctx, c.people["ada"], "", space.Draft{Name: "Cellar", Handle: "cellar", Visibility: space.Closed, Posting: space.Everyone}))
		root := c.publish("ben", "hello")
		c.reply("cem", root, "good day")
		thread := "/p/" + root
		ben.Get(thread+"/move").Expect(http.StatusOK, "There is no other space where you can post.")
		ben.Get(thread + "/move?space=" + cellar).Expect(http.StatusForbidden)
		c.as("cem").Get(thread).Says("!Move")
		ada.Get(thread+"/move").Says("Where to?", "Cellar")
		other := ada.Get(thread + "/move?space=" + cellar)
		asked := ada.Get(thread + "/move?space=" + cellar)
		asked.Says("3 people can read this now, one could afterwards. Nobody new would read it.", "2 people could not read it any more.", "Who comes into Cellar later reads it")
		ada.Submit(asked.PostForm(thread+"/move"), nil).At(thread, http.StatusOK).Says("Moved.", "Cellar")
		ada.Submit(other.PostForm(thread+"/move"), nil).Expect(http.StatusConflict, "This was changed in the meantime.")
		ben.Get(thread).Expect(http.StatusNotFound)
		said := c.must(c.posts.Publish(c.Ctx, c.people["ada"], "", post.Draft{Space: cellar, Body: "between us"}))
		c.must(c.Spaces.Add(c.Ctx, c.people["ada"], "", cellar, []string{c.people["ben"].ID()}))
		ada.Get("/p/" + said + "/move?space=" + c.garden).Says("In Garden one person would read it who cannot now.")
		c.must(c.posts.Reply(c.Ctx, c.people["ben"], "", post.Draft{Parent: said, Body: "and us"}))
		ada.Get("/p/"+said+"/move?space="+c.garden).Expect(http.StatusConflict, "Those who wrote it did not write for them.", "Where to?")
	})
}

// A moderator makes a thread of a reply from its menu. Who comes second is shown
// the new thread as it stands.
func TestSplittingByPages(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		ada, cem := c.as("ada"), c.as("cem")
		root := c.publish("ben", "hello")
		said := c.reply("cem", root, "something else")
		c.reply("ben", said, "and I")
		thread, split := "/p/"+root, "/p/"+said+"/split"
		ada.Get(thread).Says("Make a thread of it")
		cem.Get(thread).Says("!Make a thread of it")
		cem.Get(split).Expect(http.StatusForbidden)
		ada.Get(thread + "/split").Expect(http.StatusNotFound)
		first, second := ada.Get(split), ada.Get(split)
		first.Says("something else", "begins a thread of its own")
		untitled := ada.Submit(first.PostForm(split), url.Values{"title": {" "}})
		untitled.Expect(http.StatusUnprocessableEntity, "Write a title for the new thread.")
		ada.Submit(untitled.PostForm(split), url.Values{"title": {"Elsewhere"}}).At("/p/"+said, http.StatusOK).Says("It is a thread of its own now.", "Elsewhere", "something else", "and I")
		ada.Submit(second.PostForm(split), url.Values{"title": {"Nowhere"}}).Expect(http.StatusConflict, "This was changed in the meantime.", "Elsewhere", "and I")
		cem.Get(thread).Says("hello", "!something else")
		hidden := c.reply("cem", root, "hidden words")
		c.must(c.posts.Hide(c.Ctx, c.people["ada"], "", hidden, "because"))
		ada.Get("/p/"+hidden+"/split").Expect(http.StatusConflict, "Show it first.", "hidden words")
		ada.Get(thread).Says("!Make a thread of it")
	})
}

// A post is saved by a button below it, and found on a page that is hers alone; a
// script gets the button alone.
func TestSavingByPages(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		ben, cem := c.as("ben"), c.as("cem")
		root := c.publish("ada", "hello")
		said := c.reply("cem", root, "good day")
		thread := "/p/" + root
		ben.Get("/saved").Says("Nothing saved yet", "Nobody else sees what you saved")
		ben.Submit(ben.Get(thread).PostForm("/p/"+said+"/save"), nil).At(thread, http.StatusOK).Says("Saved. You find it")
		ben.Get("/saved").Says("good day", "In its thread", "!hello", "!Nothing saved yet")
		cem.Get("/saved").Says("Nothing saved yet", "!good day")
		ben.Header.Set("HX-Request", "true")
		ben.Submit(ben.Get("/saved").PostForm("/p/"+said+"/save"), nil).Expect(http.StatusOK, "Save", "!Saved", "!good day")
		ben.Header.Del("HX-Request")
		ben.Get("/saved").Says("Nothing saved yet")
	})
}
