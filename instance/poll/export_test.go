package poll

import "context"

// Tags are what tells of a voter in the urn of a poll, and the key to it, for tests
// that look for them where they must not be.
func (o *Operations) Tags(ctx context.Context, folder string, members ...string) (all [][]byte, err error) {
	k, err := o.key(ctx, folder)
	all = append(all, k.secret)
	for _, m := range members {
		v := k.voter(m)
		all = append(all, v[:])
	}
	return all, err
}

// Opens reports whether a key opens an urn.
func Opens(secret []byte, post string, sealed []byte) bool {
	_, err := open(Key{secret: secret}, post, sealed)
	return err == nil
}
