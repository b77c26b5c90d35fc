package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/s3utils"
	"github.com/opengather/opengather/instance/internal/fetch"
)

const (
	// partSize is what an upload holds in memory, up to three times: 5 MiB is
	// the least that S3 takes for a part of many. With 10,000 parts an object
	// has at most 48 GiB.
	partSize = 5 << 20
	// attempts is how often a request is made before the store counts as down:
	// more would keep somebody waiting who can be told.
	attempts = 3
	// patience is how long the store may take to begin its answer after it has
	// the whole request.
	patience = time.Minute
)

// BucketOptions say where a bucket is. All but Region are required.
type BucketOptions struct {
	Endpoint  string // https://s3.example.org, or http:// in one's own network
	Bucket    string
	Region    string // empty means us-east-1, which servers without regions take
	AccessKey string
	SecretKey string
}

// Bucket is a Store in a bucket of S3 or of what speaks like it. Addresses have
// the bucket in their path. Objects in it whose names are no keys are left
// alone. It must not keep versions: what is deleted there would stay.
//
// It speaks through minio-go, which knows the servers' ways and costs 2.7 MB of
// binary and about as much memory of every process (linux/amd64).
type Bucket struct {
	s3   *minio.Core
	name string
}

// NewBucket leads through the door to a bucket that exists. It asks nobody, so
// that a community starts while its store is down; an error is one of the
// options.
func NewBucket(door *fetch.Door, o BucketOptions) (*Bucket, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.Path != "" && u.Path != "/" {
		// The parser's error could show what is secret.
		return nil, errors.New("the endpoint of the media store is not an address such as https://s3.example.org")
	}
	if err := s3utils.CheckValidBucketName(o.Bucket); err != nil {
		return nil, fmt.Errorf("read the bucket of the media store: %w", err)
	}
	if o.AccessKey == "" || o.SecretKey == "" {
		return nil, errors.New("the media store needs an access key and a secret key")
	}
	hostport := u.Host
	if u.Port() == "" {
		hostport += map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	}
	dialer, err := door.Named(fetch.Storage, hostport)
	if err != nil {
		return nil, err
	}
	transport := dialer.Transport()
	transport.ResponseHeaderTimeout = patience
	transport.IdleConnTimeout = patience
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	s3, err := minio.NewCore(u.Host, &minio.Options{
		Creds:        credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""),
		Secure:       u.Scheme == "https",
		Transport:    transport,
		Region:       o.Region, // asked for otherwise
		BucketLookup: minio.BucketLookupPath,
		MaxRetries:   attempts,
	})
	if err != nil {
		return nil, fmt.Errorf("read the options of the media store: %w", err)
	}
	return &Bucket{s3: s3, name: o.Bucket}, nil
}

// Stat is that of Store.
func (b *Bucket) Stat(ctx context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	o, err := b.s3.StatObject(ctx, b.name, key, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, b.failed(ctx, err)
	}
	return Info{Key: key, Size: o.Size, Modified: o.LastModified}, nil
}

// Open is that of Store.
func (b *Bucket) Open(ctx context.Context, key string) (io.ReadSeekCloser, Info, error) {
	if err := checkKey(key); err != nil {
		return nil, Info{}, err
	}
	o, err := b.s3.Client.GetObject(ctx, b.name, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, Info{}, b.failed(ctx, err)
	}
	stat, err := o.Stat()
	if err != nil {
		return nil, Info{}, errors.Join(b.failed(ctx, err), o.Close())
	}
	return &remote{ctx: ctx, bucket: b, object: o, size: stat.Size}, Info{Key: key, Size: stat.Size, Modified: stat.LastModified}, nil
}

// Delete is that of Store.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	err := b.s3.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{})
	if err == nil {
		return nil
	}
	if err = b.failed(ctx, err); errors.Is(err, ErrMissing) {
		return nil
	}
	return err
}

// List is that of Store.
func (b *Bucket) List(ctx context.Context, prefix, after string, limit int) ([]Info, error) {
	if err := checkPage(prefix, after, limit); err != nil {
		return nil, err
	}
	owner := false
	var page []Info
	for o := range b.s3.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{
		Prefix: prefix, StartAfter: after, MaxKeys: min(limit, 1000), Recursive: true, FetchOwner: &owner,
	}) {
		if o.Err != nil {
			return nil, b.failed(ctx, o.Err)
		}
		if checkKey(o.Key) != nil {
			continue
		}
		if page = append(page, Info{Key: o.Key, Size: o.Size, Modified: o.LastModified}); len(page) == limit {
			return page, nil
		}
	}
	// A context that ends between two pages ends the list without a word.
	return page, ctx.Err()
}

// failed says what an error of the client means. A missing object is believed
// only of a bucket that is there: in the answer to HEAD both look the same, and
// a row whose object seems to be gone may be thrown away.
func (b *Bucket) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if minio.ToErrorResponse(err).Code != minio.NoSuchKey {
		return unavailable(err)
	}
	there, asked := b.s3.BucketExists(ctx, b.name)
	if there {
		return ErrMissing
	}
	return unavailable(errors.Join(err, asked))
}
