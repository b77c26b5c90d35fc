package main

import (
	"io"
	"strings"
	"testing"
)

func TestASkippedTestIsAFailure(t *testing.T) {
	for _, test := range []struct {
		name, events   string
		passed, failed int
	}{
		{"a pass", `{"Action":"pass","Package":"p","Test":"TestA"}`, 1, 0},
		{"a failure", `{"Action":"fail","Package":"p","Test":"TestA"}`, 0, 1},
		{"a skip", `{"Action":"skip","Package":"p","Test":"TestA"}`, 0, 1},
		{"a package without tests", `{"Action":"skip","Package":"p"}`, 0, 0},
		{"a package that does not build", `{"Action":"fail","Package":"p"}`, 0, 1},
		{"words of the go command", "go: downloading", 0, 0},
	} {
		got, err := read(strings.NewReader(test.events+"\n"), io.Discard)
		if err != nil || got.passed != test.passed || got.failed != test.failed {
			t.Errorf("%s: %d passed, %d failed, %v; want %d, %d", test.name, got.passed, got.failed, err, test.passed, test.failed)
		}
	}
}
