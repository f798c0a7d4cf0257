package analysis

import (
	"cmp"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"iosweep/internal/oneline"
	"iosweep/journal"
)

// RunCommand returns the command line that runs the experiment again. It leaves out --only.
func RunCommand(r *journal.Run) string {
	words := []string{"iosweep", "run", oneline.ForShell(cmp.Or(filepath.Base(filepath.ToSlash(r.Origin.File)), "."))}
	if r.Origin.File == "" {
		words[2] = oneline.ForShell(r.Name) // a built-in experiment
	}
	if r.Reproduce {
		words[1] = "reproduce"
	}
	if r.Origin.Bundle != "" {
		words[2] = oneline.ForShell(r.Origin.Bundle)
	}
	if r.AB != nil {
		words = []string{"iosweep", "ab", oneline.ForShell(r.AB.Base), oneline.ForShell(r.AB.New), words[2]}
	}
	add := func(flag string, values ...string) {
		for _, v := range values {
			words = append(words, flag, oneline.ForShell(v))
		}
	}
	if r.Profile != "" {
		add("--profile", r.Profile)
	}
	add("--set", r.Overrides...)
	return strings.Join(words, " ")
}

// maxFilters is the largest number of filters of a suggested command line.
const maxFilters = 20

// FiltersOf returns filters in the syntax of --only that select exactly these cells. It returns nil if they are too many.
func (d *Data) FiltersOf(cells []*Summary) []string {
	all := make([]*Summary, len(d.Summaries))
	for i := range all {
		all[i] = &d.Summaries[i]
	}
	varying := Varying(d.Factors, all)
	axes := slices.DeleteFunc(slices.Clone(d.Factors), func(axis string) bool {
		named := func(filter string) bool { return strings.Contains(filter, axis+"=") } // the file has further levels
		return !slices.Contains(varying, axis) && !slices.ContainsFunc(d.Run.Only, named)
	})
	cells = slices.SortedFunc(slices.Values(cells), func(a, b *Summary) int { return cmp.Compare(a.Index, b.Index) })
	filters := mergedFilters(axes, cells)
	if len(filters) > maxFilters {
		return nil
	}
	list := []string{} // empty if the run has a single cell
	for _, f := range filters {
		var parts []string
		for i, levels := range f {
			if len(levels) > 0 {
				parts = append(parts, axes[i]+"="+strings.Join(levels, ","))
			}
		}
		switch {
		case len(parts) > 0:
			list = append(list, strings.Join(parts, ","))
		case len(axes) > 0: // a cell without levels cannot be selected
			return nil
		}
	}
	return list
}

// mergedFilters returns the levels of the cells on these axes. Cells that differ on one axis share a filter.
func mergedFilters(axes []string, cells []*Summary) (filters [][][]string) {
	for _, s := range cells {
		filter := make([][]string, len(axes))
		for i, axis := range axes {
			if level, ok := s.Cell.Levels[axis]; ok {
				filter[i] = []string{quotedLevel(level)}
			}
		}
		filters = append(filters, filter)
	}
	for axis := range axes {
		var merged [][][]string
		for _, f := range filters {
			at := slices.IndexFunc(merged, func(m [][]string) bool { return differOnlyOn(axis, m, f) })
			if at < 0 {
				merged = append(merged, f)
				continue
			}
			merged[at][axis] = append(merged[at][axis], f[axis]...)
		}
		filters = merged
	}
	return filters
}

// differOnlyOn reports whether two filters have levels on an axis, and are equal on all others.
func differOnlyOn(axis int, a, b [][]string) bool {
	for i := range a {
		if i != axis && !slices.Equal(a[i], b[i]) {
			return false
		}
	}
	return len(a[axis]) > 0 && len(b[axis]) > 0
}

// quotedLevel returns a level for a filter.
func quotedLevel(level string) string {
	if strings.ContainsAny(level, `=,|:#"'[]{}`) || strings.TrimSpace(level) != level {
		return strconv.Quote(level)
	}
	return level
}
