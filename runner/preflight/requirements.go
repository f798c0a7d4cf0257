package preflight

import (
	"cmp"

	"iosweep/experiments"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workload"
	"iosweep/operations"
)

// A SpaceRequirement describes the peak use of one file system by a plan, and its free space.
// Trials run one at a time. So the peak is the sum of three parts: the files that trials share,
// the files of the largest trial, and the journal with the reports. The shared files stay from the
// first trial that needs them to the end of the run.
//
// If a file system does not report its space, the requirement is computed for blocks of 4 KiB
// and the space is assumed to be sufficient.
type SpaceRequirement struct {
	Workspaces []string // on this file system
	Results    string   // the results directory, if it is on this file system
	Type       string   // of the file system, if known
	Space      sysinfo.Space

	Inputs  operations.Footprint // files that trials share, and files of the runner
	Trial   operations.Footprint // the maximum of a single trial
	Records operations.Footprint // journal and reports

	fileKey string // key of the first workspace in the experiment file
}

// Need returns the peak with a reserve of 5%.
func (r *SpaceRequirement) Need() operations.Footprint {
	sum := r.Inputs.Plus(r.Trial).Plus(r.Records)
	return operations.Footprint{Bytes: withReserve(sum.Bytes), Files: withReserve(sum.Files)}
}

func withReserve(n int64) int64 { return n + (n+19)/20 }

// SpaceRequirements returns the requirement of each file system. Workspaces on the same file
// system share one requirement.
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
		d := p.workspaceNeed(dir, block, p.Plan.RoundsOf)
		requirement.Workspaces = append(requirement.Workspaces, dir)
		requirement.fileKey = cmp.Or(requirement.fileKey, d.fileKey)
		requirement.Trial = requirement.Trial.Max(d.largest)
		requirement.Inputs = requirement.Inputs.Plus(d.shared)
		if dir == p.Workspaces[0] {
			requirement.Inputs = requirement.Inputs.Plus(p.sourcesNeed(block))
		}
		// The run directory with its marker, and the directories for inputs, manifests and trials.
		requirement.Inputs = requirement.Inputs.Plus(operations.FileFootprint(1, block))
		for range 4 {
			requirement.Inputs = requirement.Inputs.Plus(operations.DirFootprint(block))
		}
	}
	return list
}

// Written returns the amount of data that trials write, in whole blocks. rounds returns the number of
// trials of a cell, including warm-ups. The result is an upper estimate: an archive counts as large
// as its contents.
func (p *Prepared) Written(rounds func(cell int) int) (sum operations.Footprint) {
	for _, dir := range p.Workspaces {
		space, _ := sysinfo.SpaceOf(dir) // blockOf has a default for unknown space
		d := p.workspaceNeed(dir, blockOf(space), rounds)
		sum = sum.Plus(d.shared).Plus(d.trials)
	}
	return sum
}

// blockOf returns the block size of a file system, or 4 KiB, the most common size, if it is
// unknown.
func blockOf(space sysinfo.Space) int64 { return cmp.Or(space.Block, 4<<10) }

// A workspaceNeed describes the space that the trials of one workspace use.
type workspaceNeed struct {
	fileKey string               // key of the workspace in the experiment file
	shared  operations.Footprint // files that trials share
	largest operations.Footprint // the maximum of a single trial
	trials  operations.Footprint // the sum of the trials of all cells
}

// workspaceNeed adds up the space for the cells of one workspace. Skipped cells need no
// space.
func (p *Prepared) workspaceNeed(dir string, block int64, rounds func(cell int) int) (d workspaceNeed) {
	type inputs struct { // cells with equal inputs share the same files
		workload.Workload
		operations.Needs
	}
	surveyed, made := map[workload.Workload]bool{}, map[inputs]bool{}
	directory := operations.DirFootprint(block)
	for i, at := range p.Places {
		c := p.Plan.Experiment.Cells[i]
		op, ok := OperationOf(p.Plan.Experiment, c)
		if at.Workspace != dir || p.Cells[i].Skip != "" || !ok { // an unknown operation fails in its trial
			continue
		}
		d.fileKey = key(c, experiments.Workspace, "workspace")
		if !surveyed[at.Workload] {
			surveyed[at.Workload] = true
			d.shared = d.shared.Plus(directory).Plus(operations.FileFootprint(at.size, block))
		}
		site := at.Site(c, "")
		// The trial directory, and the lock file that worker processes share.
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
		n := int64(rounds(i))
		d.largest, d.trials = d.largest.Max(own), d.trials.Plus(operations.Footprint{Bytes: n * own.Bytes, Files: n * own.Files})
	}
	return d
}
