package server

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/opengather/opengather/instance/doctor"
	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/poll"
)

// openMedia opens the store of photos: a bucket, if the operator named one, else
// the data directory. Photos on their way in are always there.
func (p *Program) openMedia() error {
	incoming := filepath.Join(p.Config.Data, "incoming")
	if err := os.MkdirAll(incoming, 0o700); err != nil {
		return fmt.Errorf("make the directory for what comes in: %w", err)
	}
	store, err := p.store("media")
	if err != nil {
		return err
	}
	p.Media = &media.Operations{DB: p.DB, Store: store, Incoming: incoming, Press: &p.Communities.Pictures}
	if p.Config.S3Endpoint == "" {
		p.Media.Free = func() (uint64, error) { return doctor.Free(p.Config.Data) }
	}
	return nil
}

// openPolls opens the store of the keys of secret polls, which is in no copy. On
// PostgreSQL there may be several processes: without a bucket, which they share,
// each would have keys of its own and take the others' for lost.
func (p *Program) openPolls() (err error) {
	p.Polls = &poll.Operations{DB: p.DB, Keys: p.Keys}
	if p.Config.Database == "" || p.Config.S3Endpoint != "" {
		p.Polls.Urns, err = p.store(urns)
	}
	return err
}

// urns is the directory of keys, and in a bucket what their names begin with.
const urns = "urns"

func (p *Program) store(name string) (blob.Store, error) {
	c := p.Config
	if c.S3Endpoint == "" {
		return blob.OpenDirectory(filepath.Join(c.Data, name))
	}
	prefix := ""
	if name == urns {
		prefix = urns + "/"
	}
	return blob.NewBucket(p.Door, blob.BucketOptions{
		Endpoint: c.S3Endpoint, Bucket: c.S3Bucket, Region: c.S3Region, AccessKey: c.S3AccessKey, SecretKey: string(c.S3SecretKey), Prefix: prefix,
	})
}
