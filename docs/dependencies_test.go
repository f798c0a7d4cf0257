package docs_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// imports returns the paths that the Go files of this repository import, and the tools.
func imports(t *testing.T) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range file.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			list = append(list, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, tools, _ := strings.Cut(read(t, "../go.mod"), "\ntool (")
	return append(list, strings.Fields(tools)...)
}

// direct returns the modules of go.mod that this repository imports. It ignores the
// comments "// indirect", because they may be out of date until `go mod tidy` runs.
func direct(t *testing.T) []string {
	t.Helper()
	used := imports(t)
	var list []string
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+`).FindAllStringSubmatch(read(t, "../go.mod"), -1) {
		module := m[1]
		if slices.ContainsFunc(used, func(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }) {
			list = append(list, module)
		}
	}
	slices.Sort(list)
	return list
}

func TestDependenciesAreAllExplained(t *testing.T) {
	explained := firstCells(read(t, "dependencies.md"))
	slices.Sort(explained)
	if diff := cmp.Diff(direct(t), explained); diff != "" {
		t.Errorf("modules of go.mod and of dependencies.md differ (-used +explained):\n%s", diff)
	}
}
