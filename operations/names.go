package operations

import (
	"fmt"
	"path"
	"strings"

	"iosweep/internal/oneline"
	"iosweep/internal/workload"
)

// NameRules are the rules of a file system for the names of files.
type NameRules struct {
	Longest   int  // in bytes; 0: unknown
	FoldsCase bool // names that differ only in case are equal
}

// CheckNames returns the reasons why the files of a tree cannot exist under these rules, with
// their own names or with the names that the operation gives them.
func CheckNames(op Operation, m *workload.Manifest, rules NameRules) (reasons []string) {
	info := op.Info()
	fold := func(name string) string { return name }
	if rules.FoldsCase {
		fold = strings.ToLower
	}
	var long, equal, taken namePairs
	known := map[string]string{} // by folded name: the names that may be equal to another one
	add := func(name, suffix string, isDir bool) {
		if base := path.Base(name) + suffix; rules.Longest > 0 && len(base) > rules.Longest {
			long.add(name, base)
		}
		if !rules.FoldsCase && (info.Suffix == "" || !isDir && !strings.HasSuffix(name, info.Suffix)) {
			return // a map of a million names takes much memory
		}
		if other, exists := known[fold(name)]; exists {
			equal.add(other, name)
		}
		known[fold(name)] = name
	}
	for _, name := range m.Dirs {
		add(name, "", true)
	}
	for _, file := range m.All() {
		add(file.Name, info.Suffix, false)
	}
	if info.Suffix != "" {
		for _, file := range m.All() {
			if other, exists := known[fold(file.Name+info.Suffix)]; exists {
				taken.add(file.Name, other)
			}
		}
	}
	if long.count > 0 {
		what := ""
		if info.Suffix != "" {
			what = fmt.Sprintf(", because %s adds %s", info.Name, info.Suffix)
		}
		reasons = append(reasons, fmt.Sprintf("%s would need a name of %d bytes%s, but the file system of the workspace allows %d%s; use a tree with shorter names, or another workspace",
			oneline.Name(long.first), len(long.second), what, rules.Longest, long.others("name")))
	}
	if equal.count > 0 {
		reasons = append(reasons, fmt.Sprintf("the tree has both %s and %s, but the file system of the workspace ignores case%s; choose a workspace on another file system",
			oneline.Name(equal.first), oneline.Name(equal.second), equal.others("pair")))
	}
	if taken.count > 0 {
		reasons = append(reasons, fmt.Sprintf("%s adds %s to each name, but the tree has both %s and %s%s; use a tree without one of them, or leave out the operation",
			info.Name, info.Suffix, oneline.Name(taken.first), oneline.Name(taken.second), taken.others("pair")))
	}
	return reasons
}

// namePairs counts pairs of names and keeps the first.
type namePairs struct {
	first, second string
	count         int
}

func (p *namePairs) add(first, second string) {
	if p.count++; p.count == 1 {
		p.first, p.second = first, second
	}
}

// others returns the number of pairs after the first in brackets, or "" if there is none.
func (p *namePairs) others(noun string) string {
	if p.count == 1 {
		return ""
	}
	return fmt.Sprintf(" (%ss of this kind: %d)", noun, p.count)
}
