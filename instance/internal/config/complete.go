package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"unicode"
)

// Complete makes a parsed configuration ready for use: it reads the files that
// hold secrets and checks every value. The error lists all that is wrong, each
// with where it came from and what to write instead, and no secret. Even then
// Describe may be called.
func (c *Config) Complete(s *Source) error {
	c.origins = s.origins
	bad := append([]error{s.err}, s.strangers()...)
	bad = append(bad,
		c.secret("database", &c.Database, c.DatabaseFile),
		c.secret("master-key", &c.MasterKey, c.MasterKeyFile),
		c.secret("s3-secret-key", &c.S3SecretKey, c.S3SecretKeyFile),
		c.checkData(),
		c.checkListen(),
		c.checkPublicURL(),
		c.checkDatabase(),
		c.checkMedia(),
		c.checkURL("source-url", c.SourceURL),
		c.checkLog(),
	)
	if c.OTLPEndpoint != "" {
		bad = append(bad, c.checkURL("otlp-endpoint", c.OTLPEndpoint))
	}
	return errors.Join(bad...)
}

// wrong says what is wrong with a setting. A secret's value is not shown.
func (c *Config) wrong(name, value, advice string) error {
	from := ""
	if origin := c.origins[name]; origin != "" {
		from = " (from " + origin + ")"
	}
	if value == "" {
		return fmt.Errorf("%s%s %s", key(name), from, advice)
	}
	return fmt.Errorf("%s is %q%s: %s", key(name), value, from, advice)
}

// secret reads the value from the file that stands for it.
func (c *Config) secret(name string, value *Secret, file string) error {
	if file == "" {
		return nil
	}
	if *value != "" {
		return c.wrong(name, "", fmt.Sprintf("is set, and so is %s (from %s): keep one", key(name+"-file"), c.origins[name+"-file"]))
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return c.wrong(name+"-file", file, "the file cannot be read: "+err.Error())
	}
	*value = Secret(strings.TrimSpace(string(raw)))
	if *value == "" {
		return c.wrong(name+"-file", file, "the file is empty")
	}
	c.origins[name] = c.origins[name+"-file"]
	return nil
}

func (c *Config) checkData() error {
	if c.Data == "" {
		return c.wrong("data", "", "is empty: name a directory")
	}
	return nil
}

func (c *Config) checkListen() error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return c.wrong("listen", c.Listen, "write host:port, such as 127.0.0.1:8080 or :8080")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return c.wrong("listen", c.Listen, "the port is a number up to 65535")
	}
	if host == "" || host == "localhost" {
		return nil
	}
	if _, err := netip.ParseAddr(host); err != nil {
		return c.wrong("listen", c.Listen, "the host is an address of this machine, such as 127.0.0.1 or [::1], or nothing for all of them")
	}
	return nil
}

// checkPublicURL also brings the URL into the form in which browsers send it
// as Origin (RFC 6454 section 6.2).
func (c *Config) checkPublicURL() error {
	if c.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return c.wrong("public-url", c.PublicURL, "write a whole address, such as https://gather.example.org")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/":
		return c.wrong("public-url", c.PublicURL, "nothing may stand behind the host: a community has an address of its own")
	case strings.ContainsFunc(u.Host, func(r rune) bool { return r > unicode.MaxASCII }):
		return c.wrong("public-url", c.PublicURL, "write the host as it stands in DNS (xn--…)")
	case u.Scheme == "http" && !private(u.Hostname()):
		return c.wrong("public-url", c.PublicURL, "plain http is for this machine and private networks; put a proxy with a certificate in front and write https://")
	}
	host := strings.ToLower(u.Host)
	if port := u.Port(); port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	c.PublicURL = u.Scheme + "://" + host
	return nil
}

// private reports whether a host lies on this machine or in a private network,
// as far as can be told without asking anybody: an address of such a network,
// or a name that public DNS never holds (a single label, RFC 6761 localhost,
// RFC 6762 .local, RFC 8375 .home.arpa, .internal as reserved by ICANN).
func private(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if !strings.Contains(host, ".") {
		return host != ""
	}
	for _, zone := range []string{".localhost", ".local", ".home.arpa", ".internal"} {
		if strings.HasSuffix(host, zone) {
			return true
		}
	}
	return false
}

func (c *Config) checkDatabase() error {
	if c.MasterKey != "" && c.origins["master-key"] == "--master-key" {
		return c.wrong("master-key", "", "must not be on the command line, which others on the machine can see: use "+
			prefix+variable("master-key")+" or --master-key-file")
	}
	if c.Database == "" {
		if c.MasterKey != "" {
			return c.wrong("master-key", "", "is for PostgreSQL: with SQLite the key is secrets/master in the data directory")
		}
		return nil
	}
	// The parser's error would show the password.
	u, err := url.Parse(string(c.Database))
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return c.wrong("database", "", "is not a PostgreSQL address: write postgres://name:password@host/database, or nothing for SQLite")
	}
	if c.MasterKey == "" {
		return c.wrong("master-key", "", "is missing: PostgreSQL needs it, in "+prefix+variable("master-key")+
			" or in a file that master_key_file names. Make one with: openssl rand -hex 32")
	}
	if raw, err := hex.DecodeString(string(c.MasterKey)); err != nil || len(raw) != 32 {
		return c.wrong("master-key", "", "is not 64 hexadecimal digits. Make one with: openssl rand -hex 32")
	}
	return nil
}

// checkURL wants a web address without a password in it: logs would show it.
func (c *Config) checkURL(name, value string) error {
	u, err := url.Parse(value)
	if err == nil && u.User != nil {
		return c.wrong(name, "", "must not hold a name or password")
	}
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return c.wrong(name, value, "write a whole address that begins with https:// or http://")
	}
	return nil
}

func (c *Config) checkLog() error {
	var bad []error
	if _, ok := levels[c.LogLevel]; !ok {
		bad = append(bad, c.wrong("log-level", c.LogLevel, "write debug, info, warn or error"))
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		bad = append(bad, c.wrong("log-format", c.LogFormat, "write text or json"))
	}
	return errors.Join(bad...)
}
