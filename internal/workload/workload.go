package workload

import "fmt"

// A Workload describes the items of an experiment. Equal workloads have byte for byte equal
// content on every machine.
type Workload struct {
	Files   int    `json:"files"`
	Content string `json:"content"` // one of the constants below
	Lines   int    `json:"lines"`
	Values  int    `json:"values"`
	Size    int64  `json:"size"`
	// Sigma is above 0 if the sizes of items differ. Their logarithms then have a normal
	// distribution with this standard deviation, and Size is the median of the sizes.
	Sigma float64 `json:"sigma,omitempty"`
	Seed  int64   `json:"seed"`
	// Depth is the number of levels of directories, and Fanout is the number of directories in
	// each directory. Items are in the deepest ones. A flat workload has no directories.
	Depth  int `json:"depth,omitempty"`
	Fanout int `json:"fanout,omitempty"`
	// From is the absolute path of an existing tree. If it is set, the fields above have no
	// meaning.
	From string `json:"from,omitempty"`
	// SkipUnreadable leaves out the files and directories of the tree that this user may not read.
	SkipUnreadable bool `json:"skip_unreadable,omitempty"`
}

// Kinds of generated content.
const (
	ContentRows         = "rows"
	ContentRandom       = "random"
	ContentPythonRandom = "python-random"
	ContentBytes        = "bytes"
	ContentTasks        = "tasks"
	ContentText         = "text"
)

// itemName returns the name of a generated item: data-0000.csv, data-0001.csv and so on, with
// more than four digits if necessary, below its directory. A single file of text is data.txt, as
// in the tutorial that writes it.
func itemName(w Workload, item int) string {
	dir := w.directoryOf(item)
	if w.Content == ContentText && w.Files == 1 {
		return dir + "data.txt"
	}
	suffix := ".csv"
	switch w.Content {
	case ContentBytes:
		suffix = ".bin"
	case ContentTasks, ContentText:
		suffix = ".txt"
	}
	return fmt.Sprintf("%sdata-%04d%s", dir, item, suffix)
}
