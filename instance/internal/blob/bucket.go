package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/s3utils"
	"github.com/opengather/opengather/instance/internal/fetch"
)

const (
	// attempts is how often a request is made: more would keep somebody waiting
	// who can be told that the store is down.
	attempts = 2
	// patience is how long the store may take to begin its answer after it has
	// the whole request.
	patience = 30 * time.Second
	// idle is how many connections are kept for what comes next.
	idle = 16
)

// BucketOptions say where a bucket is. All are required.
type BucketOptions struct {
	Endpoint  string // https://s3.example, or http:// in one's own network
	Bucket    string
	Region    string // us-east-1 for servers without regions
	AccessKey string
	SecretKey string
	// Prefix is what all names begin with, such as "urns/", so that two stores can
	// be in one bucket; usually empty.
	Prefix string
}

// Bucket is a Store in a bucket of S3 or of what speaks like it. Addresses have
// the bucket in their path. What has other names than ours is left alone. It must
// not keep versions: what is deleted there would stay.
//
// A file goes there in one request, so that nothing is left of one that breaks
// off, and has at most 5 GiB (S3, PutObject).
//
// It speaks through minio-go, which knows the servers' ways. That costs 3.5 MB of
// binary and 2 MB of memory of every process (linux/amd64).
type Bucket struct {
	s3           *minio.Core
	name, prefix string
}

// NewBucket leads through the door to a bucket that exists. It asks nobody, so
// that a community starts while its store is down; an error is one of the
// options.
func NewBucket(door *fetch.Door, o BucketOptions) (*Bucket, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.Path != "" && u.Path != "/" {
		// The parser's error could show what is secret.
		return nil, errors.New("the endpoint of the media store is not https:// or http:// and a host")
	}
	if err := s3utils.CheckValidBucketName(o.Bucket); err != nil {
		return nil, fmt.Errorf("read the bucket of the media store: %w", err)
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
	// A page with many photos asks for many at once. Each new connection is
	// written down, so they are kept for the next page.
	transport.MaxIdleConnsPerHost, transport.IdleConnTimeout = idle, 5*time.Minute
	s3, err := minio.NewCore(u.Host, &minio.Options{
		Creds:        credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""),
		Secure:       u.Scheme == "https",
		Transport:    transport,
		Region:       o.Region,
		BucketLookup: minio.BucketLookupPath,
		MaxRetries:   attempts,
	})
	if err != nil {
		return nil, fmt.Errorf("read the options of the media store: %w", err)
	}
	return &Bucket{s3: s3, name: o.Bucket, prefix: o.Prefix}, nil
}

// Put is that of Store.
func (b *Bucket) Put(ctx context.Context, key string, size int64, r io.ReaderAt) error {
	if _, err := folderOf(key); err != nil {
		return err
	}
	if err := checkEnd(r, size); err != nil {
		return err
	}
	var err error
	for range attempts {
		if err = b.send(ctx, key, size, r); !errors.Is(err, ErrDown) {
			break
		}
	}
	return err
}

func (b *Bucket) send(ctx context.Context, key string, size int64, r io.ReaderAt) error {
	_, err := b.s3.Client.PutObject(ctx, b.name, b.prefix+key, newSource(ctx, size, r), size, minio.PutObjectOptions{
		ContentType:      "application/octet-stream", // a bucket that is open by mistake shows nothing
		DisableMultipart: true,
		// Over http minio-go sends a signed end even of nothing, and a server that
		// reads no body takes that for the next request.
		DisableContentSha256: size == 0,
	})
	if err != nil {
		return putFailed(ctx, err)
	}
	return nil
}

// Open is that of Store.
func (b *Bucket) Open(ctx context.Context, key string) (File, error) {
	if _, err := folderOf(key); err != nil {
		return nil, err
	}
	o, err := b.s3.StatObject(ctx, b.name, b.prefix+key, minio.StatObjectOptions{})
	if err != nil {
		return nil, b.failed(ctx, err)
	}
	return &remote{ctx: ctx, bucket: b, key: b.prefix + key, etag: o.ETag, size: o.Size}, nil
}

// Delete is that of Store.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if _, err := folderOf(key); err != nil {
		return err
	}
	return b.remove(ctx, b.prefix+key)
}

func (b *Bucket) remove(ctx context.Context, name string) error {
	err := b.s3.RemoveObject(ctx, b.name, name, minio.RemoveObjectOptions{})
	if err == nil {
		return nil
	}
	// S3 calls it done when there is none, others do not.
	if err = b.failed(ctx, err); errors.Is(err, ErrNone) {
		return nil
	}
	return err
}

// Drop is that of Store.
func (b *Bucket) Drop(ctx context.Context, folder string) error {
	if err := checkFolder(folder); err != nil {
		return err
	}
	return b.list(ctx, b.prefix+folder+"/", func(o minio.ObjectInfo) error { return b.remove(ctx, o.Key) })
}

// Each is that of Store.
func (b *Bucket) Each(ctx context.Context, fn func(folder string, at time.Time) error) error {
	var last string
	var at time.Time
	// The files of a folder come one after the other.
	err := b.list(ctx, b.prefix, func(o minio.ObjectInfo) (err error) {
		folder, _, inside := strings.Cut(strings.TrimPrefix(o.Key, b.prefix), "/")
		if !inside || checkFolder(folder) != nil {
			return nil
		}
		if folder == last {
			at = later(at, o.LastModified)
			return nil
		}
		if last != "" {
			err = fn(last, at)
		}
		last, at = folder, o.LastModified
		return err
	})
	if err != nil || last == "" {
		return err
	}
	return fn(last, at)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// list calls fn for each object, in the order of their names.
func (b *Bucket) list(ctx context.Context, prefix string, fn func(minio.ObjectInfo) error) error {
	owner := false
	for o := range b.s3.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true, FetchOwner: &owner}) {
		if o.Err != nil {
			return b.failed(ctx, o.Err)
		}
		if err := fn(o); err != nil {
			return err
		}
	}
	// A context that ends between two pages ends the list without a word.
	return ctx.Err()
}

// failed says what an error of the client means. That a file is missing is
// believed only of a bucket that is there: in the answer to HEAD both look the
// same, and a row whose file seems to be gone may be thrown away.
func (b *Bucket) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if minio.ToErrorResponse(err).Code != minio.NoSuchKey {
		return down(err)
	}
	there, asked := b.s3.BucketExists(ctx, b.name)
	if there {
		return ErrNone
	}
	return down(errors.Join(err, asked))
}
