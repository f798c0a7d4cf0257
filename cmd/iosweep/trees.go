package main

import (
	"iosweep/analysis"
	"iosweep/internal/oneline"
	"iosweep/runner/preflight"
)

// treeLines describes the trees of a plan, each in a line such as
// "tree /photos: 5,000 files, 216 MiB (left out: 50 links, 1 pipe)".
func treeLines(prep *preflight.Prepared) (lines []string) {
	seen := map[string]bool{}
	for i, at := range prep.Places {
		if tree := at.Workload.From; tree != "" && !seen[tree] {
			seen[tree] = true
			lines = append(lines, "tree "+oneline.Name(tree)+": "+analysis.Contents(&prep.Cells[i]))
		}
	}
	return lines
}
