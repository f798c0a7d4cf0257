package table

import (
	"bytes"
	"strings"
	"testing"
)

// TestJSONOfColumnsOfOneName: a journal of another version may name an axis as a column
// is named now.
func TestJSONOfColumnsOfOneName(t *testing.T) {
	column := func(n int) Column[int] {
		return Column[int]{Name: "workers", Value: func(int) Value { return Whole(n) }}
	}
	var b bytes.Buffer
	if err := WriteJSON(&b, []Column[int]{column(1), column(2)}, []int{0}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), `"workers"`); n != 2 {
		t.Errorf("%d of 2 columns are in %s", n, b.String())
	}
}
