package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Tell writes the findings for people: what needs them first, and of what is
// well no more than how much it is.
func Tell(w io.Writer, all []Finding) error {
	var b strings.Builder
	needing, unclear := Count(all)
	switch {
	case needing > 0:
		fmt.Fprintf(&b, "%s.\n", counted(needing, "1 thing needs you", "%d things need you"))
	case unclear > 0:
		fmt.Fprintf(&b, "%s.\n", counted(unclear, "1 thing could not be looked at", "%d things could not be looked at"))
	default:
		fmt.Fprintf(&b, "Nothing needs you. %d things were looked at.\n", len(all))
	}
	for _, part := range []struct {
		severity Severity
		heading  string
	}{{NeedsYou, ""}, {Unknown, "Not looked at:"}, {Note, "Good to know:"}} {
		heading := part.heading
		for _, f := range all {
			if f.Severity != part.severity || f.What == withoutData {
				continue
			}
			if heading != "" {
				fmt.Fprintf(&b, "\n%s\n", heading)
				heading = ""
			}
			f.tell(&b)
		}
	}
	var unopened []string
	for _, f := range all {
		if f.What == withoutData {
			unopened = append(unopened, f.Name)
		}
	}
	if unopened != nil {
		fmt.Fprintf(&b, "\nIn the database, and so not looked at: %s.\n", strings.Join(unopened, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func counted(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}

func (f Finding) tell(b *strings.Builder) {
	fmt.Fprintf(b, "\n%s: %s\n", f.Name, f.What)
	if f.Severity == NeedsYou {
		fmt.Fprintf(b, "    Why: %s\n", f.Why)
	}
	if f.Fix != "" {
		fmt.Fprintf(b, "    Do:  %s\n", f.Fix)
	}
}

// JSON writes the findings for programs.
func JSON(w io.Writer, all []Finding) error {
	needing, unclear := Count(all)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		NeedsYou int       `json:"needs_you"`
		Unknown  int       `json:"unknown"`
		Findings []Finding `json:"findings"`
	}{needing, unclear, all})
}
