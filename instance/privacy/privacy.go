// Package privacy holds the list of everything the program stores: what for,
// who can see it, how long it stays, and whether a person can take it with her.
package privacy

import (
	_ "embed" // the list
	"fmt"

	"gopkg.in/yaml.v3"
)

// list is a copy of docs/data.yaml, where people look for it; make verify
// holds the two together.
//
//go:embed data.yaml
var list []byte

// Table is a table of the database.
type Table struct {
	Name, Purpose string
	Columns       []Column
}

// Column is one thing that is stored.
type Column struct {
	Name, Purpose string
	// Audience is who can see it, Kept how long it stays, Export whether it is
	// in what a person can take with her: yes or no.
	Audience, Kept, Export string
}

// Tables gives the list in its order.
func Tables() ([]Table, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(list, &root); err != nil {
		return nil, fmt.Errorf("read the list of data: %w", err)
	}
	var all []Table
	top := root.Content[0].Content
	for i := 0; i+1 < len(top); i += 2 {
		var body struct {
			Purpose string
			Columns yaml.Node
		}
		if err := top[i+1].Decode(&body); err != nil {
			return nil, fmt.Errorf("table %s: %w", top[i].Value, err)
		}
		t := Table{Name: top[i].Value, Purpose: body.Purpose}
		for j := 0; j+1 < len(body.Columns.Content); j += 2 {
			var v [4]string
			if err := body.Columns.Content[j+1].Decode(&v); err != nil {
				return nil, fmt.Errorf("column %s.%s: %w", t.Name, body.Columns.Content[j].Value, err)
			}
			t.Columns = append(t.Columns, Column{body.Columns.Content[j].Value, v[0], v[1], v[2], v[3]})
		}
		all = append(all, t)
	}
	return all, nil
}
