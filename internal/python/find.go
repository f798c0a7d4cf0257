package python

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"iosweep/journal"
)

// All returns the files with this name in the directories of PATH, in order. It leaves out files
// that cannot be executed.
func All(name string) (files []string) {
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if !filepath.IsAbs(dir) {
			continue // exec.LookPath refuses programs in relative directories too
		}
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil && !slices.Contains(files, path) {
			files = append(files, path)
		}
	}
	return files
}

// interpreterName matches the names that Find looks for.
var interpreterName = regexp.MustCompile(`^(python3(\.[0-9]+t?)?|pypy3(\.[0-9]+)?)$`)

// Find returns the interpreters in PATH, one of each version, sorted by version. Each is the name
// that PATH has for it or, if another file has this name earlier in PATH, its absolute path. Of
// equal versions it returns the first in PATH. Files that do not run are left out: a shim may have
// no interpreter to start. Find takes at most a minute.
func Find(ctx context.Context, at Place) []string {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	type found struct {
		level string
		journal.Python
	}
	var list []found
	tried := map[string]bool{} // by the file itself: several names often lead to it
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		for _, path := range candidates(dir) {
			real, err := filepath.EvalSymlinks(path)
			if err != nil || tried[real] {
				continue
			}
			tried[real] = true
			i, err := Probe(ctx, path, at)
			if err != nil || slices.ContainsFunc(list, func(f found) bool { return f.Kind() == i.Kind() }) {
				continue
			}
			level := filepath.Base(path)
			if first, err := exec.LookPath(level); err != nil || first != path {
				level = path
			}
			list = append(list, found{level, i})
		}
	}
	slices.SortStableFunc(list, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.Implementation, b.Implementation), compareVersions(a.Version, b.Version))
	})
	var levels []string
	for _, f := range list {
		levels = append(levels, f.level)
	}
	return levels
}

// candidates returns the files of a directory that have the name of an interpreter, the names
// with a version first: python3.12 says more than python3.
func candidates(dir string) (files []string) {
	entries, err := os.ReadDir(dir)
	if err != nil || !filepath.IsAbs(dir) {
		return nil
	}
	for _, e := range entries {
		if path := filepath.Join(dir, e.Name()); interpreterName.MatchString(e.Name()) {
			if _, err := exec.LookPath(path); err == nil {
				files = append(files, path)
			}
		}
	}
	slices.SortStableFunc(files, func(a, b string) int { return -cmp.Compare(strings.Count(a, "."), strings.Count(b, ".")) })
	return files
}

// compareVersions compares versions such as 3.9.18 and 3.13.0rc1 by their numbers.
func compareVersions(a, b string) int {
	return cmp.Or(slices.Compare(numbers(a), numbers(b)), strings.Compare(a, b))
}

var digits = regexp.MustCompile(`[0-9]+`)

func numbers(version string) (list []int) {
	for _, text := range digits.FindAllString(version, -1) {
		n, _ := strconv.Atoi(text)
		list = append(list, n)
	}
	return list
}
