package preflight

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/regular"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workspace"
	"iosweep/operations"
)

// CheckOutsideTrees refuses a results directory within a tree that the experiment
// reads: its files would become part of what the next run measures, and a tree
// is only ever read.
func (p *Prepared) CheckOutsideTrees(out string) error {
	real, err := workspace.ResolveNew(out)
	if err != nil {
		return err
	}
	for _, at := range p.Places {
		tree := at.Workload.From
		if tree != "" && workspace.Inside(real, tree) {
			return fmt.Errorf("the results directory %s lies in %s, the tree that the experiment reads (workload.from): it is only ever read; name a directory outside it with --out", out, tree)
		}
	}
	return nil
}

// Untrusted lists where others than this user and root could put a directory of their
// own in the place of the run's: contenders, which are given paths, would work there.
func (p *Prepared) Untrusted() (reasons []string) {
	for _, dir := range p.Workspaces {
		for _, why := range workspace.Untrusted(dir) {
			reasons = append(reasons, fmt.Sprintf("of the workspace %s, %s", dir, why))
		}
	}
	return reasons
}

// CheckTrust refuses such a workspace, unless it is to be trusted.
func (p *Prepared) CheckTrust(trusted bool) error {
	reasons := p.Untrusted()
	if trusted || len(reasons) == 0 {
		return nil
	}
	return fmt.Errorf("others could put a directory of their own in the place of the run's: %s\nchoose another workspace, or accept that with --trust-workspace", strings.Join(reasons, "; "))
}

// addResults adds the journal and the reports of a run.
func (p *Prepared) addResults(list []SpaceRequirement, out string) []SpaceRequirement {
	at := NearestExisting(out)
	space, err := sysinfo.SpaceOf(at)
	records := operations.Footprint{Bytes: 2 * (int64(p.Plan.Trials())*recordSize + headerSize), Files: recordFiles}
	for i := range list {
		if err == nil && space.Known && list[i].Space.Known && list[i].Space.FileSystem == space.FileSystem {
			list[i].Results, list[i].Records = out, records
			return list
		}
	}
	return append(list, SpaceRequirement{Results: out, Type: sysinfo.FilesystemOf(at).Type, Space: space, Records: records})
}

// NearestExisting is the nearest directory above a path, or the path itself, that is
// there.
func NearestExisting(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	for {
		if _, err := filepath.EvalSymlinks(abs); err == nil || filepath.Dir(abs) == abs {
			return abs
		}
		abs = filepath.Dir(abs)
	}
}

func writable(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: fmt.Errorf("it is no directory but %s", regular.KindOf(info.Mode()))}
	}
	return sysinfo.Writable(dir)
}

// resultsPosition stands where a problem is not in the file.
func resultsPosition(out string) experiments.Position {
	return experiments.Position{File: "results directory " + out}
}

// What the results of a run take: a trial's line in the journal, most of which is
// its histogram of latencies, and what there is once. The reports that are made
// of it come to about as much again.
const (
	recordSize  = 2 << 10
	headerSize  = 128 << 10
	recordFiles = 24
)
