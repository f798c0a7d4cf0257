package preflight

import (
	"iosweep/internal/sysinfo"
	"iosweep/operations"
)

// A Cost is what a plan makes, in whole blocks. It is a little too much rather than too
// little: archives count as large as what goes into them.
type Cost struct {
	inputs operations.Footprint // made once
	round  operations.Footprint // made by each round anew
	warmup int
}

// Cost is that of the cells that are run.
func (p *Prepared) Cost() Cost {
	c := Cost{warmup: p.Plan.Experiment.Trials.Warmup}
	for _, dir := range p.Workspaces {
		space, _ := sysinfo.SpaceOf(dir) // what is not known of it is guessed
		room := Room{Space: space}
		n := p.needsOf(&room)
		for i := range p.cellsIn(dir) {
			c.round = c.round.Plus(n.cell(i))
		}
		c.inputs = c.inputs.Plus(room.Inputs)
	}
	return c
}

// Written is what so many measured rounds make, and the warm-ups before them.
func (c Cost) Written(repeats int) operations.Footprint {
	rounds := int64(c.warmup + repeats)
	return c.inputs.Plus(operations.Footprint{Bytes: c.round.Bytes * rounds, Files: c.round.Files * rounds})
}

// Rooms is what the plan needs of each file system under test at its peak.
func (p *Prepared) Rooms() []Room { return p.rooms() }
