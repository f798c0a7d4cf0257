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
type match struct {
	cell, filter int
	place        int // of the filter in its list
}

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
			if !f.matches(&filter.cellFilter, &f.Cells[i]) {
				continue
			}
			some = true
			if !slices.ContainsFunc(list, func(m match) bool { return m.cell == i }) {
				list = append(list, match{i, k, filter.place})
			}
			if len(list) > maxRowCells {
				f.add(filter.at, "published row %s: more than %d cells match, including the cells of %s: add axes to the filter", method, maxRowCells, filter)
				return list[:before]
			}
		}
		switch {
		case !some:
			f.add(filter.at, "published row %s: no cell of the grid matches %s: %s", method, filter, f.describeGridLevels(&filter.cellFilter))
		case len(list) == before && filter.differs != "":
			f.add(filter.at, "published row %s: earlier filters select every cell of %s: a cell is in cells or in one of the variants", method, filter)
		}
	}
	return list
}

// findRowBaselines sets the baseline of every cell of a row. It stops at the first cell without
// one, because the other cells mostly have the same problem.
func (f *file) findRowBaselines(found [][]match, row int) {
	t := f.Published
	r := &t.Rows[row]
	for _, m := range found[row] {
		if problem := f.claimProblem(r, m); problem != "" {
			f.add(r.at, "the row %s claims %s, but %s", quote(r.Method), quote(r.Claim), problem)
			return
		}
		baseline := -1
		if t.Baseline >= 0 && r.compared() {
			switch fits := f.rowBaselines(found, row, m); {
			case len(fits) == 1:
				baseline = fits[0].cell
				f.warnMixedKinds(row, m.cell, baseline)
			case r.Claim == noClaim: // compared only if it can be
			case len(fits) > 1:
				f.add(r.at, "several cells of the baseline row %s do the same work as %s of the row %s: give both rows the same number of entries under `cells`, in the same order", quote(t.Rows[t.Baseline].Method), &f.Cells[m.cell], quote(r.Method))
				return
			default:
				f.add(r.at, "no cell of the baseline row %s does the same work as %s of the row %s", quote(t.Rows[t.Baseline].Method), &f.Cells[m.cell], quote(r.Method))
				return
			}
		}
		r.Cells = append(r.Cells, PublishedCell{m.cell, baseline, r.filters[m.filter].differs})
	}
}

// rowBaselines returns the cells of the baseline row that do the same work as a cell of a row and
// are left by the rules of preferred. The claim is about a method and not about a language, so a
// program is compared with a program. A variant is no baseline. A cell of the baseline row is its
// own baseline.
func (f *file) rowBaselines(found [][]match, row int, m match) []match {
	t := f.Published
	if row == t.Baseline && t.Rows[row].filters[m.filter].differs == "" {
		return []match{m}
	}
	base := &t.Rows[t.Baseline]
	var fits []match
	for _, b := range found[t.Baseline] {
		if base.filters[b.filter].differs == "" && f.sameWork(b.cell, m.cell) {
			fits = append(fits, b)
		}
	}
	return f.preferred(fits, m, func(b match) *cellFilter { return &base.filters[b.filter].cellFilter })
}

// claimProblem returns the reason why a cell cannot test the claim of its row; empty if it can.
func (f *file) claimProblem(r *PublishedRow, m match) string {
	c := &f.Cells[m.cell]
	switch {
	case r.filters[m.filter].differs != "":
		return ""
	case r.Claim == corrupt && c.Level(Sink) != SinkUnlocked:
		return c.String() + " does not count corrupt items: only cells with the sink unlocked do"
	case r.Claim == fails:
		if command := f.contenders[c.Level(Strategy)]; command == nil || !command.ExpectFailure && command.ExpectError == "" {
			return c.String() + " must succeed: only a command with the key expect may fail"
		}
	}
	return ""
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
