package blob

import (
	"context"
	"errors"
	"io"

	"github.com/minio/minio-go/v7"
)

// remote is a file in a bucket that is being read. A first Read, and the one
// after a Seek that moves, costs a request for what is there up to the end.
type remote struct {
	ctx       context.Context
	bucket    *Bucket
	key, etag string
	at, size  int64
	body      io.ReadCloser // what comes from at on, nil if it was not asked for
}

var errBefore = errors.New("blob: there is nothing before the beginning")

// Size is that of File.
func (r *remote) Size() int64 { return r.size }

// Read is io.Reader's. An answer that breaks off is an error.
func (r *remote) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), r.size-r.at)]
	if r.body == nil {
		body, err := r.get(r.at, r.size)
		if err != nil {
			return 0, err
		}
		r.body = body
	}
	n, err := r.body.Read(p)
	r.at += int64(n)
	if err == nil || r.at == r.size {
		return n, nil
	}
	return n, r.failed(err)
}

// ReadAt is io.ReaderAt's. It costs a request.
func (r *remote) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errBefore
	}
	asked := p[:min(int64(len(p)), max(r.size-off, 0))]
	n, err := r.full(asked, off)
	if err == nil && len(asked) < len(p) {
		err = io.EOF
	}
	return n, err
}

func (r *remote) full(p []byte, off int64) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	body, err := r.get(off, off+int64(len(p)))
	if err != nil {
		return 0, err
	}
	n, err := io.ReadFull(body, p)
	if err = errors.Join(err, body.Close()); err != nil {
		return n, r.failed(err)
	}
	return n, nil
}

// get asks for the bytes from one position up to another, of the very file that
// was opened.
func (r *remote) get(from, to int64) (io.ReadCloser, error) {
	var o minio.GetObjectOptions
	if err := errors.Join(o.SetRange(from, to-1), o.SetMatchETag(r.etag)); err != nil {
		return nil, err
	}
	body, info, _, err := r.bucket.s3.GetObject(r.ctx, r.bucket.name, r.key, o)
	if err != nil {
		return nil, r.failed(err)
	}
	if info.Size != to-from {
		return nil, errors.Join(down(errors.New("the answer has another length than was asked for")), body.Close())
	}
	return body, nil
}

func (r *remote) failed(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return r.bucket.failed(r.ctx, err)
}

// Seek is io.Seeker's.
func (r *remote) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errBefore
	}
	if offset == r.at {
		return offset, nil
	}
	r.at = offset
	return offset, r.Close()
}

// Close is io.Closer's.
func (r *remote) Close() error {
	if r.body == nil {
		return nil
	}
	err := r.body.Close()
	r.body = nil
	return err
}
