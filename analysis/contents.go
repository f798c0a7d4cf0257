package analysis

import (
	"maps"
	"slices"

	"iosweep/experiments"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
	"iosweep/journal"
)

// Contents describes the items of a cell, such as "5,000 files, 216 MiB; left out: 50 links, 1 pipe".
func Contents(cell *journal.Cell) string {
	size := format.Bytes(ValueOf(float64(cell.Bytes)))
	if cell.Bytes < 1<<10 {
		size = format.Count(int(cell.Bytes), "byte") // without decimals
	}
	text := format.Count(cell.Files, "file") + ", " + size
	for i, kind := range slices.Sorted(maps.Keys(cell.LeftOut)) {
		separator := ", "
		if i == 0 {
			separator = "; left out: "
		}
		text += separator + format.Count(cell.LeftOut[kind], kind)
	}
	return text
}

// leftOutFootnotes name the trees of which entries were left out, with the items that remain.
func (d *Data) leftOutFootnotes() (list []string) {
	for _, s := range d.Cells() {
		if len(s.Cell.LeftOut) == 0 {
			continue
		}
		sentence := "The tree " + oneline.Name(s.Cell.Levels[experiments.From.String()]) + " has " + Contents(&s.Cell) + "."
		if !slices.Contains(list, sentence) {
			list = append(list, sentence)
		}
	}
	return list
}
