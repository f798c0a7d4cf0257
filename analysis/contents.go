package analysis

import (
	"maps"
	"slices"
	"strings"

	"iosweep/internal/format"
	"iosweep/journal"
)

// Contents describes the items of a cell, such as "5,000 files, 216 MiB (left out: 50 links, 1 pipe)".
func Contents(cell *journal.Cell) string {
	text := format.Count(cell.Files, "file") + ", " + format.Bytes(ValueOf(float64(cell.Bytes)))
	if len(cell.LeftOut) > 0 {
		text += " (" + leftOut(cell.LeftOut) + ")"
	}
	return text
}

// leftOut describes the entries of a tree that are not items, such as "left out: 50 links, 1 pipe".
func leftOut(counts map[string]int) string {
	list := make([]string, 0, len(counts))
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, format.Count(counts[kind], kind))
	}
	return "left out: " + strings.Join(list, ", ")
}
