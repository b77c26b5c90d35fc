package config

import (
	"fmt"
	"reflect"
	"strings"
)

// setting is one field of Config as people see it.
type setting struct {
	name     string
	help     string
	standard string
	value    string
}

func settings(c *Config) []setting {
	v := reflect.ValueOf(c).Elem()
	var out []setting
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		if name := tag.Get("name"); name != "" {
			out = append(out, setting{
				name: name, help: tag.Get("help"), standard: tag.Get("default"),
				value: fmt.Sprint(v.Field(i).Interface()),
			})
		}
	}
	return out
}

// Describe lists every setting: its three names, what it means, its default,
// the value in force and where that came from. Secrets are not shown.
func (c *Config) Describe() string {
	var b strings.Builder
	for i, s := range settings(c) {
		if i > 0 {
			b.WriteByte('\n')
		}
		inFile := "file " + key(s.name)
		if s.name == "config" {
			inFile = "not in a file"
		}
		origin := c.origins[s.name]
		if origin == "" {
			origin = "the default"
		}
		fmt.Fprintf(&b, "--%s   %s%s   %s\n", s.name, prefix, variable(s.name), inFile)
		fmt.Fprintf(&b, "    %s\n", s.help)
		fmt.Fprintf(&b, "    default: %s\n", orNothing(s.standard))
		fmt.Fprintf(&b, "    now:     %s, from %s\n", orNothing(s.value), origin)
	}
	return b.String()
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}
