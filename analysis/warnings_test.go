package analysis

import (
	"fmt"
	"strings"
	"testing"

	"iosweep/journal"
)

func TestManyUnfinishedBaselinesAreFewWarnings(t *testing.T) {
	log := &journal.Log{Run: journal.Run{Version: 1, Repeats: 3}}
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
	if len(d.Warnings) != maxAlike+1 {
		t.Fatalf("%d warnings, want %d:\n%s", len(d.Warnings), maxAlike+1, strings.Join(d.Warnings, "\n"))
	}
	if last := d.Warnings[maxAlike]; !strings.HasPrefix(last, "7 further baselines") {
		t.Errorf("the last warning is %q", last)
	}
}
