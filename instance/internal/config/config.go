// Package config holds what an operator decides before the program starts.
//
// Every setting has one name in three forms: the flag --public-url, the
// variable OPENGATHER_PUBLIC_URL, the line public_url in a file. The flag wins
// over the environment, the environment over the file, the file over the
// default, and the defaults alone serve a community. An empty variable counts
// as not set. What owners change on pages is not here but in the database.
//
// The package reads the command line (through kong), the environment, and the
// files that these name. It dials nobody, resolves no name and writes nothing.
package config

import (
	"log/slog"
	"strings"
)

// Config is every setting of the program. Embed it in a kong grammar, give kong
// a Source, and call Complete before using it.
type Config struct {
	File string `name:"config" placeholder:"FILE" help:"A file of settings: YAML (or JSON), one name and value a line."`

	Data      string `name:"data" default:"opengather-data" placeholder:"DIR" help:"The directory that holds everything the community has. It is made if it is missing."`
	Listen    string `name:"listen" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to take requests. Without a host: on every address of the machine."`
	PublicURL string `name:"public-url" placeholder:"URL" help:"The address by which people reach the community, such as https://gather.example.org. Plain http is for this machine and private networks only."`

	TrustedProxies Networks `name:"trusted-proxies" placeholder:"NETWORK,…" help:"The networks of your own proxies. X-Forwarded headers of anybody else are ignored."`

	Database      Secret `name:"database" placeholder:"URL" help:"A PostgreSQL database (postgres://…). Without it the data is in SQLite in the data directory."`
	DatabaseFile  string `name:"database-file" placeholder:"FILE" help:"A file that holds the value of database."`
	MasterKey     Secret `name:"master-key" placeholder:"HEX" help:"With PostgreSQL only: the key to all other keys, 64 hexadecimal digits. Not as a flag: command lines are visible to others on the machine."`
	MasterKeyFile string `name:"master-key-file" placeholder:"FILE" help:"A file that holds the value of master-key."`

	S3Endpoint      string `name:"s3-endpoint" placeholder:"URL" help:"An S3 server, such as https://s3.example, for photos. Without it they are in the data directory."`
	S3Bucket        string `name:"s3-bucket" placeholder:"NAME" help:"The bucket there. It must exist, be private and keep no versions: what is erased would stay in them."`
	S3Region        string `name:"s3-region" default:"us-east-1" placeholder:"NAME" help:"The region of the bucket. Servers without regions take the default."`
	S3AccessKey     string `name:"s3-access-key" placeholder:"NAME" help:"The name of the key that may read, write, delete and list in the bucket."`
	S3SecretKey     Secret `name:"s3-secret-key" placeholder:"TEXT" help:"The secret of that key. Not as a flag: command lines are visible to others on the machine."`
	S3SecretKeyFile string `name:"s3-secret-key-file" placeholder:"FILE" help:"A file that holds the value of s3-secret-key."`

	SourceURL string `name:"source-url" default:"https://github.com/opengather/opengather" placeholder:"URL" help:"Where the source of this very program is. Set it if you changed the program."`

	LogLevel     string `name:"log-level" default:"info" placeholder:"LEVEL" help:"How much is logged: debug, info, warn or error."`
	LogFormat    string `name:"log-format" default:"text" placeholder:"FORMAT" help:"How log lines are written: text or json."`
	OTLPEndpoint string `name:"otlp-endpoint" placeholder:"URL" help:"A collector of yours to which traces are sent (OTLP over HTTP), such as http://127.0.0.1:4318. Without it nothing is sent."`

	// origins says where each value came from, by name.
	origins map[string]string `kong:"-"`
}

// Secure reports whether people come by https, so that cookies can be bound to
// it and passkeys work.
func (c *Config) Secure() bool { return strings.HasPrefix(c.PublicURL, "https://") }

// Level is LogLevel for slog.
func (c *Config) Level() slog.Level { return levels[c.LogLevel] }

var levels = map[string]slog.Level{
	"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
}

// Secret is a value that is never shown: printing or logging it gives
// "(hidden)". Convert it to a string to use it.
type Secret string

const hidden = "(hidden)"

// String hides the value.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides the value from %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the value from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
