package durable

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A temporary file is in the directory of the file that it replaces, because a rename cannot
// cross file systems. For report.md it is .report.md.0123456789abcdef.part. The random part
// keeps two processes that write the same report from writing to the same file.
const (
	partSuffix = ".part"
	partDigits = 16
)

// abandoned is the age at which a temporary file counts as abandoned. Its writer needs only
// seconds. If a writer is slower, its rename fails because the file is gone, and the file
// under the final name stays complete.
const abandoned = time.Hour

// temporary returns a temporary name for the new content of a file.
func temporary(path string) string {
	dir, name := filepath.Split(path)
	return dir + fmt.Sprintf(".%s.%0*x%s", name, partDigits, rand.Uint64(), partSuffix)
}

// isTemporaryOf reports whether name, in the directory of path, is a name that temporary made
// for path.
func isTemporaryOf(path, name string) bool {
	digits, ok := strings.CutPrefix(name, "."+filepath.Base(path)+".")
	if !ok {
		return false
	}
	digits, ok = strings.CutSuffix(digits, partSuffix)
	return ok && len(digits) == partDigits && strings.Trim(digits, "0123456789abcdef") == ""
}

// removeAbandoned removes old temporary files of path, left by writers that were killed. It
// ignores files that it cannot remove.
func removeAbandoned(path string, now time.Time) {
	dir := filepath.Dir(path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // writing will report the error
	}
	for _, e := range entries {
		if !isTemporaryOf(path, e.Name()) {
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > abandoned {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
