package fetch

import (
	"net/http"
	"slices"
	"strings"
)

const unknownBinary = "application/octet-stream"

// taken decides by header and first bytes whether an answer is of a type the
// caller takes, and which. Bytes with a signature are what they are, whatever
// the header says: servers mislabel pictures, and attackers label anything a
// picture. Text has no signature to go by, so there the header decides, as
// long as it speaks of text; so it does for binary formats nobody knows.
func taken(declared string, head []byte, accept []string) (string, bool) {
	sniffed, _, _ := strings.Cut(http.DetectContentType(head), ";")
	mediaType := sniffed
	switch {
	case strings.HasPrefix(sniffed, "text/"):
		if !textual(declared) {
			return "", false
		}
		mediaType = declared
	case sniffed == unknownBinary:
		if textual(declared) {
			return "", false
		}
		mediaType = declared
	}
	return mediaType, slices.Contains(accept, mediaType)
}

func textual(mediaType string) bool {
	return strings.HasPrefix(mediaType, "text/") ||
		mediaType == "application/json" || strings.HasSuffix(mediaType, "+json") ||
		mediaType == "application/xml" || strings.HasSuffix(mediaType, "+xml")
}
