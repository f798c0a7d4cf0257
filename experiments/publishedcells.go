package experiments

import "slices"

// findPublished finds the cells of each row of a published table, and for each cell the one
// that its speed-up is relative to.
func (f *file) findPublished() {
	t := f.Published
	if t == nil {
		return
	}
	found := make([][]match, len(t.Rows))
	for i := range t.Rows {
		found[i] = f.rowMatches(i)
	}
	if len(f.problems) > 0 {
		return
	}
	for i := range t.Rows {
		f.findRowBaselines(found, i)
	}
}

// A match is a cell of a row, with the filter of the row that selected it.
type match struct{ cell, filter int }

// rowMatches returns the cells that the filters of a row select, each once, in the order of
// the filters.
func (f *file) rowMatches(row int) []match {
	var list []match
	method := quote(f.Published.Rows[row].Method)
	filters := f.Published.Rows[row].filters
	for k := range filters {
		filter := &filters[k]
		before, some := len(list), false
		for i := range f.Cells {
			if !f.matches(filter, &f.Cells[i]) {
				continue
			}
			some = true
			if !slices.ContainsFunc(list, func(m match) bool { return m.cell == i }) {
				list = append(list, match{i, k})
			}
			if len(list) > maxRowCells {
				f.add(filter.at, "published row %s: more than %d cells match, including the cells of %s: add axes to the filter", method, maxRowCells, filter)
				return list[:before]
			}
		}
		if !some {
			f.add(filter.at, "published row %s: no cell of the grid matches %s: %s", method, filter, f.describeGridLevels(filter))
		}
	}
	return list
}

// findRowBaselines sets the baseline of every cell of a row: a cell of the baseline row that
// does the same work. If there are several, preferred chooses one: the claim is about a method
// and not about a language, so a program is compared with a program.
func (f *file) findRowBaselines(found [][]match, row int) {
	t := f.Published
	r := &t.Rows[row]
	for _, m := range found[row] {
		if c := &f.Cells[m.cell]; r.Claim == corrupt && c.Level(Sink) != SinkUnlocked {
			f.add(r.at, "the row %s claims %s, but %s does not count corrupt items: only cells with the sink unlocked do", quote(r.Method), quote(r.Claim), c)
			return
		}
		if t.Baseline < 0 || !r.compared() {
			r.Cells = append(r.Cells, PublishedCell{m.cell, -1})
			continue
		}
		fits := []match{m} // a baseline is its own baseline
		if row != t.Baseline {
			fits = f.preferred(f.sameWork(slices.Clone(found[t.Baseline]), m.cell), m, t.Rows[t.Baseline].filters)
		}
		if len(fits) == 1 {
			r.Cells = append(r.Cells, PublishedCell{m.cell, fits[0].cell})
			f.warnMixedKinds(row, m.cell, fits[0].cell)
			continue
		}
		format := "no cell of the baseline row %s does the same work as %s of the row %s"
		if len(fits) > 1 {
			format = "several cells of the baseline row %s do the same work as %s of the row %s: give both rows the same number of entries under `cells`, in the same order"
		}
		f.add(r.at, format, quote(t.Rows[t.Baseline].Method), &f.Cells[m.cell], quote(r.Method))
		return
	}
}

// warnMixedKinds warns that a program is compared with a built-in strategy, or the reverse.
// The speed-up then also includes the difference between two programs.
func (f *file) warnMixedKinds(row, cell, baseline int) {
	if f.isProgram(cell) == f.isProgram(baseline) {
		return
	}
	f.warn(f.Published.Rows[row].at, "published row %s: %s is compared with %s, because the baseline row has no cell of the same kind: one is a program, the other a built-in strategy",
		quote(f.Published.Rows[row].Method), &f.Cells[cell], &f.Cells[baseline])
}

func (f *file) isProgram(cell int) bool {
	return f.contenders[f.Cells[cell].Level(Strategy)] != nil
}

// keepPublishedBaselines also keeps the cells that kept cells are compared with, and their own
// baselines.
func (f *file) keepPublishedBaselines(keep []bool) {
	if f.Published == nil {
		return
	}
	for _, row := range f.Published.Rows {
		for _, c := range row.Cells {
			if keep[c.Cell] && c.Baseline >= 0 {
				keep[c.Baseline], keep[f.Baseline[c.Baseline]] = true, true
			}
		}
	}
}

// renumberPublished updates the indices of the kept cells in the table and removes the others.
func (f *file) renumberPublished(keep []bool, newIndex []int) {
	if f.Published == nil {
		return
	}
	for r := range f.Published.Rows {
		row := &f.Published.Rows[r]
		row.Cells = slices.DeleteFunc(row.Cells, func(c PublishedCell) bool { return !keep[c.Cell] })
		for i, c := range row.Cells {
			row.Cells[i].Cell = newIndex[c.Cell]
			if c.Baseline >= 0 {
				row.Cells[i].Baseline = newIndex[c.Baseline]
			}
		}
	}
}
