package workspace

import "path/filepath"

// Untrusted lists why others than this user and root could put a directory of their
// own in the place of the one that a run makes below path: by renaming it, or what is
// above it. Nothing: they cannot. The path is absolute and without symbolic links.
func Untrusted(path string) (reasons []string) {
	for dir := path; ; dir = filepath.Dir(dir) {
		if why := renamable(dir); why != "" {
			reasons = append(reasons, why)
		}
		if dir == filepath.Dir(dir) {
			return reasons
		}
	}
}
