package blob

import (
	"context"
	"io"

	"github.com/minio/minio-go/v7"
)

// remote is an object in a bucket that is being read, with the errors of a
// Store. Nothing is read before the first Read. A Seek that moves costs a
// request at the next one, from there to the end: whoever stops before closes
// the connection.
type remote struct {
	ctx      context.Context
	bucket   *Bucket
	object   *minio.Object
	at, size int64
}

// Read demands as many bytes as the object has: minio-go trusts the length in
// the answer, which may have none (it ends with the connection or is chunked).
func (r *remote) Read(p []byte) (int, error) {
	n, err := r.object.Read(p)
	r.at += int64(n)
	if err == io.EOF && r.at < r.size { //nolint:errorlint // readers give the bare value
		err = io.ErrUnexpectedEOF
	}
	if err == nil || err == io.EOF { //nolint:errorlint // as above
		return n, err
	}
	return n, r.bucket.failed(r.ctx, err)
}

// Seek is io.Seeker's.
func (r *remote) Seek(offset int64, whence int) (int64, error) {
	at, err := r.object.Seek(offset, whence)
	if err == nil {
		r.at = at
	}
	return at, err
}

// Close is io.Closer's.
func (r *remote) Close() error { return r.object.Close() }
