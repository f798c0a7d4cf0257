package preflight

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"iosweep/internal/sysinfo"
	"iosweep/journal"
	"iosweep/runner/schedule"
)

// Prepared represents a plan that was checked on this machine. Nothing has been written yet.
type Prepared struct {
	Plan *schedule.Plan
	ID   string // of the run; its run directories have it in their names
	// Cells has an entry of the journal for each cell, without levels. The experiment has
	// them, and maps of levels for 100,000 cells would take most of the memory.
	Cells []journal.Cell

	Machine sysinfo.Machine

	Workspaces []string                      // resolved, each once
	Places     []*Place                      // by cell
	generated  []*survey                     // surveys of generated content with a manifest in memory, oldest first
	memory     int64                         // of all manifests, including manifests of trees
	Disks      map[string]sysinfo.Filesystem // by workspace

	// Interpreters are the Python interpreters of the cells.
	Interpreters []Interpreter
	// Sources are cloned and built before the first trial. Revisions describes each revision, also two
	// that share a build. SourceWarnings are sentences for reports.
	Sources        []Source
	Revisions      []journal.Source
	SourceWarnings []string
	sourceOf       []int // by cell: index in Sources, or -1

	// Versions are the versions of programs, as they print them.
	Versions []journal.Version
	// Missing are the reasons why commands and strategies are unavailable on this machine.
	Missing []string

	from       Base
	runNothing bool                // set by Inspect
	invoked    map[string][]string // the programs that an argv starts, by its words
	programs   *ProgramFiles       // nil: not searched yet
}

// Prepare checks a plan against this machine. It calls progress before each step that may take long.
// The error is an experiments.Problems if the experiment must be changed.
func Prepare(ctx context.Context, plan *schedule.Plan, from Base, progress func(string)) (*Prepared, error) {
	return prepare(ctx, plan, from, progress, false)
}

// Inspect is like Prepare, but starts no program that the experiment names. So an interpreter is
// the file that PATH has, and it is not checked.
func Inspect(ctx context.Context, plan *schedule.Plan, from Base, progress func(string)) (*Prepared, error) {
	return prepare(ctx, plan, from, progress, true)
}

func prepare(ctx context.Context, plan *schedule.Plan, from Base, progress func(string), runNothing bool) (*Prepared, error) {
	p := &Prepared{
		Plan: plan, ID: NewID(), Machine: sysinfo.Read(), Disks: map[string]sysinfo.Filesystem{}, from: from, runNothing: runNothing, invoked: map[string][]string{},
	}
	if err := p.locate(from); err != nil {
		return nil, err
	}
	if err := p.findSources(ctx, from, progress); err != nil {
		return nil, err
	}
	if err := p.describeCells(ctx, from, progress); err != nil {
		return nil, err
	}
	if err := p.checkNames(); err != nil {
		return nil, err
	}
	if err := p.checkMemory(availableMemory()); err != nil {
		return nil, err
	}
	if !runNothing {
		p.findVersions(ctx, progress)
	}
	return p, nil
}

// NewID returns a unique ID of a run, even for runs that start in the same second.
func NewID() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // crypto/rand: Read never returns an error
	return time.Now().Format("20060102-150405-") + hex.EncodeToString(b[:])
}
