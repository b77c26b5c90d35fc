package look

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/opengather/opengather/instance/notices"
)

//go:embed static
var staticFiles embed.FS

// File is an asset ready to send: its URL holds a hash of its content, so it may
// be kept for ever (RFC 8246, immutable).
type File struct {
	Body []byte
	// Gzip is Body compressed; nil where that saves nothing.
	Gzip []byte
	// Type is the value of Content-Type, ETag that of ETag.
	Type, ETag string
}

// Files are all assets by the path under which they are served, such as
// "/static/app.0123456789ab.css". The map is built once and must not be changed.
func Files() map[string]File { return assets().files }

// URL is the path of an asset by its plain name: "app.css", "app.js", "htmx.js",
// "icon.svg", "licenses.txt" or the name of a file in static/modules. It panics
// at a name that does not exist, since names are written in the source.
func URL(name string) string {
	url, ok := assets().urls[name]
	if !ok {
		panic("look: there is no asset named " + name)
	}
	return url
}

type assetSet struct {
	files map[string]File
	urls  map[string]string
}

var assets = sync.OnceValue(func() assetSet {
	set := assetSet{files: map[string]File{}, urls: map[string]string{}}
	set.add("app.css", squeezeCSS(joined("static/css/tokens.css", "static/css/base.css", "static/css/*.css")))
	set.add("app.js", scoped("static/js/*.js"))
	set.add("compose.js", scoped("static/compose/*.js"))
	set.add("emoji.txt", joined("static/emoji.txt"))
	set.add("htmx.js", joined("static/vendor/htmx-*.js"))
	set.add("icon.svg", joined("static/icon.svg"))
	set.add("icons.svg", sprite())
	set.add("licenses.txt", append(joined("static/LICENSES.txt"), notices.Texts...))
	for _, name := range matches("static/modules/*.js") {
		set.add(path.Base(name), joined(name))
	}
	return set
})

func (s assetSet) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:6])
	stem, ext := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	url := "/static/" + stem + "." + hash + ext
	s.files[url] = File{Body: body, Gzip: compressed(body), Type: contentTypes[ext], ETag: `"` + hash + `"`}
	s.urls[name] = url
}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
}

func compressed(body []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(body)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(fmt.Sprintf("look: compress an asset: %v", err))
	}
	if b.Len() >= len(body) {
		return nil
	}
	return b.Bytes()
}

// matches lists the embedded files for each pattern in turn, every file once.
func matches(patterns ...string) []string {
	var names []string
	seen := map[string]bool{}
	for _, pattern := range patterns {
		found, err := fs.Glob(staticFiles, pattern)
		if err != nil {
			panic(fmt.Sprintf("look: list %s: %v", pattern, err))
		}
		for _, name := range found {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

func read(name string) []byte {
	body, err := staticFiles.ReadFile(name)
	if err != nil {
		panic(fmt.Sprintf("look: read %s: %v", name, err))
	}
	return body
}

func joined(patterns ...string) []byte {
	var b bytes.Buffer
	for _, name := range matches(patterns...) {
		b.Write(read(name))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// scoped joins scripts into one, each in a block of its own so that their names
// do not meet. They may neither import nor export.
func scoped(patterns ...string) []byte {
	var b bytes.Buffer
	for _, name := range matches(patterns...) {
		b.WriteString("{\n")
		b.Write(read(name))
		b.WriteString("}\n")
	}
	return b.Bytes()
}
