package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/minio/minio-go/v7"
)

// Put is that of Store. What fits into one part goes in one request, more in an
// upload of many parts, of which nothing is seen before it is completed, and
// which is aborted on an error.
func (b *Bucket) Put(ctx context.Context, key string, r io.Reader, limit int64) (Written, error) {
	if err := checkKey(key); err != nil {
		return Written{}, err
	}
	m := newMeter(ctx, r, limit)
	var head bytes.Buffer
	_, err := io.CopyN(&head, m, partSize)
	switch {
	case errors.Is(err, io.EOF):
		err = b.send(ctx, key, bytes.NewReader(head.Bytes()), int64(head.Len()))
	case err == nil:
		err = b.send(ctx, key, io.MultiReader(&head, m), -1)
	}
	if err != nil {
		return Written{}, m.failed(err)
	}
	return m.written(), nil
}

// send puts so many bytes, -1 for as many as there are.
func (b *Bucket) send(ctx context.Context, key string, r io.Reader, size int64) error {
	_, err := b.s3.Client.PutObject(ctx, b.name, key, r, size, minio.PutObjectOptions{
		ContentType: "application/octet-stream", // a bucket that is open by mistake shows nothing
		PartSize:    partSize,
		// Of all ways to have the store check what arrives, every server knows
		// this one.
		SendContentMd5: true,
	})
	return err
}

// Sweep is that of Store.
func (b *Bucket) Sweep(ctx context.Context, before time.Time) error {
	var key, id string
	for {
		page, err := b.s3.ListMultipartUploads(ctx, b.name, "", key, id, "", 1000)
		if err != nil {
			return b.failed(ctx, err)
		}
		for _, u := range page.Uploads {
			if checkKey(u.Key) != nil || !u.Initiated.Before(before) {
				continue
			}
			err := b.s3.AbortMultipartUpload(ctx, b.name, u.Key, u.UploadID)
			if err != nil && minio.ToErrorResponse(err).Code != minio.NoSuchUpload {
				return b.failed(ctx, err)
			}
		}
		if !page.IsTruncated {
			return nil
		}
		key, id = page.NextKeyMarker, page.NextUploadIDMarker
	}
}
