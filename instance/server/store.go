package server

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/media"
)

// openMedia opens the store of photos: a bucket, if the operator named one, else
// the data directory. Photos on their way in are always there.
func (p *Program) openMedia() error {
	incoming := filepath.Join(p.Config.Data, "incoming")
	if err := os.MkdirAll(incoming, 0o700); err != nil {
		return fmt.Errorf("make the directory for what comes in: %w", err)
	}
	store, err := p.store()
	if err != nil {
		return err
	}
	p.Media = &media.Operations{DB: p.DB, Store: store, Incoming: incoming, Press: &p.Communities.Pictures}
	return nil
}

func (p *Program) store() (blob.Store, error) {
	c := p.Config
	if c.S3Endpoint == "" {
		return blob.OpenDirectory(filepath.Join(c.Data, "media"))
	}
	return blob.NewBucket(p.Door, blob.BucketOptions{
		Endpoint: c.S3Endpoint, Bucket: c.S3Bucket, Region: c.S3Region, AccessKey: c.S3AccessKey, SecretKey: string(c.S3SecretKey),
	})
}
