package analysis

// Best returns the cell of a table with the lowest mean. It returns nil if the table has fewer
// than two cells that can be the best. A cell that corrupts items or fails as expected cannot,
// because it may be fast because it does less.
func (g *Table) Best() *Summary {
	var best *Summary
	candidates := 0
	for _, s := range g.Cells {
		if s.Status != StatusOK || s.Cell.Retired || !s.Seconds.Mean.OK || s.ExpectedFailures > 0 || s.Corrupt.X > 0 {
			continue
		}
		candidates++
		if best == nil || s.Seconds.Mean.X < best.Seconds.Mean.X {
			best = s
		}
	}
	if candidates < 2 {
		return nil
	}
	return best
}
