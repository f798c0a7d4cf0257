package analysis

// Remaining counts the trials that are still to be run, warm-ups included: those
// that a resumed run would begin with; at most, where repeats adapt. Cells that are
// skipped, retired, quarantined or known well enough have none.
func (d *Data) Remaining() (n int) {
	for _, s := range d.Cells() {
		if s.Cell.Skip == "" && !s.Cell.Retired && !s.quarantined && !s.Precise {
			n += d.Run.Warmup + d.Run.Repeats - s.over
		}
	}
	return n
}
