package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"iosweep/internal/regular"
)

// Resolve checks that a directory can contain a workspace. It returns the path, absolute and
// without symbolic links. It changes nothing.
func Resolve(parent string) (string, error) {
	if strings.TrimSpace(parent) == "" {
		return "", errors.New("workspace: the path is empty; name a directory on the file system to be tested")
	}
	abs, err := filepath.Abs(parent)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(abs)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("workspace: %s does not exist; name an existing directory on the file system to be tested", abs)
	}
	if err != nil {
		return "", fmt.Errorf("workspace: %w", err)
	}
	info, err := os.Stat(real)
	if err != nil {
		return "", fmt.Errorf("workspace: %w", err)
	}
	switch {
	case !info.IsDir():
		return "", fmt.Errorf("workspace: %s is not a directory but %s; name a directory on the file system to be tested", real, regular.KindOf(info.Mode()))
	case filepath.Dir(real) == real:
		return "", fmt.Errorf("workspace: %s is the root of a file system: create a directory in it, and name it with --workspace", real)
	case isHome(real):
		return "", fmt.Errorf("workspace: %s is the home directory: create a directory in it, and name it with --workspace", real)
	}
	if err := CheckOutside(real); err != nil {
		return "", fmt.Errorf("workspace: %w", err)
	}
	return real, nil
}

func isHome(path string) bool {
	home, err := os.UserHomeDir()
	if err != nil {
		return false
	}
	if real, err := filepath.EvalSymlinks(home); err == nil {
		home = real
	}
	return filepath.Clean(home) == path
}

// Inside reports whether path is tree or is below it. Both must be without symbolic links, as
// Resolve returns them.
func Inside(path, tree string) bool {
	rel, err := filepath.Rel(tree, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// ResolveNew returns the absolute path, without symbolic links, of a directory that need not
// exist yet. Its parents need not exist either.
func ResolveNew(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(abs)
	parent := filepath.Dir(abs)
	if !errors.Is(err, fs.ErrNotExist) || parent == abs {
		return real, err
	}
	if real, err = ResolveNew(parent); err != nil {
		return "", err
	}
	return filepath.Join(real, filepath.Base(abs)), nil
}

// Untrusted lists the reasons why users other than this one and root could replace a directory
// below path: by renaming that directory or one above it. The list is empty if they cannot.
// The path is absolute and without symbolic links.
func Untrusted(path string) (reasons []string) {
	for dir := path; ; dir = filepath.Dir(dir) {
		if reason := renamable(dir); reason != "" {
			reasons = append(reasons, reason)
		}
		if dir == filepath.Dir(dir) {
			return reasons
		}
	}
}
