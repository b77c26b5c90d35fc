package markup_test

import (
	"fmt"
	"testing"

	"github.com/opengather/opengather/instance/internal/markup"
)

func TestLinksToTheWeb(t *testing.T) {
	for written, want := range map[string]string{
		"":                                         "[]",
		"https://a.example/x?y=1&z":                "[{https://a.example/x?y=1&z true}]",
		"see https://a.example":                    "[{https://a.example false}]",
		"see\nhttps://a.example\nyes":              "[{https://a.example true}]",
		"[words](https://a.example)":               "[{https://a.example true}]",
		"**[words](https://a.example)**!":          "[{https://a.example false}]",
		"https://a.example https://b.example":      "[{https://a.example false} {https://b.example false}]",
		"- https://a.example\n- b https://b.test":  "[{https://a.example true} {https://b.test false}]",
		"> https://a.example":                      "[{https://a.example true}]",
		"[here](/p/1) https://a.example":           "[{https://a.example false}]",
		"mailto:a@b.example, [b](tel:1)":           "[]",
		"`https://a.example`":                      "[]",
		"| a |\n|---|\n| https://a.example |":      "[{https://a.example true}]",
		"![what is seen](https://a.example/x.png)": "[{https://a.example/x.png true}]",
	} {
		if got := fmt.Sprint(markup.Links(markup.Render(written, markup.Options{}).HTML)); got != want {
			t.Errorf("%q has %s, want %s", written, got, want)
		}
	}
}
