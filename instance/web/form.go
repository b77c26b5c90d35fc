package web

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"strconv"
	"time"

	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
)

// KeyAge is how long a form may lie open before it has to be loaded again.
// Used keys are remembered longer than this.
const KeyAge = 14 * 24 * time.Hour

const nonceSize = 16

// newKey makes the one-time key of a form: a nonce and the time, with a MAC
// over both and the session. It is checked before a form is read, so it also
// proves that the form is one of ours.
func (s *Shell) newKey(r *Request) string {
	var b [nonceSize + 8]byte
	rand.Read(b[:nonceSize]) // never returns an error: crypto/rand
	binary.BigEndian.PutUint64(b[nonceSize:], uint64(r.Now.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(b[:], s.keyMAC(r, b[:])...))
}

func (s *Shell) keyMAC(r *Request, head []byte) []byte {
	// The id, not the token: a session may get a new token while a form is open.
	session := sha256.Sum256([]byte(r.Viewer.Session))
	return s.Keys.MAC(keyring.Forms, append(append([]byte{}, head...), session[:]...))
}

// checkForm refuses what a browser says comes from another site, and forms
// without a key of ours for this session.
func (s *Shell) checkForm(r *Request) error {
	if err := ours(r); err != nil {
		return err
	}
	b, err := base64.RawURLEncoding.DecodeString(r.Key())
	if err != nil || len(b) != nonceSize+8+32 {
		return fault.New(fault.Forbidden, "fault.form_key")
	}
	head, mac := b[:nonceSize+8], b[nonceSize+8:]
	if subtle.ConstantTimeCompare(mac, s.keyMAC(r, head)) != 1 {
		return fault.New(fault.Forbidden, "fault.form_key")
	}
	made := time.Unix(int64(binary.BigEndian.Uint64(head[nonceSize:])), 0)
	if r.Now.Sub(made) > KeyAge {
		return fault.New(fault.Forbidden, "fault.form_old")
	}
	return nil
}

// ours refuses what a browser says comes from another site.
func ours(r *Request) error {
	var cross http.CrossOriginProtection
	if err := cross.Check(r.Context.Request()); err != nil {
		return fault.New(fault.Forbidden, "fault.cross_site").Because(err)
	}
	return nil
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
