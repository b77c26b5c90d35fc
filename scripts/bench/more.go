package main

import "fmt"

// more are the parts of the report that stand behind the pages.
func (r report) more(p plan, put printer) {
	for _, x := range []struct {
		part string
		say  func(put printer)
	}{{"search", r.asked}, {"upload", r.uploaded}, {"photos", r.pictured}, {"live", r.heard}} {
		if p.measures(x.part) {
			x.say(put)
		}
	}
}

func (r report) asked(put printer) {
	put("\nThe search, as a member, while somebody reacts to a post now and then. \"Of home\" is a ratio to Home, loaded in the same way just before.\n")
	put("| database | asked for | bytes | requests/s | of home | p99 | CPU a request | of home | failed |")
	put("|---|---|--:|--:|--:|--:|--:|--:|--:|")
	for _, e := range r.engines {
		for _, l := range e.search {
			put("| %s | %s |", e.name, e.beside(l))
		}
	}
}

func (r report) uploaded(put printer) {
	put("\nA JPEG of 12 megapixels, from its first byte until all its sizes are served; \"by hand\" is decoding and encoding the same file with Go's standard library in the same run.\n")
	put("| database | bytes | by hand | posted and served | of by hand | CPU of the server | of by hand |")
	put("|---|--:|--:|--:|--:|--:|--:|")
	for _, e := range r.engines {
		put("| %s | %s |", e.name, e.uploads.cells())
	}
}

func (u upload) cells() string {
	bare := float64(max(1, u.bare))
	return fmt.Sprintf("%.1f MB | %s | %s | %.2f | %s | %.2f", float64(u.bytes)/1e6, milliseconds(u.bare),
		milliseconds(u.ready), float64(u.ready)/bare, milliseconds(u.cpu), float64(u.cpu)/bare)
}

func (r report) pictured(put printer) {
	put("\nPages of a member that are full of photos, %d in each of the last %d posts.\n", photosOfAPost, postsOfPhotos)
	put("| database | page | as | bytes | requests/s | of bare | p99 | CPU a request | of bare | failed |")
	put("|---|---|---|--:|--:|--:|--:|--:|--:|--:|")
	for _, e := range r.engines {
		for _, l := range e.album {
			put("| %s | %s |", e.name, r.page(l))
		}
	}
}

func (r report) heard(put printer) {
	put("\nPeople who have one thread open while somebody replies in it. \"Of nobody\" is a ratio to the same replies while nobody reads. Who has heard of something hears of the next two seconds later at the earliest; each reply is said when all have heard of the one before.\n")
	put("| database | readers | replies | CPU for 100 of them | of nobody | until the last has heard | RSS before | RSS with them |")
	put("|---|---|--:|--:|--:|--:|--:|--:|")
	for _, e := range r.engines {
		for _, a := range e.live {
			put("| %s | %s |", e.name, a.cells(e.live[0]))
		}
	}
}
