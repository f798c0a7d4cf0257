package format

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jedib0t/go-pretty/v6/text"
)

func TestDistinct(t *testing.T) {
	for _, test := range []struct{ names, want []string }{
		{[]string{"threads", "processes+threads", "processes"}, []string{"threads", "proc…eads", "processes"}},
		{[]string{"threads", "threads"}, []string{"threads", "threads"}},
		{[]string{"processes-1-of-a", "processes-2-of-a", "processes-3-of-a"}, []string{"proc…of-a", "…s-2-of-a", "…s-3-of-a"}},
		{[]string{"aaaa-11-bbbbbbbb", "aaaa-22-bbbbbbbb", "aaaa-33-bbbbbbbb"}, []string{"aaaa…bbbb", "…bbbbbbbb", "aaaa-33…2"}},
		{[]string{"日本語日本語"}, []string{"日本…本語"}},
	} {
		if diff := cmp.Diff(test.want, Distinct(test.names, 9)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.names, diff)
		}
	}
	var names []string
	for i := range 20_000 {
		names = append(names, fmt.Sprintf("a-long-name-%05d-that-differs-in-the-middle", i))
	}
	seen := map[string]bool{}
	for _, short := range Distinct(names, 12) {
		if seen[short] || text.StringWidth(short) > 12 {
			t.Fatalf("%q is too long or not the only one", short)
		}
		seen[short] = true
	}
}
