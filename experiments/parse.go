package experiments

import "math"

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

// Parse checks a whole experiment file. The error is a Problems.
func Parse(source []byte, opt Options) (*Experiment, error) {
	opt.CPUs = max(opt.CPUs, 1)
	if opt.MaxCells <= 0 {
		opt.MaxCells = DefaultMaxCells
	}
	opt.MaxCells = min(opt.MaxCells, math.MaxInt32)
	if opt.MaxTrials <= 0 {
		opt.MaxTrials = DefaultMaxTrials
	}
	d := newDecoder(source, opt)
	root := d.document(source)
	if root == nil {
		return nil, d.refusal()
	}
	if opt.Profile != "" {
		d.layProfile(root, opt.Profile)
	}
	for _, set := range opt.Set {
		d.override(root, set)
	}
	f := d.file(root)
	if len(d.problems) > 0 {
		return nil, d.refusal()
	}
	f.plan()
	if len(d.problems) > 0 {
		return nil, d.refusal()
	}
	f.Warnings = sorted(d.warnings)
	return f.Experiment, nil
}
