package durability

import (
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/canary"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/e2e/village"
)

// The real binary says everything that it ever says, people reach it directly
// by IPv4 and IPv6, and through a proxy, and some of them do not speak HTTP.
// Neither what it keeps nor what it prints or sends tells of any of them (P96,
// P98, P110).
func TestTheBinaryTellsOfNobody(t *testing.T) {
	if !cutOff(t) {
		return
	}
	here, traces := place{data: t.TempDir()}, canary.Collect(t)
	v := village.In(t, here.data, "[::]", "--log-level=debug", "--otlp-endpoint="+traces.URL, "--trusted-proxies=127.0.0.1/32")
	link, port := v.SetupLink(), v.URL[strings.LastIndexByte(v.URL, ':'):]
	v.Header = canary.Telling(here4)
	v.URL = "http://" + here4 + port
	bo := begin(t, v, "qzwords", "http://["+here6+"]"+port)
	never := map[string]canary.Bird{
		"IPv4": canary.Address(t, here4), "IPv6": canary.Address(t, here6), "a header": canary.Word("qzheader"), "what was asked": canary.Word("qzasked"), "a wrong secret": canary.Word("qzwrong"),
		"the password": canary.Word(village.Password), "the setup token": canary.Word(link[strings.LastIndexByte(link, '=')+1:]),
	}
	for name, c := range map[string]*program.Client{"Ada": v.Owner.Client, "Bo": bo.Client} {
		for _, cookie := range c.Cookies() {
			never["the session of "+name] = canary.Word(cookie.Value)
		}
		ask(c)
	}
	for _, to := range []string{here4 + port, "[" + here6 + "]" + port} {
		babble(t, to)
	}
	v.URL = "http://127.0.0.1" + port
	for _, address := range []string{here4, here6} {
		v.Header.Set("X-Forwarded-For", address+", 127.0.0.1")
		c := program.NewClient(t, v.URL)
		maps.Copy(c.Header, v.Header)
		ask(c)
		if page := c.Submit(c.Get("/login").Form("/login"), url.Values{"handle": {"qzwrong"}, "password": {"qzwrong secret"}}); page.Status < http.StatusBadRequest {
			t.Errorf("a wrong password: %d", page.Status)
		}
	}
	v.Stop()
	kept := canary.Files(t, here.data)
	if !strings.Contains(kept["/community.sqlite"], "qzwords") {
		t.Error("what is kept was not read")
	}
	canary.Absent(t, kept, never)
	printed := strings.Replace(v.Output(), link, "", 1) // that is how it tells its first owner
	never["a word"] = canary.Word("qzwords")
	for name, text := range map[string]string{"printed": printed, "the traces": traces.Sent()} {
		if !strings.Contains(text, "/p/:id") {
			t.Errorf("%s says nothing of what was asked: %.300q", name, text)
		}
		canary.Absent(t, map[string]string{name: text}, never)
	}
}

// ask asks for pages that are there and pages that are not.
func ask(c *program.Client) {
	for _, path := range []string{"/", "/home", "/search?q=qzasked", "/qzasked", "/p/qzasked?qzasked", "/@qzasked", "/setup?token=qzwrong", "/invite/qzwrong", "/login?next=/qzasked"} {
		c.Get(path)
	}
}

// babble speaks to the server as no browser does.
func babble(t testing.TB, to string) {
	t.Helper()
	for _, words := range []string{
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03qzasked", "QZASKED\r\n\r\n", "GET /qzasked HTTP/9.9\r\n\r\n", "GET /qz asked HTTP/1.1\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: qzasked/\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nqz asked: 1\r\n\r\n", "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: qzasked\r\n\r\n",
		"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nqzasked\r\n", "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 60\r\n\r\n--b\r\nqzasked",
		fmt.Sprintf("GET / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n", strings.Repeat("qzasked", 10_000)),
	} {
		conn, err := net.Dial("tcp", to)
		if err != nil {
			t.Fatal(err)
		}
		// It may hang up before all is said.
		_, _ = io.WriteString(conn, words)
		if err := conn.(*net.TCPConn).CloseWrite(); err == nil {
			_, _ = io.Copy(io.Discard, conn)
		}
		_ = conn.Close()
	}
}
