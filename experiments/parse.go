package experiments

// Options is what parsing needs to know beside the file.
type Options struct {
	File      string // as it stands in messages
	Catalogue Catalogue
	CPUs      int // what `cpus` means
	MaxCells  int // 0: DefaultMaxCells
	// MaxTrials bounds the trials that every run has; 0: DefaultMaxTrials.
	MaxTrials int64
	// Profile is laid over the file, before the overrides; empty: none.
	Profile string
	// Set are overrides PATH=VALUE, applied in order.
	Set []string
	// Spelling says how overrides of Set were written, where it was not as --set:
	// a message has to name what the person typed.
	Spelling map[string]string
	// Only keeps the cells that match one of these AXIS=VALUE,... filters.
	Only []string
}

// DefaultMaxCells bounds a grid: beyond it a typing error is likelier than a plan.
const DefaultMaxCells = 100_000

// DefaultMaxTrials bounds a plan: of trials of a millisecond, it takes three hours.
const DefaultMaxTrials = 10_000_000

// Parse checks a whole experiment file, with its profile and its overrides laid over it.
// The error is a Problems.
func Parse(source []byte, opt Options) (*Experiment, error) {
	d := newDecoder(source, opt)
	if root := d.document(source); root != nil {
		if opt.Profile != "" {
			d.applyProfile(root, opt.Profile)
		}
		if len(opt.Set) > maxOverrides {
			d.add(Position{File: "--set"}, "it stands there %s times, more than %s: put the values into the file", thousands(int64(len(opt.Set))), thousands(maxOverrides))
			return nil, sorted(d.problems)
		}
		for _, set := range opt.Set {
			d.override(root, set)
		}
		f := d.file(root)
		if len(d.problems) == 0 {
			f.plan()
		}
		if len(d.problems) == 0 {
			f.Warnings = sorted(d.warnings)
			return f.Experiment, nil
		}
	}
	return nil, sorted(d.problems)
}

// A Catalogue says what this build of iosweep can do. Parsing is given one, so
// that a grid is refused before anything runs and this package needs to know
// neither operations nor strategies.
type Catalogue struct {
	Operations []OperationInfo
	Strategies []StrategyInfo
	// Unsupported says why a pair makes no sense, or "" if it does.
	Unsupported func(operation, strategy string) string
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

// operation finds an operation by its name.
func (c *Catalogue) operation(name string) (op OperationInfo, known bool) {
	for _, op := range c.Operations {
		if op.Name == name {
			return op, true
		}
	}
	return OperationInfo{}, false
}

func (c *Catalogue) operationNames() []string {
	return mapSlice(c.Operations, func(op OperationInfo) string { return op.Name })
}

func (c *Catalogue) strategyNames() []string {
	return mapSlice(c.Strategies, func(s StrategyInfo) string { return s.Name })
}

// mapped returns what name makes of each of list.
func mapSlice[T any](list []T, name func(T) string) []string {
	names := make([]string, len(list))
	for i, x := range list {
		names[i] = name(x)
	}
	return names
}
