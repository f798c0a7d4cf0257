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
	Seed    int64  `json:"seed"`
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

// itemName returns the file name of a generated item: data-0000.csv, data-0001.csv and so on,
// with more than four digits if necessary. A single file of text is data.txt, as in the tutorial
// that writes it.
func itemName(w Workload, item int) string {
	if w.Content == ContentText && w.Files == 1 {
		return "data.txt"
	}
	suffix := ".csv"
	switch w.Content {
	case ContentBytes:
		suffix = ".bin"
	case ContentTasks, ContentText:
		suffix = ".txt"
	}
	return fmt.Sprintf("data-%04d%s", item, suffix)
}
