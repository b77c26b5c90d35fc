package web

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"github.com/opengather/opengather/instance/web/look"
)

// shown is a page as strangers see it.
type shown struct{ body []byte }

// Weight is for a database.Memo.
func (s shown) Weight() int { return len(s.body) }

// maxPublic is how many pages are kept.
const maxPublic = 200

// showPublic answers a stranger with a page that another stranger saw, if
// nothing at all was written since. A page with a form is never kept: its key
// is for one reader. The minute is part of the name, because pages say how long
// ago something was.
func (s *Shell) showPublic(r *Request) bool {
	if r.SignedIn() || r.piece() {
		return false
	}
	uri := r.Context.Request().URL.RequestURI()
	if len(uri) > 200 {
		return false
	}
	r.keep = r.Text.Lang() + strconv.FormatInt(r.Now.Unix()/60, 36) + " " + r.Context.Request().Host + uri
	page, ok := s.public.Find(r.version, r.keep)
	return ok && r.HTMLBlob(http.StatusOK, page.body) == nil
}

// count counts a page that was shown as a whole.
func (s *Shell) count(r *Request) {
	answer := r.Response()
	if r.Context.Request().Method == http.MethodGet && answer.Status == http.StatusOK && !r.piece() && strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") {
		s.Shown.Add(1)
	}
}

// keepPublic keeps a page for other strangers.
func (s *Shell) keepPublic(r *Request, body []byte) {
	if bytes.Contains(body, []byte(`name="`+look.KeyField+`"`)) {
		return
	}
	s.public.Put(r.version, r.keep, shown{bytes.Clone(body)})
}
