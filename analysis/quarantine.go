package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"iosweep/internal/format"
	"iosweep/journal"
)

// setQuarantined marks the quarantined cells, according to the notes. A later trial of
// the cell lifts the quarantine.
func (d *Data) setQuarantined() {
	for _, n := range d.Notes {
		if n.RetryFailed {
			for i := range d.Summaries {
				d.Summaries[i].lifted = true
			}
		}
		if n.Kind != journal.NoteQuarantined || n.Cell == nil {
			continue
		}
		s := d.Summary(*n.Cell)
		if s == nil {
			continue
		}
		later := func(r result) bool { return r.at >= n.After }
		s.lifted = false
		s.quarantined = !slices.ContainsFunc(s.results, later)
		s.quarantineCause = quarantineCause(n.Text)
	}
}

// quarantineCause returns the cause of a quarantine from its note. It returns "" if the
// cell failed too often. Other causes are files that cannot be removed, and a limit.
func quarantineCause(note string) string {
	_, why, _ := strings.Cut(note, " gets no more trials: ")
	if strings.HasPrefix(why, "it failed in ") {
		return ""
	}
	return why
}

// quarantineReason describes the consecutive failed trials at the end of the trials of a
// cell.
func (s *Summary) quarantineReason() string {
	latest := slices.Clone(s.results)
	slices.SortFunc(latest, func(a, b result) int { return cmp.Compare(b.at, a.at) })
	failed, attempts, last := 0, 0, ""
	for _, t := range latest {
		if t.Void {
			continue
		}
		if t.Status == journal.OK {
			break
		}
		failed++
		attempts += len(t.before) + 1
		last = cmp.Or(last, errorOf(t.Trial))
	}
	reason := "quarantined after " + format.Count(failed, "failed trial")
	if failed > 1 {
		reason += " in a row"
	}
	if attempts > failed {
		reason += fmt.Sprintf(" (%d attempts)", attempts)
	}
	return reason + ": " + cmp.Or(last, "its trials are not in the journal")
}
