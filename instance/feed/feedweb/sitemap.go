package feedweb

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
)

// The map of the site is for search engines (sitemaps.org): it says what strangers
// read, and when that changed. Where a stranger reads nothing there is none.

// maxMap is how many addresses are in a file; with more there is a list of files.
const maxMap = 50_000

const (
	mapPath   = "/sitemap.xml"
	mapType   = "application/xml; charset=utf-8"
	mapSchema = "http://www.sitemaps.org/schemas/sitemap/0.9"
)

// stop is an address on the map.
type stop struct {
	path string
	// changed is zero where nothing was said yet.
	changed time.Time
}

// sitemap serves the map, or a part of it, and the list of the parts where there
// are several. It is read as a stranger whoever asks.
func (h *Handler) sitemap(r *web.Request) error {
	if err := h.Feeds.Public(r.Network()); err != nil {
		return err
	}
	if r.Community.Face != community.Open {
		return fault.Missing()
	}
	threads, err := h.Posts.Map(r.Ctx(), access.Stranger())
	if err != nil {
		return err
	}
	spaces, err := h.Spaces.List(r.Ctx(), access.Stranger())
	if err != nil {
		return err
	}
	body, err := drawMap(r.Origin(), stops(spaces, threads, r.Community.Location()), r.QueryParam("part"), maxMap)
	if err != nil {
		return err
	}
	if r.Unchanged(tagOf(body)) {
		return r.NoContent(http.StatusNotModified)
	}
	return r.Blob(http.StatusOK, mapType, body)
}

// robots tells search engines where the map is.
func (h *Handler) robots(r *web.Request) error {
	if r.Community.Face != community.Open {
		return fault.Missing()
	}
	return r.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte("User-agent: *\nDisallow:\n\nSitemap: "+r.Origin()+mapPath+"\n"))
}

// stops are the front page, the public spaces, the months in which something was
// said, of all and of each space, and the threads. A page with a list changed when
// something in it did.
func stops(spaces []space.Listed, threads []post.Mapped, zone *time.Location) []stop {
	all, at := []stop{{path: "/"}}, map[string]int{"/": 0}
	paths := map[string]string{}
	for _, s := range spaces {
		if s.Visibility == space.Public {
			paths[s.ID], at[s.Path()] = s.Path(), len(all)
			all = append(all, stop{path: s.Path()})
		}
	}
	for _, t := range threads {
		month := "/months/" + t.CreatedAt.In(zone).Format("2006-01")
		lists := []string{"/", month}
		if in, ok := paths[t.SpaceID]; ok {
			lists = append(lists, in, in+month)
		}
		for _, path := range lists {
			i, known := at[path]
			if !known {
				i, at[path] = len(all), len(all)
				all = append(all, stop{path: path})
			}
			if t.ChangedAt.After(all[i].changed) {
				all[i].changed = t.ChangedAt
			}
		}
	}
	for _, t := range threads {
		all = append(all, stop{post.Post{ID: t.ID}.Path(), t.ChangedAt})
	}
	return all
}

type mapEntry struct {
	Address string `xml:"loc"`
	Changed string `xml:"lastmod,omitempty"`
}

type mapFile struct {
	XMLName xml.Name   `xml:"urlset"`
	Schema  string     `xml:"xmlns,attr"`
	Entries []mapEntry `xml:"url"`
}

type mapList struct {
	XMLName xml.Name   `xml:"sitemapindex"`
	Schema  string     `xml:"xmlns,attr"`
	Entries []mapEntry `xml:"sitemap"`
}

// drawMap writes a map with at most so many addresses in a file. Of more it writes
// the part that is asked for, from 1, and the list of the parts if none is.
func drawMap(origin string, all []stop, part string, most int) ([]byte, error) {
	parts := (len(all) + most - 1) / most
	n, err := strconv.Atoi(part)
	switch {
	case part == "" && parts == 1:
		return writeMap(mapFile{Schema: mapSchema, Entries: entries(origin, all)})
	case part == "":
		return writeMap(mapList{Schema: mapSchema, Entries: entries(origin, files(all, parts, most))})
	case err != nil || n < 1 || n > parts || parts == 1 || part != strconv.Itoa(n):
		return nil, fault.Missing()
	}
	return writeMap(mapFile{Schema: mapSchema, Entries: entries(origin, all[(n-1)*most:min(n*most, len(all))])})
}

// files are the parts of a map.
func files(all []stop, parts, most int) (list []stop) {
	for n := range parts {
		s := stop{path: mapPath + "?part=" + strconv.Itoa(n+1)}
		for _, x := range all[n*most : min((n+1)*most, len(all))] {
			if x.changed.After(s.changed) {
				s.changed = x.changed
			}
		}
		list = append(list, s)
	}
	return list
}

func entries(origin string, all []stop) []mapEntry {
	list := make([]mapEntry, len(all))
	for i, s := range all {
		list[i].Address = origin + s.path
		if !s.changed.IsZero() {
			list[i].Changed = stamp(s.changed)
		}
	}
	return list
}

func writeMap(m any) ([]byte, error) {
	body, err := xml.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write the map: %w", err)
	}
	return append([]byte(xml.Header), body...), nil
}
