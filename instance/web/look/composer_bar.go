package look

// format is a button of the bar above the text: what it does is for the script.
type format struct{ Do, Icon, Word, Key string }

// formats are in the order of the bar.
var formats = []format{
	{"bold", "bold", "look.format_bold", "B"},
	{"italic", "italic", "look.format_italic", "I"},
	{"link", "link", "look.format_link", "K"},
	{"quote", "text-quote", "look.format_quote", ""},
	{"list", "list", "look.format_list", ""},
	{"numbers", "list-ordered", "look.format_numbers", ""},
	{"code", "code", "look.format_code", ""},
}

// keys are the key with Ctrl or Cmd that does the same, for aria-keyshortcuts.
func (f format) keys() string {
	if f.Key == "" {
		return ""
	}
	return "Control+" + f.Key + " Meta+" + f.Key
}

// first has the one tab stop of the bar until another has it.
func (f format) tab() string {
	if f.Do == formats[0].Do {
		return "0"
	}
	return "-1"
}

// Seen is how what is written will look.
type Seen struct {
	Title string
	// HTML is the body made safe, as it would be stored.
	HTML string
}
