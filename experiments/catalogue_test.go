package experiments

// testCatalogue resembles the catalogue of the program, so these tests and the shipped
// experiments use realistic names.
var testCatalogue = Catalogue{
	Operations: []OperationInfo{
		{Name: "write", Axes: []Axis{Layout, Sync, BlockSize}},
		{Name: "read", Input: true, Axes: []Axis{Cache, BlockSize, Split}},
		{Name: "copy", Input: true, Axes: []Axis{Layout, Cache, Sync, BlockSize, Split}},
		{Name: "append", Axes: []Axis{Sync, Sink, BlockSize}, Sinks: []string{"locked", "collector", "unlocked"}},
		{Name: "zip", Input: true, Axes: []Axis{Level, Cache, Sync, Sink, BlockSize, Split}, Sinks: []string{"locked", "collector", "parallel"}},
		{Name: "unzip", Input: true, Axes: []Axis{Layout, Cache, Sync, BlockSize}},
		{Name: "delete", Input: true, Axes: []Axis{Layout}},
		{Name: "rename", Input: true},
		{Name: "move", Input: true},
	},
	Strategies: []StrategyInfo{
		{Name: "sequential"},
		{Name: "threads", Axes: []Axis{Workers, ChunkSize, Pool, Sink, Split}},
		{Name: "processes", Axes: []Axis{Workers, ChunkSize, Pool, Sink, Split}},
		{Name: "processes+threads", Axes: []Axis{Workers, Threads, ChunkSize, Pool, Sink, Split}},
		{Name: "async", Axes: []Axis{Workers, Sink, Split}},
		{Name: "async-unbounded", Axes: []Axis{Sink, Split}},
		{Name: "pipeline", Axes: []Axis{Workers, Queue, Sink, Split}},
		{Name: "background-thread", Axes: []Axis{Sink}},
		{Name: "background-process", Axes: []Axis{Sink}},
		{Name: "io_uring", Axes: []Axis{Workers, Threads, ChunkSize, Pool, Split}},
	},
	Unsupported: func(operation, strategy string) string {
		switch strategy {
		case "pipeline":
			switch operation {
			case "read", "delete", "rename", "move":
				return "it has no stages to split"
			}
		case "io_uring":
			switch operation {
			case "append", "zip", "unzip", "rename", "move":
				return "it makes no requests to a ring"
			}
		}
		return ""
	},
}
