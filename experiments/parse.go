package experiments

import "bytes"

// Options contains everything that parsing needs besides the file.
type Options struct {
	File      string // file name for messages
	Catalogue Catalogue
	CPUs      int // value of `cpus`
	MaxCells  int // 0: DefaultMaxCells
	// MaxTrials is the largest number of trials of a run; 0: DefaultMaxTrials. With adaptive
	// repeats, only the minimum of each cell counts.
	MaxTrials int64
	// Profile is the profile to apply, before the overrides; empty: none.
	Profile string
	// Set contains overrides PATH=VALUE, applied in order.
	Set []string
	// Spelling contains the original form of overrides that the user did not write as --set.
	// For example, the override budget=1h has the original form --budget 1h. Messages quote
	// the original.
	Spelling map[string]string
	// Interpreters finds the Python interpreters that the level found of the axis python stands
	// for. It runs programs, so Parse calls it only if the file has this level. Without it, found
	// is one level.
	Interpreters func() []string
	// AB makes the experiment compare two revisions. It keeps the commands with a source, and sets
	// their axis revision and the baseline.
	AB *AB
	// Only keeps the cells that match at least one of these AXIS=VALUE,... filters.
	Only []string
}

// DefaultMaxCells limits the size of a grid. A larger grid is more likely a typing error than
// a plan.
const DefaultMaxCells = 100_000

// DefaultMaxTrials limits the size of a plan. That many trials of one millisecond each take
// three hours.
const DefaultMaxTrials = 10_000_000

// Parse checks a whole experiment file after merging its profile and overrides into it. The
// error is of type Problems.
func Parse(source []byte, opt Options) (*Experiment, error) {
	source = bytes.TrimPrefix(source, byteOrderMark)
	d := newDecoder(source, opt)
	if root := d.document(source); root != nil {
		if i := keyIndex(root, "workload"); i >= 0 {
			d.writtenWorkload = root.Content[i+1] // profiles and overrides replace this node and do not change it
		}
		if opt.Profile != "" {
			d.applyProfile(root, opt.Profile)
		}
		if len(opt.Set) > maxOverrides {
			d.add(Position{File: "--set"}, "%s overrides, more than %s: put the values into the file", thousands(int64(len(opt.Set))), thousands(maxOverrides))
			return nil, d.list()
		}
		for _, set := range opt.Set {
			d.override(root, set)
		}
		f := d.file(root)
		if len(d.problems) == 0 {
			f.plan()
		}
		if len(d.problems) == 0 {
			f.Warnings, f.Found = sorted(d.warnings), d.pythons
			return f.Experiment, nil
		}
	}
	return nil, d.list()
}

// A Catalogue lists the operations and strategies of this build of iosweep. With it, Parse
// refuses an invalid grid before anything runs, and this package depends neither on operations
// nor on strategies.
type Catalogue struct {
	Operations []OperationInfo
	Strategies []StrategyInfo
	// Unsupported returns the reason why a strategy does not support an operation, or "" if it
	// does.
	Unsupported func(operation, strategy string) string
}

// OperationInfo describes an operation to the parser.
type OperationInfo struct {
	Name string
	// Axes are the axes that the operation uses: a subset of Level, Layout, Cache, Sync and
	// Sink.
	Axes []Axis
	// Input reports whether the operation has an input directory, so that commands may use
	// {input}.
	Input bool
	// Sinks are the levels of the axis sink that the operation allows.
	Sinks []string
}

// StrategyInfo describes a strategy to the parser.
type StrategyInfo struct {
	Name string
	// Axes are the axes that the strategy uses: a subset of Workers, Threads, ChunkSize,
	// Queue, Sink and Pool. Sink has no effect unless the operation uses it too.
	Axes []Axis
}

// operation returns the operation with the given name.
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

// mapSlice returns the results of text for the elements of list.
func mapSlice[T any](list []T, text func(T) string) []string {
	names := make([]string, len(list))
	for i, x := range list {
		names[i] = text(x)
	}
	return names
}
