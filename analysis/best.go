package analysis

// Best returns the fastest cell of a table, which the overview names too. It returns nil if the table
// has fewer than two cells that can be the best, or if the fastest one has too few trials.
func (g *Table) Best() *Summary {
	ranked := g.ranked()
	if len(ranked) < 2 || ranked[0].Status != StatusOK {
		return nil
	}
	return ranked[0]
}
