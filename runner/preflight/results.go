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

// CheckOutsideTrees refuses a results directory inside a tree that the experiment reads. iosweep
// never writes to a tree, and the next run would measure the results as part of it.
func (p *Prepared) CheckOutsideTrees(out string) error {
	real, err := workspace.ResolveNew(out)
	if err != nil {
		return err
	}
	for _, at := range p.Places {
		tree := at.Workload.From
		if tree != "" && workspace.Inside(real, tree) {
			return fmt.Errorf("the results directory %s is inside %s, the tree that the experiment reads (workload.from), and iosweep never writes to a tree\nname a directory outside it with --out", out, tree)
		}
	}
	return nil
}

// Untrusted lists the reasons why users other than this user and root could replace a run
// directory with another directory. Contenders get paths, so they would then work in the other
// directory.
func (p *Prepared) Untrusted() (reasons []string) {
	for _, dir := range p.Workspaces {
		for _, why := range workspace.Untrusted(dir) {
			reasons = append(reasons, fmt.Sprintf("workspace %s: %s", dir, why))
		}
	}
	return reasons
}

// CheckTrust refuses workspaces with untrusted directories, unless trusted is set.
func (p *Prepared) CheckTrust(trusted bool) error {
	reasons := p.Untrusted()
	if trusted || len(reasons) == 0 {
		return nil
	}
	return fmt.Errorf("other users could replace the run directory: %s\nchoose another workspace, or accept the risk with --trust-workspace", strings.Join(reasons, "; "))
}

// addResults adds the space for the journal and the reports of a run.
func (p *Prepared) addResults(list []SpaceRequirement, out string) []SpaceRequirement {
	at := NearestExisting(out)
	space, err := sysinfo.SpaceOf(at)
	records := operations.Footprint{Bytes: 2*(int64(p.Plan.Trials())*recordSize+headerSize) + pageSize, Files: recordFiles}
	for _, size := range p.scriptSizes() {
		records.Bytes += size
		records.Files++
	}
	for i := range list {
		if err == nil && space.Known && list[i].Space.Known && list[i].Space.FileSystem == space.FileSystem {
			list[i].Results, list[i].Records = out, records
			return list
		}
	}
	return append(list, SpaceRequirement{Results: out, Type: sysinfo.FilesystemOf(at).Type, Space: space, Records: records})
}

// scriptSizes returns the sizes of the scripts that are copied to the results directory, by path.
func (p *Prepared) scriptSizes() map[string]int64 {
	sizes := map[string]int64{}
	for _, script := range p.Plan.Experiment.Scripts() {
		if _, known := sizes[script.Path]; known {
			continue
		}
		info, err := os.Stat(filepath.Join(p.from.Here, filepath.FromSlash(script.Path)))
		if err == nil && info.Mode().IsRegular() && info.Size() <= MaxScript {
			sizes[script.Path] = info.Size()
		}
	}
	return sizes
}

// NearestExisting returns the path itself if it exists, or the nearest parent directory that
// exists.
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
		return &fs.PathError{Op: "mkdir", Path: dir, Err: fmt.Errorf("it is not a directory but %s", regular.KindOf(info.Mode()))}
	}
	return sysinfo.Writable(dir)
}

// resultsPosition returns the position of a problem with the results directory, which has no
// line in the file.
func resultsPosition(out string) experiments.Position {
	return experiments.Position{File: "results directory " + out}
}

// Estimated sizes in the results directory. The tables take about as much space as the journal.
const (
	recordSize  = 2 << 10   // a trial in the journal, mostly its histogram of latencies
	headerSize  = 128 << 10 // everything that is written once, such as the header
	pageSize    = 1 << 20   // report.html with its scripts and pictures
	recordFiles = 24
)
