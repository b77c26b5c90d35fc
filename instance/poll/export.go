package poll

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
)

// File is a poll that has ended, to be taken along: enough to count it again. It
// names nobody.
type File struct {
	Question string    `json:"question"`
	Method   Method    `json:"method"`
	Secret   bool      `json:"secret"`
	Most     int       `json:"most"`
	Quorum   int       `json:"quorum"`
	Reached  bool      `json:"quorum_reached"`
	ClosesAt time.Time `json:"closes_at"`
	Options  []string  `json:"options"`
	Result   *Result   `json:"result"`
}

// Export gives the poll of a post that the actor may read, fault.Missing while it
// is open. question is what the post is called.
func (o *Operations) Export(ctx context.Context, a access.Actor, post, question string) (f File, err error) {
	p, err := o.View(ctx, a, post)
	if err == nil && p.State != Ended {
		err = fault.Missing()
	}
	if err != nil {
		return f, err
	}
	return File{question, p.Method, p.Secret, p.Most, p.Quorum, p.Reached(), p.ClosesAt.UTC(), p.Options, p.Result}, nil
}

// JSON is the file as JSON.
func (f File) JSON() ([]byte, error) {
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the result of a poll: %w", err)
	}
	return append(b, '\n'), nil
}

// CSV is the file as rows: what it is, the options with their numbers, the ballots.
func (f File) CSV() ([]byte, error) {
	rows := [][]string{
		{"question", f.Question},
		{"method", string(f.Method)},
		{"secret", strconv.FormatBool(f.Secret)},
		{"most", strconv.Itoa(f.Most)},
		{"quorum", strconv.Itoa(f.Quorum)},
		{"quorum_reached", strconv.FormatBool(f.Reached)},
		{"closes_at", f.ClosesAt.Format(time.RFC3339)},
		{"voters", strconv.Itoa(f.Result.Voters)},
	}
	for i, n := range f.Result.Counts {
		rows = append(rows, []string{"option", f.Options[i], strconv.Itoa(n)})
	}
	for _, b := range f.Result.Ballots {
		row := []string{"ballot", b.Code}
		for _, place := range b.Vote {
			row = append(row, f.Options[place])
		}
		rows = append(rows, row)
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, row := range rows {
		for i := range row {
			row[i] = harmless(row[i])
		}
		if err := w.Write(row); err != nil {
			return nil, fmt.Errorf("write the result of a poll: %w", err)
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// harmless keeps a cell from being a formula to the program that opens the file.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
