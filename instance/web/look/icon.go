package look

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/a-h/templ"
)

//go:embed icons/*.svg
var iconFiles embed.FS

// icons holds the drawing inside each <svg>, by the file's name without ".svg".
var icons = sync.OnceValue(func() map[string]string {
	names, err := fs.Glob(iconFiles, "icons/*.svg")
	if err != nil {
		panic(fmt.Sprintf("look: list the icons: %v", err))
	}
	drawings := make(map[string]string, len(names))
	for _, name := range names {
		body, err := iconFiles.ReadFile(name)
		if err != nil {
			panic(fmt.Sprintf("look: read the icon %s: %v", name, err))
		}
		key := strings.TrimSuffix(strings.TrimPrefix(name, "icons/"), ".svg")
		drawings[key] = drawing(string(body))
	}
	return drawings
})

// drawing cuts the shapes out of an icon file: comment and <svg> tag go, since
// size and stroke come from our stylesheet.
func drawing(svg string) string {
	_, svg, _ = strings.Cut(svg, "<svg")
	_, svg, _ = strings.Cut(svg, ">")
	svg, _, _ = strings.Cut(svg, "</svg>")
	return strings.ReplaceAll(strings.Join(strings.Fields(svg), " "), "> <", "><")
}

// mirrored are the icons that point along the line of reading and so turn round
// in a language written from right to left.
var mirrored = map[string]bool{
	"arrow-left": true, "arrow-right": true, "chevron-left": true, "chevron-right": true,
	"reply": true, "log-in": true, "log-out": true, "external-link": true,
}

// Icon draws one of icons/*.svg in the colour of the text around it. It is
// hidden from screen readers: words beside it, or an aria-label on the button
// around it, say what it means. An unknown name is an error of the page. All
// icons come in one file that the browser keeps, so that a long thread does not
// carry the same drawing a hundred times.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		tag, ok := iconTags()[name]
		if !ok {
			return fmt.Errorf("draw an icon: there is no icons/%s.svg", name)
		}
		_, err := io.WriteString(w, tag)
		return err
	})
}

// iconTags is what stands in a page for each icon.
var iconTags = sync.OnceValue(func() map[string]string {
	tags := make(map[string]string, len(icons()))
	for name := range icons() {
		class := "icon"
		if mirrored[name] {
			class = "icon icon-mirrored"
		}
		tags[name] = `<svg class="` + class + `" width="20" height="20" fill="none" aria-hidden="true"><use href="` + URL("icons.svg") + "#" + name + `"/></svg>`
	}
	return tags
})

// sprite is the file that holds all icons.
func sprite() []byte {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	for _, name := range slices.Sorted(maps.Keys(icons())) {
		b.WriteString(`<symbol id="` + name + `" viewBox="0 0 24 24" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">` + icons()[name] + `</symbol>`)
	}
	b.WriteString("</svg>")
	return []byte(b.String())
}
