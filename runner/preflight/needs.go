package preflight

import (
	"iter"

	"iosweep/experiments"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workload"
	"iosweep/operations"
)

// A Room is what a plan needs of one file system at its peak, against what that
// has. Trials run one at a time, so the peak is made of what they share, which
// stays from the first trial that needs it to the end, and of the largest trial's
// own. The journal and the reports are there beside them.
//
// What is needed of a file system that says nothing of itself is counted too, for
// a block of 4 KiB; it is never too small.
type Room struct {
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
func (r *Room) Need() operations.Footprint {
	sum := r.Inputs.Plus(r.Trial).Plus(r.Records)
	return operations.Footprint{Bytes: spared(sum.Bytes), Files: spared(sum.Files)}
}

func spared(n int64) int64 { return n + (n+19)/20 }

// unknownBlock is the block of most file systems, where it is not known.
const unknownBlock = 4 << 10

// Rooms counts up what is needed at the peak, by file system: two workspaces on the same one
// share its room.
func (p *Prepared) Rooms() []Room {
	var list []Room
	index := map[uint64]int{}
	for _, dir := range p.Workspaces {
		space, err := sysinfo.SpaceOf(dir)
		at, known := index[space.FileSystem]
		if !known || err != nil || !space.Known {
			at = len(list)
			list = append(list, Room{Type: p.Disks[dir].Type, Space: space})
			if space.Known {
				index[space.FileSystem] = at
			}
		}
		p.addWorkspace(&list[at], dir)
	}
	return list
}

// addWorkspace adds what trials in one workspace need. Cells that are skipped need
// nothing.
func (p *Prepared) addWorkspace(room *Room, dir string) {
	n := p.needsOf(room)
	room.Workspaces = append(room.Workspaces, dir)
	n.fixed()
	for i := range p.cellsIn(dir) {
		if room.at == "" {
			room.at = key(p.Plan.Experiment.Cells[i], experiments.Workspace, "workspace")
		}
		n.room.Trial = n.room.Trial.Max(n.cell(i))
	}
}

// cellsIn are the cells that are run in a workspace.
func (p *Prepared) cellsIn(dir string) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, at := range p.places {
			if at.Workspace == dir && p.Cells[i].Skip == "" && !yield(i) {
				return
			}
		}
	}
}

func (p *Prepared) needsOf(room *Room) *needs {
	n := &needs{prepared: p, room: room, block: room.Space.Block, surveyed: map[workload.Workload]bool{}, made: map[inputKey]bool{}}
	if n.block == 0 {
		n.block = unknownBlock
	}
	return n
}

// An inputKey names inputs that are the same files.
type inputKey struct {
	workload.Workload
	operations.Needs
}

// needs adds up one workspace.
type needs struct {
	prepared *Prepared
	room     *Room
	block    int64
	surveyed map[workload.Workload]bool
	made     map[inputKey]bool
}

// fixed is what every workspace has: its own directory with the marker, and those
// for inputs, manifests and trials.
func (n *needs) fixed() {
	for range 4 {
		n.share(operations.DirFootprint(n.block))
	}
	n.share(operations.FileFootprint(1, n.block))
}

func (n *needs) share(f operations.Footprint) { n.room.Inputs = n.room.Inputs.Plus(f) }

// cell adds what a cell's trials share with others, and returns what one of them has
// for itself.
func (n *needs) cell(i int) operations.Footprint {
	c, at := n.prepared.Plan.Experiment.Cells[i], n.prepared.places[i]
	op, ok := operations.Named(c.Level(experiments.Operation))
	if !ok {
		return operations.Footprint{} // the trial will say so
	}
	if !n.surveyed[at.Workload] {
		n.surveyed[at.Workload] = true
		n.share(operations.DirFootprint(n.block))
		n.share(operations.FileFootprint(at.survey.size, n.block))
	}
	site := at.Site(c, "")
	// The trial's directory, and the lock that worker processes meet at.
	own := operations.DirFootprint(n.block).Plus(operations.FileFootprint(0, n.block)).Plus(at.extent.Output(op, site))
	input := at.extent.Input(op.Info().Needs, site)
	k := inputKey{at.Workload, op.Info().Needs}
	switch {
	case k.Needs == operations.NeedsVictims:
		own = own.Plus(input)
	case k.Needs == operations.NeedsFiles && at.Workload.From != "" && !n.prepared.Lends(op):
	case !n.made[k]:
		n.made[k] = true
		n.share(input)
	}
	return own
}
