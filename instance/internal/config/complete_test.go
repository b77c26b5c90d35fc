package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSecretsFromFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	database := write("database", "postgres://db/og\n")
	key := write("key", strings.Repeat("ab", 32)+"\n")
	empty := write("empty", "\n")

	c, err := load(t, []string{"--master-key-file", key}, []string{"OPENGATHER_DATABASE_FILE=" + database}, "")
	if err != nil {
		t.Fatal(err)
	}
	if c.Database != "postgres://db/og" || string(c.MasterKey) != strings.Repeat("ab", 32) {
		t.Errorf("read %q and %q", string(c.Database), string(c.MasterKey))
	}
	if want := "now:     (hidden), from OPENGATHER_DATABASE_FILE\n"; !strings.Contains(c.Describe(), want) {
		t.Errorf("want %q in\n%s", want, c.Describe())
	}
	c, err = load(t, []string{"--s3-endpoint=https://s3.example", "--s3-bucket=b", "--s3-access-key=a", "--s3-secret-key-file", key}, nil, "")
	if err != nil || string(c.S3SecretKey) != strings.Repeat("ab", 32) {
		t.Errorf("read %q, %v", string(c.S3SecretKey), err)
	}
	for _, bad := range []struct {
		args, environ []string
		want          string
	}{
		{
			[]string{"--database-file", database},
			[]string{"OPENGATHER_DATABASE=postgres://x/y"},
			"database (from OPENGATHER_DATABASE) is set, and so is database_file (from --database-file): keep one",
		},
		{[]string{"--database-file", filepath.Join(dir, "none")}, nil, "(from --database-file): the file cannot be read"},
		{nil, []string{"OPENGATHER_MASTER_KEY_FILE=" + empty}, "(from OPENGATHER_MASTER_KEY_FILE): the file is empty"},
		{[]string{"--database-file", key}, nil, "database (from --database-file) is not a PostgreSQL address"},
	} {
		if _, err := load(t, bad.args, bad.environ, ""); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("want %q, got %v", bad.want, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	key := "OPENGATHER_MASTER_KEY=" + strings.Repeat("ab", 32)
	postgres := "OPENGATHER_DATABASE=postgres://og:pw@db/og"
	for _, c := range []struct {
		args, environ []string
		file, want    string
	}{
		{[]string{"--listen", "8080"}, nil, "", `listen is "8080" (from --listen): write host:port`},
		{nil, []string{"OPENGATHER_LISTEN=:99999"}, "", `listen is ":99999" (from OPENGATHER_LISTEN): the port is a number`},
		{nil, nil, "listen: ex.org:80", `listen is "ex.org:80" (from og.yaml line 1): the host is an address of this machine`},
		{[]string{"--data="}, nil, "", "data (from --data) is empty"},
		{[]string{"--public-url", "gather.example.org"}, nil, "", "write a whole address"},
		{[]string{"--public-url", "ftp://a.example"}, nil, "", "write a whole address"},
		{[]string{"--public-url", "https://a.example/community"}, nil, "", "nothing may stand behind the host"},
		{[]string{"--public-url", "https://a.example?x"}, nil, "", "nothing may stand behind the host"},
		{[]string{"--public-url", "https://bücher.example"}, nil, "", "xn--"},
		{[]string{"--trusted-proxies", "10.0.0.1/33"}, nil, "", `--trusted-proxies: "10.0.0.1/33" is not a network`},
		{nil, []string{"OPENGATHER_TRUSTED_PROXIES=nginx"}, "", `OPENGATHER_TRUSTED_PROXIES: "nginx" is not a network`},
		{nil, nil, "\ntrusted_proxies: [10.0.0.0/8, 0.0.0.0/0]", `og.yaml line 2: "0.0.0.0/0" is every address`},
		{[]string{"--trusted-proxies", "::/0"}, nil, "", `"::/0" is every address`},
		{[]string{"--trusted-proxies", "10.0.0.5/8"}, nil, "", "do you mean 10.0.0.0/8?"},
		{[]string{"--trusted-proxies", "::ffff:10.0.0.0/104"}, nil, "", "IPv4 written as IPv6"},
		{[]string{"--trusted-proxies", "fe80::1%eth0"}, nil, "", "is not a network"},
		{nil, []string{"OPENGATHER_DATABASE=mysql://x", key}, "", "database (from OPENGATHER_DATABASE) is not a PostgreSQL address"},
		{nil, []string{postgres}, "", "master_key is missing: PostgreSQL needs it"},
		{nil, []string{postgres, "OPENGATHER_MASTER_KEY=abcd"}, "", "master_key (from OPENGATHER_MASTER_KEY) is not 64 hexadecimal digits"},
		{nil, []string{key}, "", "master_key (from OPENGATHER_MASTER_KEY) is for PostgreSQL"},
		{[]string{"--master-key=" + strings.Repeat("ab", 32)}, []string{postgres}, "", "must not be on the command line"},
		{[]string{"--source-url", "github.com/x"}, nil, "", "write a whole address that begins with https://"},
		{[]string{"--otlp-endpoint", "127.0.0.1:4318"}, nil, "", "otlp_endpoint is"},
		{[]string{"--otlp-endpoint", "http://a:b@127.0.0.1:4318"}, nil, "", "otlp_endpoint (from --otlp-endpoint) must not hold a name or password"},
		{[]string{"--s3-secret-key=hush"}, nil, "", "s3_secret_key (from --s3-secret-key) must not be on the command line"},
		{[]string{"--s3-bucket=media"}, nil, "", "s3_bucket (from --s3-bucket) is of no use without s3_endpoint"},
		{[]string{"--s3-endpoint=https://s3.example"}, nil, "", "s3_secret_key is missing: s3_endpoint needs it"},
		{[]string{"--s3-endpoint=https://a:b@s3.example"}, nil, "", "s3_endpoint (from --s3-endpoint) must not hold a name or password"},
		{[]string{"--s3-endpoint=https://s3.example/media"}, nil, "", "the bucket is s3_bucket"},
		{[]string{"--s3-endpoint=http://s3.example"}, nil, "", "plain http is for this machine"},
		{[]string{"--s3-endpoint=s3.example"}, nil, "", "write a whole address"},
		{[]string{"--log-level", "loud"}, nil, "", "write debug, info, warn or error"},
		{[]string{"--log-format", "xml"}, nil, "", "write text or json"},
		// Unknown names.
		{nil, nil, "# c\nlisten: ':1'\nlisen: ':1'", `og.yaml line 3: "lisen" is no setting; do you mean "listen"?`},
		{nil, nil, "public-url: https://a.example", `"public-url" is no setting; do you mean "public_url"?`},
		{nil, nil, "PublicURL: https://a.example", `do you mean "public_url"?`},
		{nil, nil, "completely_else: 1", `"completely_else" is no setting; "opengather config describe" lists them all`},
		{nil, nil, "config: x", `"config" is no setting`},
		{nil, []string{"OPENGATHER_LISEN=:1"}, "", "OPENGATHER_LISEN is no setting; do you mean OPENGATHER_LISTEN?"},
		{nil, []string{"OPENGATHER_SOMETHING=1"}, "", "OPENGATHER_SOMETHING is no setting; \"opengather"},
		{[]string{"--lisen=:1"}, nil, "", "unknown flag --lisen"},
		// Files that are no settings.
		{nil, nil, "listen: ':1'\nlisten: ':2'", `og.yaml line 2: "listen" is set for the second time, first in og.yaml line 1`},
		{nil, nil, "listen: {port: 1}", `"listen" takes a value or a list of values`},
		{nil, nil, "trusted_proxies: [[a]]", "takes a value or a list of values"},
		{nil, nil, "- a", `write one "name: value" a line`},
		{nil, nil, "a: b: c", "read the settings in og.yaml"},
		{nil, nil, "listen: ':1'\n---\nlisten: ':2'", "second document"},
		{[]string{"--config", "/nowhere/og.yaml"}, nil, "", "/nowhere/og.yaml: no such file"},
	} {
		if c.file != "" {
			c.args = append(c.args, "--config=@")
		}
		if _, err := load(t, c.args, c.environ, c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v %v %q\nwant %s\ngot  %v", c.args, c.environ, c.file, c.want, err)
		}
	}
}

func TestEverythingWrongIsSaidAtOnce(t *testing.T) {
	_, err := load(t, []string{"--config=@", "--listen=x"}, []string{"OPENGATHER_LOG_LEVEL=loud", "OPENGATHER_X=1"}, "lisen: 1\nlog_format: xml")
	for _, want := range []string{"listen is", "log_level is", "OPENGATHER_X is", `"lisen"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s in %v", want, err)
		}
	}
}

// A Service called opengather makes Kubernetes set these in every container.
func TestVariablesOfOthers(t *testing.T) {
	_, err := load(t, nil, []string{
		"OPENGATHER_SERVICE_HOST=10.0.0.1", "OPENGATHER_SERVICE_PORT=80", "OPENGATHER_SERVICE_PORT_HTTP=80",
		"OPENGATHER_PORT=tcp://10.0.0.1:80", "OPENGATHER_PORT_80_TCP=tcp://10.0.0.1:80", "OPENGATHER_PORT_80_TCP_ADDR=10.0.0.1",
		"OPENGATHER_HUB_SERVICE_HOST=10.0.0.2", "OPENGATHER_HUB_PORT_443_TCP_PROTO=tcp", "OPENGATHER_TEST_POSTGRES=x",
	}, "")
	if err != nil {
		t.Error(err)
	}
}
