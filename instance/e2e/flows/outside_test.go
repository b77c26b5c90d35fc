package flows_test

import (
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/e2e/village"
)

// insideOverlay runs a program on a copy of the whole file system of which only
// the changes are kept, with a data directory of its own that does not count. At
// its end it prints what the program has touched besides. A file that was made
// and removed is seen too: the kernel copies the folder for it.
const insideOverlay = `set -e
mount -t tmpfs none "$0"
cd "$0"
mkdir upper work root
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
mkdir -p root/srv/community root/dev
mount -t tmpfs none root/srv/community
touch root/dev/null
mount --bind /dev/null root/dev/null
cp "$1" root/program
shift
(cd upper && find . | sort) >before
env -i "$(command -v chroot)" root /program "$@" &
program=$!
trap 'told=yes; kill -TERM $program' TERM
until told='' status=0; wait $program || status=$?; [ -z "$told" ]; do :; done
(cd upper && find . | sort) >after
echo "touched:" $(comm -13 before after) "."
exit $status`

var touched = regexp.MustCompile(`touched: (.*)\.\n`)

// onOverlay is the command that runs a program so.
func onOverlay(t *testing.T, binary string, args ...string) (path string, all []string) {
	t.Helper()
	all = append([]string{"--mount", "sh", "-c", insideOverlay, t.TempDir(), binary}, args...)
	if os.Getuid() != 0 {
		all = append([]string{"--map-root-user"}, all...)
	}
	return "unshare", all
}

// TestNothingIsWrittenOutside lets people set a community up, write and read on
// a system where everything can be written: when it ends, nothing has been, but
// in the data directory (P2).
func TestNothingIsWrittenOutside(t *testing.T) {
	address := program.FreePort(t)
	binary := program.Build(t, "github.com/opengather/opengather/instance/cmd/opengather")
	path, args := onOverlay(t, binary, "serve", "--data", "/srv/community", "--listen", address, "--public-url", "http://"+address)
	p := program.Start(t, program.Command{Path: path, Args: args, Address: address})
	v := village.At(t, p.URL, p.SetupLink(), "Garden Street", "Ada Lind", "ada", "en")
	ben := v.Arrives(v.Owner.Invitation(nil), "Ben Okafor", "en")
	space := v.Owner.Makes("Seeds", "What grows.", "open")
	ben.Joins(space)
	post := ben.Says(space, "Tomatoes", "Who has some?")
	v.Owner.Answers(post, 0, "I do.")
	for _, path := range []string{"/home", "/search?q=tomatoes", "/settings/data", "/about", "/up"} {
		ben.Get(path).Expect(http.StatusOK)
	}
	p.Stop()
	if found := p.Find(touched); found != "" {
		t.Errorf("outside its data directory it touched %s", found)
	}
}

// TestWhatIsWrittenOutsideIsSeen holds that search to what it is for.
func TestWhatIsWrittenOutsideIsSeen(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	for does, want := range map[string]string{
		"echo x > /srv/community/words":          "",
		"echo x > /srv/beside":                   "./srv/beside ",
		"mkdir /opt/made":                        "./opt ./opt/made ",
		"echo x > /var/tmp/made; rm /var/tmp/*e": "./var ./var/tmp ",
		"echo x >> /etc/passwd":                  "./etc ./etc/passwd ",
	} {
		path, args := onOverlay(t, sh, "-c", does)
		said, err := exec.Command(path, args...).CombinedOutput()
		found := touched.FindSubmatch(said)
		if err != nil || found == nil || string(found[1]) != want {
			t.Errorf("%s: %v, %s, want %q", does, err, said, want)
		}
	}
}
