package web

import (
	"cmp"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/web/look"
)

// Taker keeps a file that came with a form and gives its id.
type Taker func(r *Request, file io.Reader) (id string, err error)

// The limits on a form with files. A file has the limit that its Taker sets.
const (
	maxParts = 100
	maxTexts = 256 << 10 // bytes of all fields together
	// maxBefore is how much is read of a form that has not proved to be ours, and
	// maxBody of one that has, with all its files.
	maxBefore = 6 << 20
	maxBody   = 700 << 20
	// maxUnread is how much of files that are not wanted is read away, so that
	// the browser gets to see the answer.
	maxUnread = 64 << 20
	// stall is how long a sender may keep quiet, and longest how long all of it
	// may take.
	stall   = 30 * time.Second
	longest = time.Hour
)

// Multipart reports whether a request brings a form that may have files in it.
func Multipart(c echo.Context) bool {
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// receive reads a form with files as it comes in: nothing is held in memory or
// in files of ours but its text. Files are taken only when the form has proved
// to be ours, so its key has to be the first field. refused is why nobody wants
// them; the text is read all the same, so that nothing typed is lost.
func (m *Router) receive(r *Request, take Taker, refused error) error {
	if !Multipart(r.Context) {
		return refused
	}
	req := r.Context.Request()
	body := &patient{ReadCloser: req.Body, control: http.NewResponseController(r.Response()), left: maxBefore}
	req.Body = body
	parts, err := req.MultipartReader()
	if err != nil {
		return cmp.Or(refused, malformed(err))
	}
	f := &incoming{r: r, take: take, refused: refused, body: body, fields: url.Values{}, unread: maxUnread}
	err = f.read(parts)
	f.hold()
	body.answer()
	return cmp.Or(f.refused, err)
}

// incoming is a form with files that is being read.
type incoming struct {
	r       *Request
	take    Taker
	refused error
	body    *patient
	fields  url.Values
	texts   int64 // bytes of fields so far
	unread  int64 // bytes of files that may still be read away
	down    bool  // no file can be kept at the moment
}

func (f *incoming) read(parts *multipart.Reader) error {
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if err == io.EOF { //nolint:errorlint // itself alone is the end; one that is wrapped is a form that was cut off
			return nil
		}
		if err != nil || n == maxParts {
			return f.malformed(err)
		}
		if part.FormName() == look.FileField {
			err = f.file(part)
		} else {
			err = f.text(part)
		}
		if err != nil {
			return err
		}
		if n == 0 {
			f.check()
		}
	}
}

// check wants the key of a form of ours before any file comes.
func (f *incoming) check() {
	f.hold()
	if f.refused == nil {
		f.refused = f.r.shell.checkForm(f.r)
	}
	if f.refused == nil {
		f.body.trust()
	}
}

// hold puts what was read where everybody looks for fields, as net/http does:
// those of the form before those of the address.
func (f *incoming) hold() {
	req := f.r.Context.Request()
	req.PostForm, req.Form = f.fields, req.URL.Query()
	for name, values := range f.fields {
		req.Form[name] = append(slices.Clone(values), req.Form[name]...)
	}
	req.MultipartForm = &multipart.Form{Value: f.fields}
}

func (f *incoming) text(part *multipart.Part) error {
	b, err := io.ReadAll(io.LimitReader(part, maxTexts-f.texts+1))
	if err != nil {
		return f.malformed(err)
	}
	if f.texts += int64(len(b)); f.texts > maxTexts {
		return fault.New(fault.TooLarge, "fault.too_large")
	}
	f.fields.Add(part.FormName(), string(b))
	return nil
}

// file takes a file. One that cannot be taken leaves the others alone. Where they
// cannot be kept at all, the others are not tried.
func (f *incoming) file(part *multipart.Part) error {
	if part.FileName() != "" && f.refused == nil && len(f.fields) > 0 && !f.down {
		id, err := f.take(f.r, part)
		switch {
		case Done(err) == nil:
			f.r.Files = append(f.r.Files, id)
			return nil
		case f.body.err != nil:
			return f.malformed(err)
		case fault.KindOf(err) == fault.Internal:
			return err
		}
		f.r.Refused = append(f.r.Refused, err)
		f.down = fault.Is(err, fault.Unavailable)
	}
	n, err := io.Copy(io.Discard, io.LimitReader(part, f.unread+1))
	if f.unread -= n; f.unread < 0 {
		return fault.New(fault.TooLarge, "fault.too_large")
	}
	if err != nil {
		return f.malformed(err)
	}
	return nil
}

// malformed says why a form could not be read to its end: it was too large, or
// it did not arrive whole, or it is none.
func (f *incoming) malformed(err error) error {
	if errors.Is(f.body.err, errBody) {
		return fault.New(fault.TooLarge, "fault.too_large")
	}
	return malformed(err)
}

func malformed(err error) error { return fault.New(fault.Invalid, "fault.bad_request").Because(err) }

// errBody says that a form is larger than it may be.
var errBody = errors.New("the form is too large")

// patient reads a form. Once that is known to be ours, whoever sends it gets a new
// deadline with what arrives: a slow line may take long, a silent one may not.
type patient struct {
	io.ReadCloser
	control *http.ResponseController
	until   time.Time // zero: the server's own deadline holds
	left    int64     // bytes that may still come
	err     error     // why it could not be read to its end
}

// trust lets the rest take its time.
func (p *patient) trust() { p.until, p.left = time.Now().Add(longest), maxBody }

// answer gives as long for the answer as after any other form.
func (p *patient) answer() {
	if !p.until.IsZero() {
		p.deadlines(time.Now())
	}
}

func (p *patient) deadlines(now time.Time) {
	// Not every writer has deadlines, such as that of a test.
	_ = p.control.SetReadDeadline(now.Add(stall))
	_ = p.control.SetWriteDeadline(now.Add(2 * stall))
}

func (p *patient) Read(b []byte) (n int, err error) {
	switch now := time.Now(); {
	case p.left <= 0:
		err = errBody
	case p.until.IsZero():
	case now.After(p.until):
		err = http.ErrHandlerTimeout
	default:
		p.deadlines(now)
	}
	if err == nil {
		n, err = p.ReadCloser.Read(b[:min(int64(len(b)), p.left)])
		p.left -= int64(n)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		p.err = err
	}
	return n, err
}
