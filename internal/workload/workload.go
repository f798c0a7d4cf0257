package workload

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
