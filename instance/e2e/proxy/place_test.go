package proxy

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/e2e/village"
)

// A place is a community behind a proxy. Its people know the proxy alone.
type place struct {
	*village.Village
	t testing.TB
	// server is the program and proxy what stands before it; each can be started
	// again as it was.
	server, proxy               *program.Process
	serverCommand, proxyCommand program.Command
}

// silence is after how long without a word nginx gives a connection up here, in
// seconds. By itself it is 60; the program is silent for 25 at most.
const silence = "40"

// proxies are those that docs/operator.md has a configuration for.
var proxies = map[string]func(t testing.TB, listen, to string) program.Command{"nginx": nginx, "Caddy": caddy}

// behind does a test behind each of the proxies.
func behind(t *testing.T, test func(t *testing.T, p *place)) {
	t.Helper()
	for name, command := range proxies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, founded(t, command))
		})
	}
}

// founded sets a community up through a proxy.
func founded(t testing.TB, command func(t testing.TB, listen, to string) program.Command) *place {
	t.Helper()
	to, listen := program.FreePort(t), program.FreePort(t)
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		t.Fatal(err)
	}
	origin := "https://localhost:" + port
	settings := file(t, t.TempDir(), "opengather.yaml", documented(t, "yaml", "trusted_proxies", "127.0.0.1:8080", to, "https://gather.example.org", origin))
	p := &place{t: t}
	p.serverCommand = program.Command{
		Path: program.Build(t, opengather), Args: []string{"serve", "--config", settings, "--data", t.TempDir()}, Address: to,
	}
	p.proxyCommand = command(t, listen, to)
	p.proxyCommand.Address, p.proxyCommand.Origin = listen, origin
	p.server = program.Start(t, p.serverCommand)
	p.proxy = program.Start(t, p.proxyCommand)
	p.Village = village.At(t, origin, p.server.SetupLink(), "Lime Street", "Ada Lind", "ada", "en")
	return p
}

// nginx is started without a master, so that it is one process that can be
// killed, and without root: everything it writes is in a directory of its own.
func nginx(t testing.TB, listen, to string) program.Command {
	t.Helper()
	dir := t.TempDir()
	site := documented(
		t, "nginx", "proxy_pass",
		"listen 443 ssl;", "listen "+listen+" ssl;", "server_name gather.example.org;", "server_name localhost;",
		"/etc/ssl/gather.example.org.pem", certificates.host, "/etc/ssl/gather.example.org.key", certificates.hostKey,
		"http://127.0.0.1:8080", "http://"+to,
	)
	all := "daemon off; master_process off; pid pid; error_log stderr warn; events {}\nhttp {\naccess_log off; proxy_read_timeout " + silence + "s;\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		all += kind + "_temp_path " + kind + ";\n"
	}
	name := file(t, dir, "nginx.conf", all+site+"}\n")
	path, err := exec.LookPath("nginx")
	if err != nil {
		path = "/usr/sbin/nginx" // beside the path of those who are not root
	}
	return program.Command{Path: path, Args: []string{"-p", dir, "-c", name, "-e", "stderr"}}
}

// caddy is given the certificate that it would ask for elsewhere, and opens no
// port but that one.
func caddy(t testing.TB, listen, to string) program.Command {
	t.Helper()
	dir := t.TempDir()
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		t.Fatal(err)
	}
	site := documented(t, "caddy", "reverse_proxy", "gather.example.org {", "localhost:"+port+" {\n\ttls "+certificates.host+" "+certificates.hostKey, "127.0.0.1:8080", to)
	const global = "{\nadmin off\nauto_https disable_redirects\ndefault_bind 127.0.0.1\n}\n"
	name := file(t, dir, "Caddyfile", global+site)
	path, err := exec.LookPath("caddy")
	if err != nil {
		t.Fatalf("%v: scripts/install-debian installs it", err)
	}
	return program.Command{
		Path: path, Args: []string{"run", "--config", name, "--adapter", "caddyfile"},
		Env: []string{"HOME=" + dir, "XDG_DATA_HOME=" + dir, "XDG_CONFIG_HOME=" + dir},
	}
}

func file(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
