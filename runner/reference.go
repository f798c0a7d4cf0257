package runner

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"iosweep/journal"
	"iosweep/runner/program"
)

// The check same_as compares an outcome with the outcome of the cell's baseline. Rounds are shuffled,
// so the baseline may come last in its round. It therefore runs once more, before the first trial and
// without being timed, and its outcome stays in the run directory. The journal has its digest: a
// resumed run must find the same outcome, or its trials would be compared with another one.

// sameAs returns what the cells of a baseline compare with it, sorted.
func (r *run) sameAs(baseline int) []string {
	parts := map[string]bool{}
	e := r.Plan.Experiment
	for cell, b := range e.Baseline {
		if own, ok := e.OperationOf(e.Cells[cell]); ok && b == baseline {
			for _, part := range own.SameAs() {
				parts[part] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(parts))
}

// reference returns the paths of the parts of a baseline's outcome. If necessary, it runs the baseline.
func (r *run) reference(ctx context.Context, baseline int, store *store) (map[string]string, error) {
	if parts, ok := store.references[baseline]; ok {
		return parts, nil
	}
	if cell := &r.Cells[baseline]; cell.Skip != "" {
		return nil, &setupError{fmt.Sprintf("its baseline %s is skipped: %s", cell.Name, cell.Skip)}
	}
	err := store.once(baseline, func() error { return r.makeReference(ctx, baseline, store) })
	return store.references[baseline], err
}

// makeReference runs a baseline, and keeps its outcome.
func (r *run) makeReference(ctx context.Context, baseline int, store *store) error {
	if err := r.LoadManifest(ctx, baseline); err != nil {
		return err
	}
	r.opt.Progress.Preparing("running the baseline " + r.Cells[baseline].Name)
	store.made++
	name := fmt.Sprintf("%s/%d", referencesName, store.made)
	dir, err := store.ws.Make(name)
	if err != nil {
		return err
	}
	parts, err := r.runBaseline(ctx, baseline, store, name)
	if err == nil {
		err = r.checkReference(ctx, baseline, store, parts)
	}
	if err != nil {
		return r.withoutFiles(err, store, dir)
	}
	store.references[baseline] = parts
	return syncWorkspace(store.ws)
}

// runBaseline runs a baseline in a directory of the store, and returns the paths of the parts of its
// outcome.
func (r *run) runBaseline(ctx context.Context, baseline int, store *store, name string) (map[string]string, error) {
	dir, err := store.ws.Make(name + "/trial")
	if err != nil {
		return nil, err
	}
	kept, err := store.ws.Make(name + "/kept")
	if err != nil {
		return nil, err
	}
	spec, err := r.specOf(ctx, baseline, store, name+"/trial")
	if err != nil {
		return nil, err
	}
	what := "the run of " + r.Cells[baseline].Name + " before the trials"
	parts := map[string]string{}
	for _, part := range r.sameAs(baseline) {
		parts[part] = filepath.Join(dir, part)
	}
	if parts[program.Stdout] != "" {
		parts[program.Stdout] = filepath.Join(kept, program.Stdout)
		spec.Program.KeepStdout = parts[program.Stdout]
	}
	cleanup := spec.cleanup
	spec.cleanup = nil // it may remove the outcome
	err = r.beforeTrials(ctx, baseline, spec, store, what)
	if cleanup == nil {
		return parts, err
	}
	for part, path := range parts {
		if err == nil && part != program.Stdout {
			if parts[part], err = store.ws.Make(name + "/kept/" + part); err == nil {
				err = program.Keep(ctx, store.ws, path, parts[part])
			}
		}
	}
	result := &trialResult{store: store}
	spec.cleanup = cleanup
	r.cleanUpAfter(ctx, r.launcherOf(baseline), spec, result)
	if err == nil && result.record.Error != "" {
		err = &setupError{what + " has failed: " + result.record.Error}
	}
	return parts, err
}

// What a baseline without an outcome lacks, and what to write.
var (
	nothing = map[string]string{program.Output: "files in {output}", program.Stdout: "standard output", program.Input: "files in {input}"}
	instead = map[string]string{
		program.Output: "let the program write there, or write of: stdout",
		program.Stdout: "let the program print its result, or write of: output",
		program.Input:  "write of: output or of: stdout",
	}
)

// checkReference compares the digests of a baseline's outcome with those in the journal, or notes them
// if the journal has none.
func (r *run) checkReference(ctx context.Context, baseline int, store *store, parts map[string]string) (err error) {
	cell, sums := r.Index[baseline], map[string]string{}
	for part, path := range parts {
		if sums[part], err = program.Digest(ctx, store.ws, part, path); err != nil {
			return err
		}
		if sums[part] == program.EmptyDigest {
			return &setupError{fmt.Sprintf("the baseline %s has no %s, so same_as would compare nothing: %s", r.Cells[baseline].Name, nothing[part], instead[part])}
		}
	}
	if before, known := r.references[cell]; known {
		for _, part := range slices.Sorted(maps.Keys(sums)) {
			if was, ok := before[part]; ok && was != sums[part] {
				return fmt.Errorf("the baseline %s has another outcome than before (%s): its SHA-256 is %.16s, before %.16s; the trials of this run would be compared with different outcomes\nif the program has changed on purpose, start a new run",
					r.Cells[baseline].Name, part, sums[part], was)
			}
		}
		return nil
	}
	text := r.Cells[baseline].Name + " has the outcome that trials are compared with:"
	for _, part := range slices.Sorted(maps.Keys(sums)) {
		text += fmt.Sprintf(" %s %.16s", part, sums[part])
	}
	r.references[cell] = sums
	return r.note(journal.Note{Kind: journal.NoteReference, Text: text, Cell: &cell, Reference: sums})
}

// replayReferences reads the digests that earlier sessions noted.
func (r *run) replayReferences(notes []journal.Note) {
	for _, n := range notes {
		if n.Kind == journal.NoteReference && n.Cell != nil {
			r.references[*n.Cell] = n.Reference
		}
	}
}
