package preflight

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"iosweep/internal/dirio"
	"iosweep/internal/process"
	"iosweep/internal/sysinfo"
	"iosweep/internal/units"
	"iosweep/internal/workload"
	"iosweep/operations"
)

// A survey describes the contents of a workload.
type survey struct {
	Manifest *workload.Manifest // of the items; nil after it was freed, until LoadManifest
	Tree     dirio.TreeState    // the state of the tree before the survey
	size     int64              // of the manifest's own file
	bytes    int64              // of all items
	median   int64              // size of an item; 0 unless the workload has a distribution of sizes
	largest  int64              // likewise
	sum      string             // checksum of the manifest; see journal.Cell
}

// survey surveys each workload once. It calls describe for each cell of the workload while its
// manifest is in memory. The error lists the problems of all trees.
func (p *Prepared) survey(ctx context.Context, progress func(string), describe func(cell int)) error {
	problems := locator{experiment: p.Plan.Experiment}
	cells := map[workload.Workload][]int{}
	for i := range p.Places {
		w := p.Places[i].Workload
		cells[w] = append(cells[w], i)
	}
	for i := range p.Places {
		w := p.Places[i].Workload
		if cells[w] == nil { // surveyed for an earlier cell
			continue
		}
		name := w.From
		if name == "" {
			name = fmt.Sprintf("%s (%s)", units.Count(w.Files, "file"), w.Content)
		}
		if w != (workload.Workload{}) {
			progress("surveying " + name)
		}
		s, err := p.surveyWorkload(ctx, w)
		if unusable, ok := errors.AsType[*workload.TreeError](err); ok {
			problems.addTree(p.Plan.Experiment.Cells[i], unusable.Reasons)
			delete(cells, w)
			continue
		}
		if err != nil {
			return err
		}
		if w.Sigma > 0 {
			progress(fmt.Sprintf("%s of %s, median %s, largest %s", units.Count(s.Manifest.Len(), "file"), units.Size(s.bytes), units.Size(s.median), units.Size(s.largest)))
		}
		for _, i := range cells[w] {
			if p.Places[i].survey == nil {
				p.Places[i].survey = s
				space, _ := sysinfo.SpaceOf(p.Places[i].Workspace) // blockOf has a default for unknown space
				p.Places[i].extent = operations.MeasureWorkload(w, s.Manifest, blockOf(space))
			}
			describe(i)
		}
		delete(cells, w)
	}
	return problems.err()
}

// maxManifestMemory limits the memory of all manifests of generated content. A new manifest
// replaces the oldest ones, because a grid may name a thousand workloads of ten million files.
const maxManifestMemory = 256 << 20

// itemMemory is the approximate size of an item of generated content in a manifest.
const itemMemory = 32

// surveyWorkload surveys a workload. If the new manifest would exceed maxManifestMemory, it
// frees the oldest manifests of generated content first.
func (p *Prepared) surveyWorkload(ctx context.Context, w workload.Workload) (*survey, error) {
	for len(p.generated) > 0 && p.memory+itemMemory*int64(w.Files) > maxManifestMemory {
		oldest := p.generated[0]
		p.memory -= oldest.Manifest.Memory()
		oldest.Manifest, p.generated = nil, p.generated[1:]
	}
	var state dirio.TreeState
	if w.From != "" {
		var err error
		if state, err = dirio.StateOfTree(ctx, w.From); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, &workload.TreeError{Reasons: []string{"the tree cannot be read: " + err.Error()}}
		}
	}
	manifest, err := workload.Survey(ctx, w)
	if err != nil {
		return nil, fmt.Errorf("workload: %w", err)
	}
	sum := sha256.New()
	size, err := manifest.WriteTo(sum)
	if err != nil {
		return nil, err
	}
	s := &survey{Tree: state, Manifest: manifest, size: size, bytes: manifest.Bytes(), sum: hex.EncodeToString(sum.Sum(nil)[:8])}
	if w.Sigma > 0 {
		s.median, s.largest = manifest.MedianAndLargest()
	}
	if w.From == "" { // the manifest of a tree stays in memory, because the tree may change
		p.generated = append(p.generated, s)
	}
	p.memory += manifest.Memory()
	process.LimitGarbage(p.memory)
	return s, nil
}

// LoadManifest loads the manifest of a cell's workload if it is not in memory.
func (p *Prepared) LoadManifest(ctx context.Context, cell int) error {
	at := p.Places[cell]
	if at.Manifest != nil {
		return nil
	}
	again, err := p.surveyWorkload(ctx, at.Workload)
	if err != nil {
		return err
	}
	at.Manifest = again.Manifest
	p.generated[len(p.generated)-1] = at.survey
	return nil
}
