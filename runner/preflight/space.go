package preflight

import (
	"fmt"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/fault"
	"iosweep/internal/process"
	"iosweep/internal/units"
	"iosweep/internal/workspace"
)

// CheckSpace refuses a plan for which there is too little space, or whose directories cannot be
// written. The error lists all problems. out is the results directory, which need not exist. If
// there is no problem, CheckSpace calls progress with the requirement of each file system.
func (p *Prepared) CheckSpace(out string, progress func(string)) error {
	l := locator{experiment: p.Plan.Experiment}
	p.checkDescriptors(&l)
	if err := process.CheckProgram(); err != nil {
		l.addAt(experiments.Position{File: "/proc/self/exe"}, "%v", err)
	}
	at, machineFault := NearestExisting(out), ""
	if err := writable(at); err != nil {
		machineFault = fault.InChain(err)
		l.addAt(resultsPosition(out), "%v; name another directory with --out", err)
	}
	if real, err := workspace.ResolveNew(out); err == nil {
		if err := workspace.CheckOutside(real); err != nil {
			l.addAt(resultsPosition(out), "%v", err)
		}
	}
	requirements := p.addResults(p.SpaceRequirements(), out)
	for i := range requirements {
		requirement := &requirements[i]
		why := requirement.Shortage()
		if why == "" {
			continue
		}
		machineFault = fault.Full
		if requirement.fileKey == "" {
			l.addAt(resultsPosition(out), "%s", why)
			continue
		}
		l.add(requirement.fileKey, "%s", why)
	}
	if l.err() == nil {
		for i := range requirements {
			progress("space needed in " + requirements[i].String())
		}
	}
	if machineFault != "" {
		return fault.Mark(l.err(), machineFault)
	}
	return l.err()
}

// Shortage describes the missing space with figures, or returns "" if there is enough.
func (r *SpaceRequirement) Shortage() string {
	if !r.Space.Known {
		return ""
	}
	need := r.Need()
	var short []string
	if need.Bytes > r.Space.Free {
		short = append(short, fmt.Sprintf("has %s free and the plan needs %s at its peak (%s)",
			units.Size(r.Space.Free), units.Size(need.Bytes), r.parts(units.Size, r.Trial.Bytes, r.Inputs.Bytes, r.Records.Bytes)))
	}
	if r.Space.Files > 0 && need.Files > r.Space.FilesFree {
		short = append(short, fmt.Sprintf("has %d of its %d inodes free and the plan needs %d at its peak (%s)",
			r.Space.FilesFree, r.Space.Files, need.Files, r.parts(number, r.Trial.Files, r.Inputs.Files, r.Records.Files)))
	}
	if short == nil {
		return ""
	}
	return r.Name() + " " + strings.Join(short, ", and ") + "; " + r.advice()
}

// String describes the space needed at the peak and the free space.
func (r *SpaceRequirement) String() string {
	need := r.Need()
	text := fmt.Sprintf("%s: at most %s", r.Name(), units.Size(need.Bytes))
	if !r.Space.Known {
		return text + " (free space unknown)"
	}
	text += fmt.Sprintf(" of %s free", units.Size(r.Space.Free))
	if r.Space.Files > 0 {
		text += fmt.Sprintf(", %d of %d inodes", need.Files, r.Space.FilesFree)
	}
	return text
}

// parts describes the amounts that Need adds up.
func (r *SpaceRequirement) parts(show func(int64) string, trial, inputs, records int64) string {
	var list []string
	if len(r.Workspaces) > 0 {
		list = append(list, fmt.Sprintf("the largest trial %s", show(trial)), fmt.Sprintf("inputs %s", show(inputs)))
	}
	if r.Results != "" {
		list = append(list, fmt.Sprintf("results %s", show(records)))
	}
	return strings.Join(append(list, "5% reserve"), " + ")
}

func number(n int64) string { return fmt.Sprint(n) }

// Name names the directories on the file system, and its type.
func (r *SpaceRequirement) Name() string {
	name := "the results directory " + r.Results
	switch n := len(r.Workspaces); {
	case n == 1:
		name = "workspace " + r.Workspaces[0]
	case n > 1:
		name = "the file system of the workspaces " + strings.Join(r.Workspaces, " and ")
	}
	if r.Type != "" {
		name += " (" + r.Type + ")"
	}
	return name
}

// advice returns the hint for a file system that is too small.
func (r *SpaceRequirement) advice() string {
	if len(r.Workspaces) == 0 {
		return "use fewer trials, or another results directory with --out"
	}
	advice := "use fewer or smaller files, or another workspace"
	if r.Results != "" {
		advice += ", or another results directory with --out"
	}
	return advice
}
