package durability

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// here4 and here6 are addresses of this machine in the network that cutOff
// makes: who comes by them, comes from them. No other text is like them.
const (
	here4 = "10.66.233.171"
	here6 = "fd66:6b61:6e61:7269::e5"
)

// cutOff runs the test that calls it once more, in a process whose network has
// nothing but loopback and whose name server is out of reach. It reports
// whether this is that process.
func cutOff(t *testing.T) bool {
	t.Helper()
	const inside = "CUT_OFF"
	if os.Getenv(inside) == t.Name() {
		return true
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	names := filepath.Join(t.TempDir(), "resolv.conf")
	if err := os.WriteFile(names, []byte("nameserver 192.0.2.53\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	begin := `ip link set lo up && ip addr add ` + here4 + `/32 dev lo && ip addr add ` + here6 + `/128 dev lo nodad &&
		mount --bind "$0" /etc/resolv.conf && exec "$@"`
	args := []string{"--net", "--mount", "--fork", "--kill-child", "sh", "-c", begin, names, self, "-test.v", "-test.run=^" + t.Name() + "$"}
	if os.Getuid() != 0 {
		args = append([]string{"--map-root-user"}, args...)
	}
	c := exec.CommandContext(t.Context(), "unshare", args...)
	c.Env = append(os.Environ(), inside+"="+t.Name())
	said, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "--- PASS: "+t.Name()) {
		t.Errorf("in a network of its own: %v\n%s", err, said)
	}
	return false
}

// attempts are how often anybody in this network wanted to reach another host:
// the kernel counts whom it knows no way to.
func attempts(t testing.TB) (n int) {
	t.Helper()
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range interfaces {
		if i.Flags&net.FlagLoopback == 0 {
			t.Fatalf("there is an interface %s", i.Name)
		}
	}
	return counted(t, "/proc/net/snmp", "Ip:", "OutNoRoutes") + counted(t, "/proc/net/snmp6", "Ip6OutNoRoutes", "")
}

// counted reads a counter: the column of the line below the one that names it,
// or what follows its own name.
func counted(t testing.TB, file, line, column string) int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := 1
	for row := range strings.Lines(string(text)) {
		fields := strings.Fields(row)
		if len(fields) == 0 || fields[0] != line {
			continue
		}
		if n, err := strconv.Atoi(fields[at]); err == nil {
			return n
		}
		for i, name := range fields {
			if name == column {
				at = i
			}
		}
	}
	t.Fatalf("%s counts no %s %s", file, line, column)
	return 0
}

// TestAttemptsAreCounted holds the counter to what it is for.
func TestAttemptsAreCounted(t *testing.T) {
	if !cutOff(t) {
		return
	}
	for name, try := range map[string]func() error{
		"IPv4": func() error { _, err := net.Dial("tcp", "192.0.2.1:80"); return err },
		"IPv6": func() error { _, err := net.Dial("tcp", "[2001:db8::1]:80"); return err },
		"UDP":  func() error { _, err := net.Dial("udp", "192.0.2.1:53"); return err },
		"name": func() error { _, err := net.LookupHost("nobody.example"); return err },
	} {
		before := attempts(t)
		if err := try(); err == nil || attempts(t) == before {
			t.Errorf("%s: an attempt is not counted, or was successful: %v", name, err)
		}
	}
	before := attempts(t)
	l, err := net.Listen("tcp", here4+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if attempts(t) != before {
		t.Error("who reaches this machine is counted")
	}
}
