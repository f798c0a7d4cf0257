package operations

import (
	"strings"
	"testing"

	"iosweep/internal/workload"
)

// TestCheckNames checks names that a file system, or the suffix of rename, does not allow.
func TestCheckNames(t *testing.T) {
	longest := strings.Repeat("n", 255)
	plain, folding := NameRules{Longest: 255}, NameRules{Longest: 255, FoldsCase: true}
	for name, test := range map[string]struct {
		op    Operation
		dirs  []string
		files []string
		rules NameRules
		want  []string // in the reasons; empty: the names are allowed
	}{
		"copied":                {copying{}, nil, []string{"x", "x.renamed", "X", longest}, plain, nil},
		"renamed":               {renaming{}, []string{"d.renamed"}, []string{"x", "y.renamed"}, plain, nil},
		"name of 247 bytes":     {renaming{}, nil, []string{longest[:247]}, plain, nil},
		"name of 248 bytes":     {renaming{}, nil, []string{"a/" + longest[:248]}, plain, []string{"a/nnn", "nnn would need a name of 256 bytes, because rename adds .renamed, but the file system of the workspace allows 255; use"}},
		"two long names":        {renaming{}, nil, []string{longest, longest[1:]}, plain, []string{"of 263 bytes", "allows 255 (names of this kind: 2); use"}},
		"long directory":        {renaming{}, []string{longest}, []string{longest + "/x"}, plain, nil},
		"short limit":           {copying{}, nil, []string{longest[:144]}, NameRules{Longest: 143}, []string{"would need a name of 144 bytes, but the file system of the workspace allows 143;"}},
		"unknown limit":         {renaming{}, nil, []string{longest}, NameRules{}, nil},
		"taken by a file":       {renaming{}, nil, []string{"a/x", "a/x.renamed"}, plain, []string{"rename adds .renamed to each name, but the tree has both a/x and a/x.renamed; use a tree without one of them"}},
		"taken by a directory":  {renaming{}, []string{"x.renamed"}, []string{"x"}, plain, []string{"both x and x.renamed;"}},
		"several are taken":     {renaming{}, nil, []string{"x", "x.renamed", "x.renamed.renamed"}, plain, []string{"both x and x.renamed (pairs of this kind: 2);"}},
		"in another directory":  {renaming{}, []string{"a"}, []string{"a/x.renamed", "x"}, plain, nil},
		"only case":             {copying{}, nil, []string{"README", "a", "readme"}, folding, []string{"the tree has both README and readme, but the file system of the workspace ignores case;"}},
		"case of directories":   {copying{}, []string{"A", "a"}, []string{"A/x", "a/y"}, folding, []string{"both A and a,"}},
		"case and suffix":       {renaming{}, nil, []string{"X", "x.RENAMED"}, folding, []string{"both X and x.RENAMED;"}},
		"same case, two places": {copying{}, []string{"a", "b"}, []string{"a/x", "b/X"}, folding, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var files []workload.File
			for _, name := range test.files {
				files = append(files, workload.File{Name: name})
			}
			m := workload.NewManifest(files...)
			m.Dirs = test.dirs
			got := strings.Join(CheckNames(test.op, m, test.rules), "\n")
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("got %q, want %q in it", got, want)
				}
			}
			if test.want == nil && got != "" {
				t.Errorf("got %q, want no reason", got)
			}
			if len(got) > 500 {
				t.Errorf("got a text of %d bytes, want long names to be shortened: %s", len(got), got)
			}
		})
	}
}
