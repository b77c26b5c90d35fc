package village_test

import (
	"os"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/e2e/village"
)

func TestMain(m *testing.M) {
	code := m.Run()
	program.RemoveBuilds()
	os.Exit(code)
}

func TestVillage(t *testing.T) {
	v := village.Found(t, "Garden", "Ada Lind", "ada", "en")
	ben := v.Arrives(v.Owner.Invitation(nil), "Ben Okafor", "en")
	space := v.Owner.Makes("Seeds", "What grows.", "open")
	ben.Joins(space)
	post := ben.Says(space, "Tomatoes", "Who has some?")
	v.Owner.Answers(post, 0, "I have.")
	ben.Answers(post, 1, "When?")
	v.Owner.Reacts(post, "thanks")
	secret := v.Owner.Makes("Board", "Money.", "secret")
	v.Owner.Adds(secret, ben)
	for path, want := range map[string]string{post: "When?", secret: "Money.", "/@" + ben.Handle: "Ben Okafor"} {
		if text := ben.Get(path).Text(); !strings.Contains(text, want) {
			t.Errorf("%s does not say %q:\n%s", path, want, text)
		}
	}
}
