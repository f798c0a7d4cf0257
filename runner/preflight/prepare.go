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

// Prepared is a plan on this machine: every check that needs the machine has
// been made, and nothing has been written.
type Prepared struct {
	Plan *schedule.Plan
	ID   string // of the run: it names its workspaces
	// Cells is what the journal says of the cells, without their levels, which the
	// experiment has: maps of them for 100,000 cells take more than all else.
	Cells []journal.Cell

	Machine sysinfo.Machine

	Workspaces []string                      // directories under test, resolved, each once
	Places     []*Place                      // by cell
	made       []*survey                     // those of made content whose manifests are in memory, the oldest first
	memory     int64                         // of all manifests, those of trees included
	Disks      map[string]sysinfo.Filesystem // by workspace
}

// Prepare checks a plan against this machine. The error is an
// experiments.Problems where it is the experiment that has to change.
func Prepare(ctx context.Context, plan *schedule.Plan, from Base, say func(string)) (*Prepared, error) {
	p := &Prepared{
		Plan: plan, ID: newID(), Machine: sysinfo.Read(), Disks: map[string]sysinfo.Filesystem{},
	}
	if err := p.locate(from); err != nil {
		return nil, err
	}
	if err := p.describeCells(ctx, say); err != nil {
		return nil, err
	}
	return p, nil
}

// Check says what Prepare would refuse about a plan on this machine, and which
// commands cannot run and why, without surveying any workload.
func Check(plan *schedule.Plan, from Base) (missing []string, err error) {
	p := &Prepared{Plan: plan, Disks: map[string]sysinfo.Filesystem{}}
	for _, a := range unavailable(plan.Experiment) {
		missing = append(missing, a.why)
	}
	return missing, p.locate(from)
}

// newID is unique among runs, also those of one second.
func newID() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // it never fails: crypto/rand
	return time.Now().Format("20060102-150405-") + hex.EncodeToString(b[:])
}
