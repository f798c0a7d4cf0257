package analysis

import (
	"fmt"
	"strings"
	"testing"

	"iosweep/journal"
)

func TestManyWarningsOfAKindAreCounted(t *testing.T) {
	log := &journal.Log{Run: journal.Run{Version: 1, Repeats: 3}}
	for i := range 5 {
		log.Notes = append(log.Notes, journal.Note{Kind: journal.NoteWarning, Text: fmt.Sprintf("cpu%d is slow.", i)})
	}
	log.Notes = append(log.Notes, journal.Note{Kind: journal.NoteWarning, Text: "The disk is slow."})
	for i, program := range []string{"chrome", "gcc", "python3"} { // three sessions
		log.Notes = append(log.Notes, journal.Note{Kind: journal.NoteWarning, Text: fmt.Sprintf("Before the run other processes used %d.2 cpus, most of it %s.", i, program)})
	}
	log.Notes = append(log.Notes, journal.Note{Kind: journal.NoteWarning, Text: "Before the run the hypervisor gave processors to others (8% steal)."})
	for i := range 10 {
		for _, strategy := range []string{"sequential", "threads"} {
			log.Run.Cells = append(log.Run.Cells, journal.Cell{
				Name:     fmt.Sprintf("write/strategy=%s/files=%d", strategy, i),
				Levels:   map[string]string{"operation": "write", "strategy": strategy, "files": fmt.Sprint(i)},
				Baseline: 2 * i, Files: i,
			})
		}
	}
	d := New(log)
	want := []string{
		"cpu0 is slow.", "4 further warnings are of this kind", "The disk is slow.",
		"Before the run other processes used 0.2 cpus, most of it chrome. This was so before 2 later sessions too; ", "Before the run the hypervisor gave",
		"The baseline write/strategy=sequential/files=0 ", "9 further baselines",
	}
	if len(d.Warnings) != len(want) {
		t.Fatalf("%d warnings, want %d:\n%s", len(d.Warnings), len(want), strings.Join(d.Warnings, "\n"))
	}
	for i, prefix := range want {
		if !strings.HasPrefix(d.Warnings[i], prefix) {
			t.Errorf("warning %d is %q, want %q ...", i, d.Warnings[i], prefix)
		}
	}
}
