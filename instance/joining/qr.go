package joining

import (
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"
)

// QR draws a link as a QR code (ISO/IEC 18004, error correction M): an SVG
// without styles or scripts, dark on light in every theme because cameras want
// it so. label is read out in its place.
func QR(link, label string) (string, error) {
	code, err := qrcode.New(link, qrcode.Medium)
	if err != nil {
		return "", fmt.Errorf("draw the link as a code: %w", err)
	}
	rows := code.Bitmap()
	var shapes strings.Builder
	for y, row := range rows {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			from := x
			for x < len(row) && row[x] {
				x++
			}
			fmt.Fprintf(&shapes, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
		}
	}
	return fmt.Sprintf(`<svg class="qr" viewBox="0 0 %[1]d %[1]d" role="img" aria-label="%[2]s" shape-rendering="crispEdges">`+
		`<rect width="%[1]d" height="%[1]d" fill="#fff"></rect><path d="%[3]s" fill="#000"></path></svg>`,
		len(rows), attribute.Replace(label), shapes.String()), nil
}

var attribute = strings.NewReplacer("&", "&amp;", `"`, "&#34;", "<", "&lt;", ">", "&gt;")
