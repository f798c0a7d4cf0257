package reproduce

import (
	"cmp"
	"fmt"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/format"
	"iosweep/journal"
)

// sizeFinding reports printed sizes that do not agree with the workload of the experiment file.
func (r *Reproduction) sizeFinding() []string {
	w, file, total := r.Table.Workload, r.Table.FileSize, r.Table.TotalSize
	if w == nil || file == nil && total == nil {
		return nil
	}
	agrees := func(p *journal.PrintedSize, smallest, largest int64) bool {
		half := 0.0
		if p != nil {
			half = p.Unit / 2
		}
		return p == nil || float64(largest) >= p.Value-half && float64(smallest) <= p.Value+half
	}
	if agrees(file, w.Smallest, w.Largest) && agrees(total, w.Total, w.Total) {
		return nil
	}
	about := ""
	if w.Estimated {
		about = "about "
	}
	var says, has []string
	if file != nil {
		size := sizeIn(file, w.Smallest)
		if largest := sizeIn(file, w.Largest); largest != size {
			size += " to " + largest
		}
		says = append(says, printedSize(file)+" a file")
		has = append(has, about+size+" "+file.Name+" a file")
	}
	if total != nil {
		says = append(says, printedSize(total)+" in all")
		has = append(has, about+sizeIn(total, w.Total)+" "+total.Name+" in all")
	}
	return []string{fmt.Sprintf("The page says %s. The workload has %s.", format.Join(says), format.Join(has))}
}

// unitOf returns the size of the unit in which a size was printed; 1 for an unknown unit.
func unitOf(p *journal.PrintedSize) float64 {
	return cmp.Or(experiments.PrintedUnits[p.Name], 1)
}

// printedSize returns a size as it was printed, such as ~1 MB.
func printedSize(p *journal.PrintedSize) string {
	text := printed(journal.Figure{Value: p.Value / unitOf(p), Unit: p.Unit / unitOf(p)})
	if p.About {
		text = "~" + strings.TrimPrefix(text, "~")
	}
	return text + " " + p.Name
}

// sizeIn returns a number of bytes in the unit of a printed size, without the unit.
func sizeIn(p *journal.PrintedSize, bytes int64) string {
	x := float64(bytes) / unitOf(p)
	if unitOf(p) == 1 || x >= 1000 {
		return format.Thousands(int64(x + 0.5))
	}
	return format.Digits(x, 3)
}
