package look

import "bytes"

// squeezeCSS leaves out comments and indentation of our own stylesheets. It
// does not parse CSS: none of ours has a comment or a line break in a string.
func squeezeCSS(css []byte) []byte {
	var out bytes.Buffer
	for {
		before, rest, found := bytes.Cut(css, []byte("/*"))
		out.Write(before)
		if !found {
			break
		}
		_, css, _ = bytes.Cut(rest, []byte("*/"))
	}
	lines := bytes.Split(out.Bytes(), []byte("\n"))
	var squeezed bytes.Buffer
	for _, line := range lines {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			squeezed.Write(line)
			squeezed.WriteByte('\n')
		}
	}
	return squeezed.Bytes()
}
