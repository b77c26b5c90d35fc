package searchtext_test

import (
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/searchtext"
)

func TestNormalise(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", " \n—!", ""},
		{"case and gaps", "The GARDEN-gate, (at 5pm).", "the garden gate at 5 pm"},
		{"German", "Straße STRASSE Äpfel weiẞ", "strasse strasse apfel weiss"},
		{"Turkish", "İstanbul ISTANBUL ıstanbul istanbul İZMİR'de", "istanbul istanbul istanbul istanbul izmir de"},
		{"French", "l’été, Cœur ÇA élève e\u0301", "l ete coeur ca eleve e"},
		{"Nordic, Polish, Vietnamese", "Ærø Łódź Þór Đông", "aero lodz thor dong"},
		{"Russian and Greek", "Ёлка ЙОД ΣΊΣΥΦΟΣ", "елка иод σισυφοσ"},
		{"Ukrainian apostrophes", "п'ять п’ять пʼять", "п ять п ять п ять"},
		{"Hebrew points", "שָׁלוֹם", "שלום"},
		{"Arabic vowels, hamza, tatweel, letters of other keyboards", "مَرْحَبًا أحمد كـــتاب مدرسة على ایران", "مرحبا احمد كتاب مدرسه علي ايران"},
		{"digits", "٢٠٢٦ ２０２６ २०२६ 𝟚𝟘 x² ½", "2026 2026 2026 20 x2 1 2"},
		{"numbers end where letters begin", "3e8x b12 2nd 12", "3 e8x b12 2 nd 12"},
		{"invisible characters", "co\u00adoperate می\u200cخواهم a\u200bb \u202ec", "cooperate ميخواهم a b c"},
		{"Japanese", "東京都へ iPhoneを3台 ｶﾞｷﾞ スーパー", "東京 京都 都へ へ iphone を 3 台 ガギ ギ スー ーパ パー ー"},
		{"voicing counts in kana", "か\u3099 か", "が か"},
		{"Chinese numbers", "二〇二六年", "二〇 〇二 二六 六年 年"},
		{"letters beyond the first plane", "𐐷 𠀋", "x10437 x2000b"},
		{"Korean", "한글을 배우다", "한글 글을 을 배우 우다 다"},
		{"Korean as single sounds", "\u1112\u1161\u11ab", "한"},
		{"Thai with its marks", "ที่กิน", "ทx00e35x00e48กx00e34 กx00e34น น"},
		{"Hindi with its vowels", "किताब", "कx0093fतx0093eब"},
		{"a mark without a letter", "\u0e35 \u093fx", "x"},
		{"bytes that are no text", "a\xffb\x00c", "a b c"},
	} {
		if got := searchtext.Normalise(c.text); got != c.want {
			t.Errorf("%s: Normalise(%q)\n got %q\nwant %q", c.name, c.text, got, c.want)
		}
	}
}

func TestNormaliseIsBounded(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("word ", searchtext.MaxBytes),
		strings.Repeat("東", searchtext.MaxBytes),
		strings.Repeat("ﷺ", searchtext.MaxBytes/8),
		strings.Repeat("ก\u0e34", searchtext.MaxBytes),
	} {
		got := searchtext.Normalise(text)
		if len(got) > searchtext.MaxBytes || len(got) < searchtext.MaxBytes-200 {
			t.Errorf("%.8s…: %d bytes, want just %d", text, len(got), searchtext.MaxBytes)
		}
		if got != strings.TrimSpace(got) {
			t.Errorf("%.8s…: ends in the middle", text)
		}
	}
	if got := searchtext.Normalise(strings.Repeat("a", 100)); got != strings.Repeat("a", 40) {
		t.Errorf("a long word becomes %d letters", len(got))
	}
	if got := searchtext.Normalise("ก" + strings.Repeat("\u0e34", 100)); len(got) != len("ก")+4*len("x00e34") {
		t.Errorf("a letter with many marks becomes %q", got)
	}
}
