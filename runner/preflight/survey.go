package preflight

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"iosweep/internal/dirio"
	"iosweep/internal/process"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workload"
	"iosweep/operations"
)

// A survey is what a workload holds.
type survey struct {
	Manifest *workload.Manifest // of the items; nil: it was let go of, and Hold makes it again
	Tree     dirio.TreeState    // what a tree was like before it was surveyed
	size     int64              // of the manifest's own file
	bytes    int64
	sum      string // names its content; see journal.Cell
}

// survey works out what each workload holds, each once, and calls describe for each of
// its cells while its manifest is in memory.
func (p *Prepared) survey(ctx context.Context, say func(string), describe func(cell int)) error {
	cells := map[workload.Workload][]int{}
	for i := range p.Places {
		w := p.Places[i].Workload
		cells[w] = append(cells[w], i)
	}
	for i := range p.Places {
		w := p.Places[i].Workload
		if p.Places[i].survey != nil {
			continue
		}
		what := w.From
		if what == "" {
			what = fmt.Sprintf("%d files of %s", w.Files, w.Content)
		}
		say("surveying " + what)
		s, err := p.surveyWorkload(ctx, w)
		if err != nil {
			return err
		}
		for _, i := range cells[w] {
			if p.Places[i].survey == nil {
				p.Places[i].survey = s
				space, _ := sysinfo.SpaceOf(p.Places[i].Workspace) // what is not known of it is guessed
				p.Places[i].extent = operations.MeasureWorkload(w, s.Manifest, blockOf(space))
			}
			describe(i)
		}
		delete(cells, w)
	}
	return nil
}

// maxManifestMemory is how much memory manifests of made content may take together. One
// more takes the place of the oldest: a grid may name a thousand workloads of ten
// million files.
const maxManifestMemory = 256 << 20

// itemMemory is about what an item of made content takes in a manifest.
const itemMemory = 32

// surveyWorkload surveys a workload. Of made content it lets the oldest manifests go
// where there is no room for one more.
func (p *Prepared) surveyWorkload(ctx context.Context, w workload.Workload) (*survey, error) {
	for len(p.made) > 0 && p.memory+itemMemory*int64(w.Files) > maxManifestMemory {
		oldest := p.made[0]
		p.memory -= oldest.Manifest.Memory()
		oldest.Manifest, p.made = nil, p.made[1:]
	}
	var state dirio.TreeState
	if w.From != "" {
		var err error
		if state, err = dirio.StateOfTree(ctx, w.From); err != nil {
			return nil, fmt.Errorf("workload: %w", err)
		}
	}
	manifest, err := workload.Survey(ctx, w)
	if err != nil {
		return nil, fmt.Errorf("workload: %w", err)
	}
	if manifest.Len() == 0 {
		return nil, fmt.Errorf("workload: %s holds no files; name a tree with at least one", w.From)
	}
	sum := sha256.New()
	size, err := manifest.WriteTo(sum)
	if err != nil {
		return nil, err
	}
	s := &survey{Tree: state, Manifest: manifest, size: size, bytes: manifest.Bytes(), sum: hex.EncodeToString(sum.Sum(nil)[:8])}
	if w.From == "" { // a tree may be another by the time that its manifest is needed again
		p.made = append(p.made, s)
	}
	p.memory += manifest.Memory()
	process.LimitGarbage(p.memory)
	return s, nil
}

// LoadManifest sees to it that the manifest of a cell's workload is in memory.
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
	p.made[len(p.made)-1] = at.survey
	return nil
}
