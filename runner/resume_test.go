package runner

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/journal"
	"iosweep/runner/schedule"
)

func TestSameMachine(t *testing.T) {
	before := journal.Machine{Host: "a", OS: "linux", CPUs: 8}
	for name, test := range map[string]struct {
		now  journal.Machine
		want string // in the error; "" if the run continues
	}{
		"the same":           {before, ""},
		"another name":       {journal.Machine{Host: "b", OS: "linux", CPUs: 8}, ""},
		"fewer processors":   {journal.Machine{Host: "a", OS: "linux", CPUs: 2}, "linux with 8 cpus (a), and this is linux with 2 cpus (a)"},
		"another system":     {journal.Machine{Host: "a", OS: "darwin", CPUs: 8}, "this is darwin"},
		"a single processor": {journal.Machine{Host: "a", OS: "linux", CPUs: 1}, "1 cpu (a)"},
	} {
		err := sameMachine(before, test.now)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q in the error", name, err, test.want)
		}
	}
}

func TestResumeWarnings(t *testing.T) {
	machine := journal.Machine{Host: "a", Kernel: "6.1", CPUModel: "x", Filesystem: "ext4"}
	log := &journal.Log{Run: journal.Run{Machine: machine, Iosweep: "1.0"}}
	if list := resumeWarnings(log, machine, "1.0"); len(list) > 0 {
		t.Errorf("without a change: got the warnings %q, want none", list)
	}
	log.Torn = 17
	other := journal.Machine{Host: "b", Kernel: "6.2", CPUModel: "y", Filesystem: "tmpfs"}
	text := strings.Join(resumeWarnings(log, other, "1.1"), "\n")
	for _, want := range []string{
		"17 bytes of an incomplete line", "another host: b, before a.", "another kernel: 6.2, before 6.1.", "another processor: y", "another file system: tmpfs", "another version of iosweep: 1.1",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the warnings do not contain %q:\n%s", want, text)
		}
	}
}

// TestPublishedTableUsesJournalIndices checks that the rows of a published table, which refer to
// cells of the plan, get the indices of the journal. After an extension the two differ.
func TestPublishedTableUsesJournalIndices(t *testing.T) {
	c := schedule.CellMap{Index: []int{3, 0, 5}}
	table := &journal.Published{Rows: []journal.PublishedRow{
		{Method: "a", Cells: []journal.PublishedCell{{Cell: 0, Baseline: -1}}},
		{Method: "b", Cells: []journal.PublishedCell{{Cell: 2, Baseline: 0, Program: true}, {Cell: 1, Baseline: 1}}},
	}}
	want := [][]journal.PublishedCell{{{Cell: 3, Baseline: -1}}, {{Cell: 5, Baseline: 3, Program: true}, {Cell: 0, Baseline: 0}}}
	mapped := c.Published(table)
	for i, row := range mapped.Rows {
		if diff := cmp.Diff(want[i], row.Cells); diff != "" {
			t.Errorf("row %s: %s", row.Method, diff)
		}
	}
	if table.Rows[0].Cells[0].Cell != 0 || c.Published(nil) != nil {
		t.Error("the argument has changed, or a missing table gives a result")
	}
}
