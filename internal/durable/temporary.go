package durable

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A temporary file stands beside the one that it becomes, since renames do not
// cross file systems: for report.md it is .report.md.0123456789abcdef.part. Its
// name is its writer's own: two processes that write the same report at the same
// time do not write into each other's file.
const (
	partSuffix = ".part"
	partDigits = 16
)

// abandoned is the age from which on a temporary file has no writer any more,
// which needs seconds. Were that ever wrong, the writer would be told that its
// file is gone; what is under the name stays whole.
const abandoned = time.Hour

// temporary is a name for the new content of a file.
func temporary(path string) string {
	dir, name := filepath.Split(path)
	return dir + fmt.Sprintf(".%s.%0*x%s", name, partDigits, rand.Uint64(), partSuffix)
}

// temporaryOf reports whether a name in the directory of a file is one that
// temporary made for it.
func temporaryOf(path, name string) bool {
	digits, ok := strings.CutPrefix(name, "."+filepath.Base(path)+".")
	if !ok {
		return false
	}
	digits, ok = strings.CutSuffix(digits, partSuffix)
	return ok && len(digits) == partDigits && strings.Trim(digits, "0123456789abcdef") == ""
}

// removeAbandoned removes what writers of a file that were killed have left, so
// that it does not pile up. What cannot be removed is in nobody's way.
func removeAbandoned(path string, now time.Time) {
	dir := filepath.Dir(path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // writing will say why
	}
	for _, e := range entries {
		if !temporaryOf(path, e.Name()) {
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > abandoned {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
