package main

import (
	"context"
	"fmt"
)

// photos are so many as a post may well have, and posts so many as Home shows.
const (
	photosOfAPost = 4
	postsOfPhotos = 10
)

// album loads pages that are full of photos, and one of their copies.
func (b *bench) album(ctx context.Context, s *server, c community, e *engine) error {
	b.say("%s: post photos", e.name)
	var err error
	files := make([][]byte, photosOfAPost)
	for i := range files { // each another one
		if files[i], err = drawn(1200, 900, uint32(i)); err != nil {
			return err
		}
	}
	var posted [2]string
	for range postsOfPhotos {
		form, err := c.composer(ctx, s)
		if err != nil {
			return err
		}
		if posted, err = c.postsPhotos(ctx, s, form, files...); err != nil {
			return err
		}
	}
	page, _, err := c.ask(ctx, s, c.home, "", nil)
	if err == nil && len(sizesIn(page)) == 0 {
		err = fmt.Errorf("%s shows no photo", c.home)
	}
	if err != nil {
		return err
	}
	for _, t := range []target{{name: "home", path: c.home}, {name: "thread", path: posted[0]}, {name: "a copy of a photo", path: posted[1]}} {
		t.who, t.cookie, t.readers = "member", c.cookie, 16
		b.say("%s: %s, with photos", e.name, t.name)
		l, err := b.load(ctx, s, t)
		if err != nil {
			return fmt.Errorf("load %s: %w", t.name, err)
		}
		e.album = append(e.album, l)
	}
	return nil
}
