package experiments

// A Catalogue says what this build of iosweep can do. Parsing is given one, so
// that a grid is refused before anything runs and this package needs to know
// neither operations nor strategies.
type Catalogue struct {
	Operations []OperationInfo
	Strategies []StrategyInfo
	// Refuse says why a pair makes no sense, or "" if it does.
	Refuse func(operation, strategy string) string
}

// OperationInfo is what a grid may ask of an operation.
type OperationInfo struct {
	Name string
	// Axes are those of Level, Layout, Cache, Sync, Sink that it uses.
	Axes []Axis
	// Input: it has a directory of inputs, so commands may ask for {input}.
	Input bool
	// Sinks are the levels of the axis sink that it allows.
	Sinks []string
}

// StrategyInfo is what a grid may ask of a strategy.
type StrategyInfo struct {
	Name string
	// Axes are those of Workers, Threads, ChunkSize, Queue, Sink, Pool that it
	// uses. Sink counts only where the operation uses it too.
	Axes []Axis
}

func (c *Catalogue) operationNames() []string {
	names := make([]string, len(c.Operations))
	for i := range c.Operations {
		names[i] = c.Operations[i].Name
	}
	return names
}

func (c *Catalogue) strategyNames() []string {
	names := make([]string, len(c.Strategies))
	for i := range c.Strategies {
		names[i] = c.Strategies[i].Name
	}
	return names
}
