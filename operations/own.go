package operations

import "fmt"

// An Own operation is one that an experiment file defines. Only programs do it, and the file says
// how its outcome is verified, so it has no Task and no Verify. It has everything else that a trial
// needs: its inputs, and the state of their cache.
type Own struct {
	Name  string `json:"name"`
	Needs Needs  `json:"needs"`
}

var _ Operation = Own{}

// Info describes the operation like a built-in one.
func (o Own) Info() Info {
	info := Info{Name: o.Name, Needs: o.Needs, Axes: []string{"sync"}, NoDirect: "its programs open the files themselves"}
	if o.Needs != NeedsNothing {
		info.Axes = append(info.Axes, "cache")
	}
	return info
}

// Footprint is empty: the size of the outcome is unknown.
func (Own) Footprint(Site, WorkloadSize) Footprint { return Footprint{} }

// Descriptors are unknown for a program.
func (Own) Descriptors(Site) Descriptors { return Descriptors{} }

// Open returns an error: there are no items to do in this process.
func (o Own) Open(Site) (Task, error) {
	return nil, fmt.Errorf("the operation %q is done by commands only", o.Name)
}

// Verify returns an error: the checks of the experiment file verify the outcome.
func (o Own) Verify(Site, []uint32) (Outcome, error) {
	return Outcome{}, fmt.Errorf("the operation %q is verified by the checks of its experiment file", o.Name)
}
