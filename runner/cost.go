package runner

import (
	"iosweep/internal/sysinfo"
	"iosweep/operations"
)

// A Cost is what a plan does, before it is known how long that takes.
type Cost struct {
	Trials int // of the cells that are run
	// Written is what they make, with the inputs of which each is made once, in whole
	// blocks. It is a little too much rather than too little: archives count as large
	// as what goes into them.
	Written operations.Footprint
}

// Cost is that of so many measured rounds after the warm-ups.
func (p *Prepared) Cost(repeats int) Cost {
	var c Cost
	rounds := p.Plan.Experiment.Trials.Warmup + repeats
	for _, dir := range p.workspaces {
		space, _ := sysinfo.SpaceOf(dir) // what is not known of it is guessed
		room := Room{Space: space}
		n := p.needsOf(&room)
		for i := range p.cellsIn(dir) {
			own := n.cell(i)
			c.Trials += rounds
			c.Written.Bytes += own.Bytes * int64(rounds)
			c.Written.Files += own.Files * int64(rounds)
		}
		c.Written = c.Written.Plus(room.Inputs)
	}
	return c
}

// Rooms is what the plan needs of each file system under test at its peak.
func (p *Prepared) Rooms() []Room { return p.rooms() }
