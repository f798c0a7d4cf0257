//go:build !linux

package sysinfo

import (
	"os"
	"path/filepath"
	"strings"
)

// FoldsCase reports whether names in a directory that differ only in case are equal. It looks up
// the name of the directory itself in the other case. False may also mean that this is unknown.
func FoldsCase(dir string) bool {
	parent, name := filepath.Split(dir)
	is, err := os.Stat(dir)
	if err != nil {
		return false
	}
	for _, other := range []string{strings.ToUpper(name), strings.ToLower(name)} {
		if found, err := os.Stat(filepath.Join(parent, other)); other != name && err == nil {
			return os.SameFile(is, found)
		}
	}
	return false
}
