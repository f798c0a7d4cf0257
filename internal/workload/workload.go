package workload

import "fmt"

// Workload says which items there are. Equal workloads have equal content, byte
// for byte, on every machine.
type Workload struct {
	Files   int    `json:"files"`
	Content string `json:"content"` // rows, random, bytes or tasks
	Lines   int    `json:"lines"`
	Values  int    `json:"values"`
	Size    int64  `json:"size"`
	Seed    int64  `json:"seed"`
	// From is an existing tree, absolute; then the other fields mean nothing.
	From string `json:"from,omitempty"`
}

// Kinds of content that can be made.
const (
	ContentRows   = "rows"
	ContentRandom = "random"
	ContentBytes  = "bytes"
	ContentTasks  = "tasks"
)

// itemName is the file name of an item that is made: data-0000.csv and on,
// with more digits where four do not suffice.
func itemName(w Workload, item int) string {
	suffix := ".csv"
	switch w.Content {
	case ContentBytes:
		suffix = ".bin"
	case ContentTasks:
		suffix = ".txt"
	}
	return fmt.Sprintf("data-%04d%s", item, suffix)
}
