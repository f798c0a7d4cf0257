package preflight

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workspace"
	"iosweep/operations"
)

// A locator resolves the directories that an experiment names, and collects the problems with
// them on this machine. It examines each directory once, even if many cells name it.
type locator struct {
	experiment *experiments.Experiment
	from       Base
	workspaces map[string]string // workspace as written -> resolved
	trees      map[string]string // tree as written -> resolved
	problems   experiments.Problems
	seen       map[experiments.Problem]bool
}

// add adds a problem at a key of the file, once.
func (l *locator) add(key, format string, args ...any) {
	at := l.experiment.PositionOf(key)
	if at == (experiments.Position{}) {
		at.File = l.experiment.PositionOf("name").File // the key is not in the file, and its default is unsuitable
	}
	l.addAt(at, format, args...)
}

// addTree adds the reasons why the tree of a cell cannot be used, each once.
func (l *locator) addTree(c experiments.Cell, reasons []string) {
	for _, reason := range reasons {
		l.add(key(c, experiments.From, "workload.from"), "from %q: %s", l.experiment.LevelOf(c, experiments.From), reason)
	}
}

// addAt adds a problem at a position, which need not be in the file, once.
func (l *locator) addAt(at experiments.Position, format string, args ...any) {
	p := experiments.Problem{At: at, Message: fmt.Sprintf(format, args...)}
	if l.seen == nil {
		l.seen = map[experiments.Problem]bool{}
	}
	if !l.seen[p] {
		l.seen[p] = true
		l.problems = append(l.problems, p)
	}
}

func (l *locator) err() error {
	if len(l.problems) == 0 {
		return nil
	}
	return l.problems
}

// key returns the place in the file that sets an axis for a cell. If the cell has a level of the
// axis, this place is in the grid. Otherwise it is otherKey.
func key(c experiments.Cell, a experiments.Axis, otherKey string) string {
	if c.Level(a) != "" {
		return "grid." + a.String()
	}
	return otherKey
}

// workspace resolves the workspace of a cell. It returns "" if the directory is unsuitable.
func (l *locator) workspace(c experiments.Cell) string {
	written := l.experiment.WorkspaceOf(c)
	if dir, ok := l.workspaces[written]; ok {
		return dir
	}
	dir, err := workspace.Resolve(below(l.from.Dir, written))
	if err == nil {
		// Creating a file as a test would leave it behind if this process were killed before
		// it could remove the file.
		if err = sysinfo.Writable(dir); err != nil {
			err = fmt.Errorf("workspace: %w", err)
		}
	}
	if err != nil {
		l.add(key(c, experiments.Workspace, "workspace"), "%v", err)
		dir = ""
	}
	l.workspaces[written] = dir
	return dir
}

// tree resolves the tree that contains the items of a cell. Its path is relative to the
// experiment file, or to the working directory if an override names it.
func (l *locator) tree(c experiments.Cell, written, ws string) string {
	path, ok := l.trees[written]
	if !ok {
		var err error
		path, err = l.resolveTree(c, written)
		if err != nil {
			l.add(key(c, experiments.From, "workload.from"), "from %q: %v; name an existing tree, which iosweep will only read", written, err)
		}
		l.trees[written] = path
	}
	if path != "" && ws != "" {
		if at := workspace.Overlap(ws, path); at != "" {
			l.add(key(c, experiments.From, "workload.from"),
				"from %q contains the workspace %s%s: trials would change the files that they read; choose another workspace", written, ws, mountedAt(at, ws))
		}
	}
	return path
}

func (l *locator) resolveTree(c experiments.Cell, written string) (string, error) {
	path := below(l.from.Here, written)
	if l.experiment.FromOverride(c) {
		path = below(l.from.Dir, written)
	}
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		if strings.HasPrefix(written, "~") {
			return "", fmt.Errorf("%s does not exist (iosweep does not expand ~: write the full path)", path)
		}
		return "", fmt.Errorf("%s does not exist", path)
	}
	if err != nil {
		return "", err
	}
	info, err := os.Stat(real)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a directory", path)
	}
	if err == nil {
		err = workspace.CheckOutside(real)
	}
	return real, err
}

// checkCombination adds the problems of a cell whose combination of levels cannot work on this
// machine.
func (l *locator) checkCombination(c experiments.Cell, disk sysinfo.Filesystem) {
	cache := c.Level(experiments.Cache)
	if runtime.GOOS != "linux" {
		switch cache {
		case operations.CacheCold:
			l.add("grid.cache", "cache %q needs Linux: on other systems iosweep cannot drop pages from the cache", cache)
		case operations.CacheDirect:
			l.add("grid.cache", "cache %q needs Linux: other systems have no O_DIRECT", cache)
		}
	}
	if op, ok := OperationOf(l.experiment, c); ok && cache == operations.CacheDirect && op.Info().NoDirect != "" {
		l.add("grid.cache", "cache %q is not supported for %s: %s; use it only for read, copy and zip", cache, op.Info().Name, op.Info().NoDirect)
	}
	l.checkOnDisk(c, disk, "workspace")
}

// checkOnDisk adds a problem if the cache level of a cell requires a disk and its inputs are on a
// file system in memory.
func (l *locator) checkOnDisk(c experiments.Cell, disk sysinfo.Filesystem, what string) {
	level, why := c.Level(experiments.Cache), ""
	switch level {
	case operations.CacheCold:
		why = "cannot be cold"
	case operations.CacheDirect:
		why = "cannot be read directly from a disk"
	}
	if why == "" || disk.Type != "tmpfs" && disk.Type != "ramfs" {
		return
	}
	l.add("grid.cache", "cache %q is impossible on %s (%s): its files are in memory and %s; choose a %s on a disk", level, disk.Mount, disk.Type, why, what)
}

// directAlignment is a variable, so that tests can simulate other disks.
var directAlignment = sysinfo.DirectAlignment

// checkAlignment adds a problem if a cell reads blocks or ranges directly that are no multiples of
// what the disk allows. The directory dir contains its inputs. If it belongs to the user, mayWrite is
// false.
func (l *locator) checkAlignment(c experiments.Cell, dir string, mayWrite bool) {
	if c.Level(experiments.Cache) != operations.CacheDirect || dir == "" {
		return
	}
	for _, a := range []experiments.Axis{experiments.BlockSize, experiments.Split} {
		size := int64(c.Int(a)) // 0 for a word
		if size <= 0 {
			continue
		}
		if align := directAlignment(dir, mayWrite); align > 0 && size%align != 0 {
			l.add("grid."+a.String(), "%s %d is not possible with cache %q: direct reads in %s are multiples of %d bytes; use such a size, or cache: warm or cold",
				a, size, operations.CacheDirect, dir, align)
		}
	}
}
