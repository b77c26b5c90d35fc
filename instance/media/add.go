package media

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/picture"
	"github.com/opengather/opengather/instance/internal/video"
)

// Add keeps a photo that is in no post yet, and gives its id. Nobody but its
// author sees it. What cannot be taken is a fault of the field "file", and
// nothing of it is left. The same file sent again with the same key is the same
// photo.
func (o *Operations) Add(ctx context.Context, a access.Actor, key string, file io.Reader) (string, error) {
	// Receiving and decoding take long: nobody waits for the writer meanwhile.
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		if _, err := access.Authorise(tx, a, access.AddPhoto, ""); err != nil {
			return err
		}
		return o.fits(tx, a, 0)
	})
	if err != nil {
		return "", err
	}
	n := newcomer{id: uuid.NewString(), blob: folder()}
	if err := o.receive(ctx, &n, file); err != nil {
		return "", errors.Join(err, o.discard(ctx, n.blob))
	}
	op := database.Op{Class: database.Content, Name: "media.add", Actor: a.ID(), Target: n.sum, Key: key}
	id, err := o.DB.Write(ctx, op, func(tx *database.Tx) (string, error) { return n.id, o.insert(tx, a, n) })
	var f *fault.Fault
	if errors.Is(err, database.ErrRepeated) || errors.As(err, &f) {
		return id, errors.Join(err, o.discard(ctx, n.blob))
	}
	// Of any other error nobody knows whether the photo is there all the same. If
	// it is not, Sweep finds its files.
	return id, err
}

// newcomer is a photo that is about to be stored.
type newcomer struct {
	picture.Info
	id, blob    string
	sum         string // SHA-256, hexadecimal
	bytes, made int64
	cut         []byte // which pieces of the original others get
}

// folder is a new name in the store. It is no id: who knows a photo's address
// knows nothing of where it lies.
func folder() string {
	var b [16]byte
	rand.Read(b[:]) // never returns an error: crypto/rand
	return hex.EncodeToString(b[:])
}

// receive keeps what comes in beside the store until it has proved to be a
// photo, and stores it with what is made of it.
func (o *Operations) receive(ctx context.Context, n *newcomer, file io.Reader) (err error) {
	f, err := os.CreateTemp(o.Incoming, "")
	if err != nil {
		return room(err)
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	head := bufio.NewReaderSize(file, 4096)
	first, err := head.Peek(4096)
	if err == nil || errors.Is(err, io.EOF) {
		n.Type, err = kindOf(first)
	}
	if err != nil {
		return refusal(err)
	}
	sum, most := sha256.New(), int64(MaxBytes)
	if isVideo(n.Type) {
		most = MaxVideo
	}
	if n.bytes, err = io.Copy(io.MultiWriter(f, sum), io.LimitReader(head, most+1)); err != nil {
		return room(err)
	}
	if n.bytes > most {
		f := fault.Bad("file", "media.large").With("megabytes", most>>20)
		f.Kind = fault.TooLarge
		return f
	}
	n.sum = hex.EncodeToString(sum.Sum(nil))
	if isVideo(n.Type) {
		if err := n.film(f); err != nil {
			return refusal(err)
		}
		return o.store(ctx, n, f, nil)
	}
	copies, err := o.photo(ctx, n, f)
	if err != nil {
		return refusal(err)
	}
	return o.store(ctx, n, f, copies)
}

// photo looks at a photo and makes its copies.
func (o *Operations) photo(ctx context.Context, n *newcomer, f io.ReaderAt) ([]picture.Variant, error) {
	var err error
	if n.Info, err = picture.Inspect(f, n.bytes); err != nil {
		return nil, err
	}
	pieces, err := picture.Clean(f, n.bytes)
	if err != nil {
		return nil, err
	}
	if n.cut, err = pieces.Bytes(); err != nil {
		return nil, fmt.Errorf("%w: %w", picture.ErrBroken, err)
	}
	return o.Press.Variants(ctx, f, n.bytes)
}

func (o *Operations) store(ctx context.Context, n *newcomer, f io.ReaderAt, copies []picture.Variant) error {
	if err := o.Store.Put(ctx, n.blob+"/"+original, n.bytes, f); err != nil {
		return err
	}
	for _, c := range copies {
		size := int64(len(c.Bytes))
		if err := o.Store.Put(ctx, n.blob+"/"+c.Name, size, bytes.NewReader(c.Bytes)); err != nil {
			return err
		}
		n.made += size
	}
	return nil
}

// room says of a full disk that it is one.
func room(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.New(fault.Unavailable, "fault.disk_full").Because(err)
	}
	return err
}

// refusal says to people why a file is not taken.
func refusal(err error) error {
	for why, key := range map[error]string{
		picture.ErrKind: "media.kind", picture.ErrHEIC: "media.heic", picture.ErrSVG: "media.svg", picture.ErrMoving: "media.moving",
		picture.ErrPixels: "media.pixels", picture.ErrBroken: "media.broken",
		video.ErrKind: "media.video_kind", video.ErrBroken: "media.video_broken", video.ErrIndex: "media.video_index",
	} {
		if errors.Is(err, why) {
			return fault.Bad("file", key).With("megapixels", picture.MostPixels/1_000_000).Because(err)
		}
	}
	return err
}

func (o *Operations) insert(tx *database.Tx, a access.Actor, n newcomer) error {
	if _, err := access.Authorise(tx, a, access.AddPhoto, ""); err != nil {
		return err
	}
	// Two that come in at once must not both take the last room.
	if err := tx.Lock("media"); err != nil {
		return err
	}
	if err := o.fits(tx, a, n.bytes+n.made); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO media (id, author_id, place, type, alt, width, height, blob, bytes, made, cut, created_at) VALUES ($1, $2, 0, $3, '', $4, $5, $6, $7, $8, $9, $10)`,
		n.id, a.ID(), n.Type, n.Width, n.Height, n.blob, n.bytes, n.made, n.cut, database.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("store the photo: %w", err)
	}
	return nil
}

// discard removes the files of a photo that did not come to be, also for who
// has gone away meanwhile. What it cannot remove is found by Sweep.
func (o *Operations) discard(ctx context.Context, folder string) error {
	return o.Store.Drop(context.WithoutCancel(ctx), folder)
}
