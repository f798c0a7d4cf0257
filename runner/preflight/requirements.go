package preflight

import (
	"cmp"

	"iosweep/experiments"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workload"
	"iosweep/operations"
)

// A SpaceRequirement is what a plan needs of one file system at its peak, against what that
// has. Trials run one at a time, so the peak is made of what they share, which
// stays from the first trial that needs it to the end, and of the largest trial's
// own. The journal and the reports are there beside them.
//
// What is needed of a file system that says nothing of itself is counted too, for
// a block of 4 KiB; it is never too small.
type SpaceRequirement struct {
	Workspaces []string // under test, that lie on it
	Results    string   // the directory of the results, if that lies on it
	Type       string   // of the file system, if it is known
	Space      sysinfo.Space

	Inputs  operations.Footprint // what trials share, and the runner's own
	Trial   operations.Footprint // the most that a trial has for itself
	Records operations.Footprint // journal and reports

	at string // where the experiment names the first of the workspaces
}

// Need is the peak with a twentieth to spare.
func (r *SpaceRequirement) Need() operations.Footprint {
	sum := r.Inputs.Plus(r.Trial).Plus(r.Records)
	return operations.Footprint{Bytes: withReserve(sum.Bytes), Files: withReserve(sum.Files)}
}

func withReserve(n int64) int64 { return n + (n+19)/20 }

// SpaceRequirements counts up what is needed at the peak, by file system: two workspaces on the same one
// share its space.
func (p *Prepared) SpaceRequirements() []SpaceRequirement {
	var list []SpaceRequirement
	index := map[uint64]int{}
	for _, dir := range p.Workspaces {
		space, err := sysinfo.SpaceOf(dir)
		at, known := index[space.FileSystem]
		if !known || err != nil || !space.Known {
			at = len(list)
			list = append(list, SpaceRequirement{Type: p.Disks[dir].Type, Space: space})
			if space.Known {
				index[space.FileSystem] = at
			}
		}
		requirement, block := &list[at], blockOf(list[at].Space)
		d := p.workspaceNeed(dir, block)
		requirement.Workspaces = append(requirement.Workspaces, dir)
		requirement.at = cmp.Or(requirement.at, d.at)
		requirement.Trial = requirement.Trial.Max(d.largest)
		requirement.Inputs = requirement.Inputs.Plus(d.shared)
		// The run's directory with its marker, and those for inputs, manifests and trials.
		requirement.Inputs = requirement.Inputs.Plus(operations.FileFootprint(1, block))
		for range 4 {
			requirement.Inputs = requirement.Inputs.Plus(operations.DirFootprint(block))
		}
	}
	return list
}

// Written is what so many measured rounds make, and the warm-ups before them, in whole
// blocks. It is a little too much rather than too little: archives count as large as what
// goes into them.
func (p *Prepared) Written(repeats int) (sum operations.Footprint) {
	rounds := int64(p.Plan.Experiment.Trials.Warmup + repeats)
	for _, dir := range p.Workspaces {
		space, _ := sysinfo.SpaceOf(dir) // what is not known of it is guessed
		d := p.workspaceNeed(dir, blockOf(space))
		sum = sum.Plus(d.shared).Plus(operations.Footprint{Bytes: d.round.Bytes * rounds, Files: d.round.Files * rounds})
	}
	return sum
}

// blockOf is the block of a file system: that of most, where it is not known.
func blockOf(space sysinfo.Space) int64 { return cmp.Or(space.Block, 4<<10) }

// A workspaceNeed is what the trials of one workspace take.
type workspaceNeed struct {
	at      string               // where the experiment names the workspace
	shared  operations.Footprint // what they share
	largest operations.Footprint // the most that one of them has for itself
	round   operations.Footprint // what one trial of each cell has for itself
}

// workspaceNeed adds up one workspace. Cells that are skipped need nothing.
func (p *Prepared) workspaceNeed(dir string, block int64) (d workspaceNeed) {
	type inputs struct { // that are the same files
		workload.Workload
		operations.Needs
	}
	surveyed, made := map[workload.Workload]bool{}, map[inputs]bool{}
	directory := operations.DirFootprint(block)
	for i, at := range p.Places {
		c := p.Plan.Experiment.Cells[i]
		op, ok := operations.Named(c.Level(experiments.Operation))
		if at.Workspace != dir || p.Cells[i].Skip != "" || !ok { // of what is unknown, the trial will say so
			continue
		}
		d.at = key(c, experiments.Workspace, "workspace")
		if !surveyed[at.Workload] {
			surveyed[at.Workload] = true
			d.shared = d.shared.Plus(directory).Plus(operations.FileFootprint(at.size, block))
		}
		site := at.Site(c, "")
		// The trial's directory, and the lock that worker processes meet at.
		own := directory.Plus(operations.FileFootprint(0, block)).Plus(at.extent.Output(op, site))
		input, k := at.extent.Input(op.Info().Needs, site), inputs{at.Workload, op.Info().Needs}
		switch {
		case k.Needs == operations.NeedsDisposableCopy:
			own = own.Plus(input)
		case k.Needs == operations.NeedsFiles && at.Workload.From != "" && !p.HasContender(op):
		case !made[k]:
			made[k] = true
			d.shared = d.shared.Plus(input)
		}
		d.largest, d.round = d.largest.Max(own), d.round.Plus(own)
	}
	return d
}
