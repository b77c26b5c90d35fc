package srctest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocumentedCommands does what the pages tell their readers to do. Each
// block runs with a built program on the path, in a network that has nothing
// but this machine, and what it writes into the source is written into a layer
// over it. CONTRIBUTING.md says what each kind of block is for.
func TestDocumentedCommands(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	reader := reader{root: root, path: filepath.Join(t.TempDir(), "opengather")}
	build := exec.Command("go", "build", "-o", reader.path, "./cmd/opengather")
	build.Dir, build.Env = filepath.Join(root, "instance"), append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, said)
	}
	did := map[string]int{}
	for _, page := range files(t, named(".md")) {
		blocks, _ := readBlocks(read(t, page)) // what is wrong with them is for TestBlocks
		for i, b := range blocks {
			if !strings.HasPrefix(b.kind, "sh") {
				continue
			}
			did[b.kind]++
			t.Run(fmt.Sprintf("%s %d", page, i+1), func(t *testing.T) {
				if said, err := reader.does(t, b); err != nil {
					t.Errorf("%v\n%s\n%s", err, b.text, said)
				}
			})
		}
	}
	for _, kind := range []string{"sh", "sh serve", "sh source", "sh make"} {
		if did[kind] == 0 {
			t.Errorf("no page has a block of the kind %q", kind)
		}
	}
}

// TestWrongCommandsAreFound runs blocks that do not do what they say.
func TestWrongCommandsAreFound(t *testing.T) {
	reader := reader{root: t.TempDir(), path: "/nowhere/opengather"}
	for _, b := range []block{
		{"sh", "true\nfalse\ntrue\n"},
		{"sh", "no-such-program\n"},
		{"sh", "echo > /dev/tcp/192.0.2.1/80\n"},
		{"sh serve", "true\n"},
		{"sh source", "test -e was-never-there\n"},
		{"sh make", "make nothing\n"},
	} {
		if said, err := reader.does(t, b); err == nil {
			t.Errorf("%s: %q is well:\n%s", b.kind, b.text, said)
		}
	}
	if said, err := reader.does(t, block{"sh source", "echo written > written\n"}); err != nil {
		t.Errorf("a good block: %v\n%s", err, said)
	}
	if _, err := os.Stat(filepath.Join(reader.root, "written")); err == nil {
		t.Error("a block wrote into the source")
	}
}

// reader is somebody who has a copy of the source and a built program.
type reader struct{ root, path string }

// Each begins in namespaces of its own: $1 is the source, $2 an empty
// directory, $3 the block. What is left running ends with the shell.
const (
	begin = `set -eu
ip link set lo up
`
	inSource = begin + `mount -t tmpfs none "$2"
mkdir "$2/upper" "$2/work"
mount -t overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" overlay "$1"
cd "$1"
`
	run      = "bash -euc \"$3\"\n"
	runUntil = `bash -euc "$3" & block=$!
up() {
	exec 3<>/dev/tcp/127.0.0.1/8080 || return
	printf 'GET /up HTTP/1.0\r\n\r\n' >&3
	read -r answer <&3
	[[ $answer = *" 200 "* ]]
}
until up 2>/dev/null; do
	kill -0 $block
	sleep 0.05
done
`
)

// does follows a block and gives what was said.
func (r reader) does(t *testing.T, b block) (string, error) {
	t.Helper()
	if b.kind == "sh make" {
		return r.makes(b)
	}
	script := map[string]string{"sh": begin + "cd \"$2\"\n" + run, "sh source": inSource + run, "sh serve": inSource + runUntil}[b.kind]
	args := []string{"--net", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", script, "bash", r.root, t.TempDir(), b.text}
	if os.Getuid() != 0 {
		args = append([]string{"--map-root-user"}, args...)
	}
	c := exec.CommandContext(t.Context(), "unshare", args...)
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "OPENGATHER_") {
			c.Env = append(c.Env, e)
		}
	}
	c.Env = append(c.Env, "PATH="+filepath.Dir(r.path)+":"+os.Getenv("PATH"), "GOPROXY=off")
	said, err := c.CombinedOutput()
	return string(said), err
}

// makes asks make whether it would do each line.
func (r reader) makes(b block) (string, error) {
	var all strings.Builder
	for line := range strings.Lines(b.text) {
		c := exec.Command("make", append([]string{"--dry-run"}, strings.Fields(line)[1:]...)...)
		c.Dir = r.root
		said, err := c.CombinedOutput()
		all.Write(said)
		if err != nil {
			return all.String(), err
		}
	}
	return all.String(), nil
}
