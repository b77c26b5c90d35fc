package markup

import (
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown is goldmark without its parsers of HTML and with limits around the
// parsers whose cost grows faster than the text. The numbers are goldmark's own
// order of precedence.
//
// The transformer that drops the backslash of `\|` in code in tables is left
// out, as its cost is the square of their number.
var markdown = parser.NewParser(
	parser.WithBlockParsers(
		util.Prioritized(parser.NewSetextHeadingParser(), 100),
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(shallow{parser.NewListParser()}, 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewCodeBlockParser(), 500),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(shallow{parser.NewBlockquoteParser()}, 800),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	),
	parser.WithInlineParsers(
		util.Prioritized(extension.NewTaskCheckBoxParser(), 0),
		util.Prioritized(rationed{parser.NewCodeSpanParser()}, 100),
		util.Prioritized(rationed{parser.NewLinkParser()}, 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(mentionParser{}, 400),
		util.Prioritized(rationed{parser.NewEmphasisParser()}, 500),
		util.Prioritized(rationed{extension.NewStrikethroughParser()}, 500),
		util.Prioritized(inBrackets{bareAddresses}, 999),
	),
	parser.WithParagraphTransformers(
		util.Prioritized(unless{manyLines, parser.LinkReferenceParagraphTransformer}, 100),
		util.Prioritized(unless{mostlyEmpty, extension.NewTableParagraphTransformer()}, 200),
	),
)

// bareAddresses finds addresses that stand in the text without any mark. Unlike
// goldmark's own patterns these take letters of every script that puts spaces
// between words, and names without a dot as they are used at home.
var bareAddresses = extension.NewLinkifyParser(
	extension.WithLinkifyAllowedProtocols([]string{"http:", "https:"}),
	extension.WithLinkifyURLRegexp(regexp.MustCompile(`^https?://[\pL\pN][\pL\pN.\-]{0,252}(?::[0-9]{1,5})?`+addressTail)),
	extension.WithLinkifyWWWRegexp(regexp.MustCompile(`^www\.[\pL\pN][\pL\pN.\-]{0,248}\.\pL{2,}`+addressTail)),
	extension.WithLinkifyEmailRegexp(regexp.MustCompile(
		`^[A-Za-z0-9.!#$%&'*+/=?^_{|}~\-]{1,64}@[A-Za-z0-9][A-Za-z0-9\-]{0,62}(?:\.[A-Za-z0-9\-]{1,63}){1,8}`)),
)

// addressTail is what may follow the host. It ends at brackets, quotation marks
// and the scripts in which the next word follows without a space.
const addressTail = `(?:[/?#][^\s<>\[\]"„“”«»‹›\x{0E00}-\x{0EFF}\x{1780}-\x{17FF}\x{3000}-\x{9FFF}\x{AC00}-\x{D7AF}\x{F900}-\x{FAFF}\x{FF00}-\x{FFEF}]*)?`

// inBrackets lets a parser of bare addresses work after an opening bracket too.
// Goldmark holds it back there, as the bracket might begin a link, and so loses
// every address after a bracket that is just a bracket. The writer takes care
// that no link ends up in a link.
type inBrackets struct{ parser.InlineParser }

func (p inBrackets) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	return p.InlineParser.Parse(parent, block, outsideLinks{pc})
}

type outsideLinks struct{ parser.Context }

func (outsideLinks) IsInLinkLabel() bool { return false }
