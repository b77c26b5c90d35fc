package poll

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
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

// CSV is the file as rows: what it is, the options with their numbers, the rounds,
// the ballots.
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
	rows = append(rows, f.rounds()...)
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

// rounds are the rows of a poll in order of preference: of each round what every
// option has that is still in, and what goes out after it.
func (f File) rounds() (rows [][]string) {
	in := make([]int, len(f.Options))
	for i := range in {
		in[i] = i
	}
	for i, r := range f.Result.Rounds {
		n := strconv.Itoa(i + 1)
		for _, o := range in {
			rows = append(rows, []string{"round", n, f.Options[o], strconv.Itoa(r.Counts[o])})
		}
		rows = append(rows, []string{"spent", n, strconv.Itoa(r.Spent)})
		for _, o := range r.Out {
			rows = append(rows, []string{"out", n, f.Options[o]})
		}
		in = slices.DeleteFunc(in, func(o int) bool { return slices.Contains(r.Out, o) })
	}
	for _, o := range f.Result.Winners {
		rows = append(rows, []string{"winner", f.Options[o]})
	}
	return rows
}

// harmless keeps a cell from being a formula to the program that opens the file.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
