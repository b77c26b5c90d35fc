package markup

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// The limits are far above what people write and low enough that the most
// expensive text of a length costs a small multiple of an ordinary one. What
// exceeds them is shown as it was typed.
const (
	// maxNesting is how many quotes, lists and list items may lie within each
	// other. Browsers and parsers of HTML give up at 512 elements.
	maxNesting = 20
	// maxInline is how many emphases and the like may lie within each other.
	maxInline = 10
	// maxMarks is how many stars, underscores, tildes, brackets and backticks
	// have a meaning in one block: goldmark compares each with all before it.
	maxMarks = 1000
	// maxRun is how many times the same mark may follow itself.
	maxRun = 16
	// maxDefinitionLines is the longest paragraph in which definitions of
	// links are looked for: goldmark moves all later lines for each.
	maxDefinitionLines = 300
	// minAddressBytes is how many bytes of addresses a text may always result
	// in; a text that is longer may result in as many as it has. Without this
	// bound a text that defines one long address and uses it often becomes a
	// page of the square of its length. The number is that of cmark.
	minAddressBytes = 100_000
)

// shallow is a parser of a block that holds blocks, refusing to nest deeper
// than maxNesting.
type shallow struct{ parser.BlockParser }

func (s shallow) Open(parent ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, at := r.Position()
	// The list parser has to see every line, since it keeps state in pc.
	node, state := s.BlockParser.Open(parent, r, pc)
	if node != nil && nesting(parent) >= maxNesting {
		r.SetPosition(line, at)
		return nil, parser.NoChildren
	}
	return node, state
}

func nesting(n ast.Node) int {
	depth := 0
	for ; n.Parent() != nil; n = n.Parent() {
		depth++
	}
	return depth
}

// rationed is a parser of marks that takes long runs of the same mark and
// everything after maxMarks in a block for plain text.
type rationed struct{ parser.InlineParser }

type ration struct {
	block ast.Node
	spent int
}

var rationKey = parser.NewContextKey()

func (p rationed) Parse(block ast.Node, r text.Reader, pc parser.Context) ast.Node {
	line, segment := r.PeekLine()
	if run := runLength(line); run > maxRun {
		r.Advance(run)
		return ast.NewTextSegment(segment.WithStop(segment.Start + run))
	}
	spent := pc.ComputeIfAbsent(rationKey, func() any { return &ration{} }).(*ration)
	if spent.block != block {
		*spent = ration{block: block}
	}
	if spent.spent++; spent.spent > maxMarks {
		return nil
	}
	return p.InlineParser.Parse(block, r, pc)
}

// CloseBlock passes on what the link parser needs to forget its open brackets.
func (p rationed) CloseBlock(block ast.Node, r text.Reader, pc parser.Context) {
	if c, ok := p.InlineParser.(parser.CloseBlocker); ok {
		c.CloseBlock(block, r, pc)
	}
}

func runLength(line []byte) int {
	n := 1
	for n < len(line) && line[n] == line[0] {
		n++
	}
	return n
}

// unless is a transformer of paragraphs that leaves some alone.
type unless struct {
	excessive func(lines *text.Segments, source []byte) bool
	parser.ParagraphTransformer
}

func (u unless) Transform(p *ast.Paragraph, r text.Reader, pc parser.Context) {
	if !u.excessive(p.Lines(), r.Source()) {
		u.ParagraphTransformer.Transform(p, r, pc)
	}
}

func manyLines(lines *text.Segments, _ []byte) bool { return lines.Len() > maxDefinitionLines }

// mostlyEmpty reports whether a table of these lines would have more cells than
// the lines have bytes. Rows that are too short are filled up, so that a wide
// head over many short rows makes a page of the square of its length.
func mostlyEmpty(lines *text.Segments, source []byte) bool {
	columns, size := 0, 0
	for _, line := range lines.Sliced(0, lines.Len()) {
		size += line.Len()
		columns = max(columns, 1+bytes.Count(line.Value(source), []byte("|")))
	}
	return columns*lines.Len() > size
}
