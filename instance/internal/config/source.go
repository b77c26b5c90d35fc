package config

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// prefix begins the name of every variable that the program reads.
const prefix = "OPENGATHER_"

// Source finds settings that are not on the command line: in the environment,
// else in the file that --config or OPENGATHER_CONFIG names. It remembers where
// each came from. Use one for one parse.
type Source struct {
	environ map[string]string
	known   map[string]bool // names of settings
	origins map[string]string
	read    bool
	file    map[string]entry // by name of setting
	err     error
}

// NewSource takes the environment as os.Environ gives it.
func NewSource(environ []string) *Source {
	s := &Source{environ: map[string]string{}, known: map[string]bool{}, origins: map[string]string{}}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if name, ours := strings.CutPrefix(name, prefix); ours && value != "" {
			s.environ[name] = value
		}
	}
	for _, one := range settings(&Config{}) {
		s.known[one.name] = true
	}
	return s
}

// Options make a kong parser ask s, and say in its help which variable stands
// for which flag.
func (s *Source) Options() []kong.Option {
	return []kong.Option{kong.Resolvers(s), kong.ValueFormatter(s.help)}
}

func (s *Source) help(v *kong.Value) string {
	if v.Flag == nil || !s.known[v.Name] {
		return v.Help
	}
	return fmt.Sprintf("%s ($%s%s)", v.Help, prefix, variable(v.Name))
}

// variable is the name in the environment, without the prefix.
func variable(name string) string { return strings.ToUpper(key(name)) }

// key is the name in a file.
func key(name string) string { return strings.ReplaceAll(name, "-", "_") }

// Validate does nothing: Complete reports what is wrong, because there the
// error is not taken for one of a flag. It is there for kong.Resolver.
func (s *Source) Validate(*kong.Application) error { return nil }

// Resolve gives the value of a flag that is not on the command line, nil if
// there is none. It is there for kong.Resolver.
func (s *Source) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if !s.read {
		s.read = true
		s.begin(ctx)
	}
	if !s.known[flag.Name] {
		return nil, nil
	}
	text, origin, ok := s.find(flag.Name)
	if !ok {
		return nil, nil
	}
	s.origins[flag.Name] = origin
	// kong would blame the flag for a value that cannot be read.
	if u, ok := reflect.New(flag.Target.Type()).Interface().(encoding.TextUnmarshaler); ok {
		if err := u.UnmarshalText([]byte(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", origin, err)
		}
	}
	return text, nil
}

func (s *Source) find(name string) (text, origin string, ok bool) {
	if text, ok := s.environ[variable(name)]; ok {
		return text, prefix + variable(name), true
	}
	e, ok := s.file[name]
	return e.text, e.origin, ok
}

// begin notes the flags on the command line and reads the file.
func (s *Source) begin(ctx *kong.Context) {
	path := s.environ[variable("config")]
	for _, p := range ctx.Path {
		if p.Flag == nil {
			continue
		}
		s.origins[p.Flag.Name] = "--" + p.Flag.Name
		if given, ok := ctx.FlagValue(p.Flag).(string); ok && p.Flag.Name == "config" {
			path = given
		}
	}
	if path != "" {
		s.file, s.err = readFile(path, s.known)
	}
}

// linked matches what Kubernetes puts into a container for each Service, which
// may well be called opengather
// (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
var linked = regexp.MustCompile(`^(.*_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

// strangers are errors for variables that look like settings and are none.
// Those beginning OPENGATHER_TEST_ belong to tests.
func (s *Source) strangers() []error {
	var out []error
	for _, name := range slices.Sorted(maps.Keys(s.environ)) {
		asName := strings.ReplaceAll(strings.ToLower(name), "_", "-")
		if s.known[asName] || strings.HasPrefix(name, "TEST_") || linked.MatchString(name) {
			continue
		}
		near := ""
		if n := nearest(asName, s.known); n != "" {
			near = prefix + variable(n)
		}
		out = append(out, unknown(prefix+name, near))
	}
	return out
}

func unknown(what, near string) error {
	if near == "" {
		return fmt.Errorf("%s is no setting; \"opengather config describe\" lists them all", what)
	}
	return fmt.Errorf("%s is no setting; do you mean %s?", what, near)
}
