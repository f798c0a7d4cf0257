package runner

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"iosweep/internal/durable"
	"iosweep/internal/oneline"
	"iosweep/internal/regular"
	"iosweep/internal/units"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/runner/preflight"
)

// The scripts of an experiment are kept in the results directory, so that it alone can run the
// experiment again. files/here stands for {here}. A path such as {here}/../lib/x.py needs a
// directory above it: then {here} is files/up/here, and the file is files/up/lib/x.py.
const (
	keptName = "files"
	upName   = "up"
	hereName = "here"
)

// maxUp limits the directories above {here} whose files are kept.
const maxUp = 10

// KeptHere returns the directory that {here} stands for in the copies of scripts in a results
// directory. It returns "" if the directory has none.
func KeptHere(out string) string {
	dir := filepath.Join(out, keptName)
	for range maxUp {
		if !isDir(filepath.Join(dir, upName)) {
			break
		}
		dir = filepath.Join(dir, upName)
	}
	if here := filepath.Join(dir, hereName); isDir(here) {
		return here
	}
	return ""
}

func isDir(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
}

// keepScripts copies the scripts of the experiment to the results directory. A copy that is there is
// replaced if the script was edited, because the journal has the checksum of the edited script then.
// The warning says which scripts have no copy.
func (opt *Options) keepScripts(planned *journal.Run) (warning string, err error) {
	here, err := filepath.Abs(KeptHere(opt.Out))
	if err != nil || len(opt.Scripts) > 0 || KeptHere(opt.Out) != "" && here == opt.Here {
		return "", err // built-in scripts are there, or the run uses the copies
	}
	sums := map[string]string{} // by cleaned path
	up := 0
	for _, c := range planned.Commands {
		for name, sum := range c.Scripts {
			if name = path.Clean(name); len(sum) == hex.EncodedLen(sha256.Size) { // not a directory
				sums[name] = sum
				up = max(up, strings.Count(name, "../"))
			}
		}
	}
	if up > maxUp {
		return fmt.Sprintf("The scripts are not kept in the results directory: a path goes up more than %d directories.", maxUp), nil
	}
	base := path.Join(keptName, strings.Repeat(upName+"/", up), hereName)
	var left []string
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		sum, kept := sums[name], path.Join(base, name)
		info, err := os.Stat(opt.scriptPath(name))
		if err != nil {
			return "", err
		}
		other, below := strings.CutPrefix(kept, base+"/")
		if info.Size() > preflight.MaxScript || below && other != name && sums[other] != "" {
			left = append(left, name)
			continue
		}
		if err := opt.keep(name, filepath.FromSlash(kept), sum, info.Mode()); err != nil {
			return "", err
		}
	}
	if left == nil {
		return "", nil
	}
	return fmt.Sprintf("The results directory has no copy of {here}/%s, which has more than %s or the name of another script. To run the experiment elsewhere, copy it by hand.",
		oneline.Of(strings.Join(left, ", {here}/")), units.Size(preflight.MaxScript)), nil
}

func (opt *Options) scriptPath(name string) string {
	return filepath.Join(opt.Here, filepath.FromSlash(name))
}

// keep copies a script with this checksum.
func (opt *Options) keep(name, kept, sum string, mode fs.FileMode) error {
	target := filepath.Join(opt.Out, kept)
	if have, err := contentOf(target); err == nil && hex.EncodeToString(have[:]) == sum {
		return nil
	}
	data, err := regular.ReadFile(opt.scriptPath(name), preflight.MaxScript)
	if err != nil {
		return err
	}
	if have := sha256.Sum256(data); hex.EncodeToString(have[:]) != sum {
		return fmt.Errorf("%s was changed while the run started: start it again", opt.scriptPath(name))
	}
	dir := opt.Out
	for part := range strings.SplitSeq(filepath.Dir(kept), string(filepath.Separator)) {
		dir = filepath.Join(dir, part)
		if info, err := os.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%s is a symbolic link, which iosweep does not follow\nremove it, and iosweep will write the scripts of the experiment there again", dir)
		}
		if err := workspace.EnsureDirectory(dir); err != nil {
			return err
		}
	}
	if err := durable.WriteFile(target, data); err != nil {
		return err
	}
	return os.Chmod(target, 0o644|mode.Perm()&0o111)
}
