package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// filled is the store that the page reads from.
func filled(t *testing.T) *store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bare.db")
	if err := fill(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	s, err := open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// The numbers of a benchmark mean something as long as the page stays what it
// was when they were first taken.
func TestPageIsTheOneMeasuredAgainst(t *testing.T) {
	s := filled(t)
	answer := httptest.NewRecorder()
	routes(s).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
	page := answer.Body.String()
	if n := strings.Count(page, "<article"); answer.Code != http.StatusOK || n != 10 {
		t.Errorf("status %d, %d posts", answer.Code, n)
	}
	if len(page) < 2_500 || len(page) > 2_750 {
		t.Errorf("the page has %d bytes", len(page))
	}
	if !strings.Contains(page, "Post number 9987") || strings.Index(page, "post-9987") > strings.Index(page, "post-9967") {
		t.Errorf("the page is not that of the newest posts:\n%s", page)
	}
}

func TestQueryUsesTheIndexAlone(t *testing.T) {
	s := filled(t)
	var id, parent, unused int
	var plan string
	if err := s.db.QueryRow("EXPLAIN QUERY PLAN "+newest, 7).Scan(&id, &parent, &unused, &plan); err != nil {
		t.Fatal(err)
	}
	if plan != "SEARCH posts USING INDEX posts_by_space (space=?)" {
		t.Errorf("the plan is %q", plan)
	}
}
