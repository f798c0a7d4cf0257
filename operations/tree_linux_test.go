package operations

import (
	"strings"
	"testing"
)

// TestTooDeepTreesAreRefused: what no program can open is said once, and beforehand.
func TestTooDeepTreesAreRefused(t *testing.T) {
	for _, name := range []string{strings.Repeat("d", 30), strings.Repeat("d", 200)} {
		tree := t.TempDir()
		makeDeep(t, tree, name, 5000/(len(name)+1))
		_, err := Survey(t.Context(), Workload{From: tree})
		if err == nil || !strings.Contains(err.Error(), "programs can open paths of up to") {
			t.Errorf("surveyed, and it said %v", err)
		}
		if _, err := StateOfTree(t.Context(), tree); err != nil {
			t.Errorf("its state is an error: %v", err)
		}
	}
}

// TestSurveyRefusesWhatIsNoFileAnyMore: between the walk and the look at a file
// something else was put in its place. Nobody waits for it, and it is named.
func TestSurveyRefusesWhatIsNoFileAnyMore(t *testing.T) {
	eachNotFile(t, func(t *testing.T, path string, swap func(*testing.T), want string) {
		tree, err := openTree(path)
		must(t, err)
		defer tree.Close()
		files := NewManifest(File{Name: "a/one.txt"}, File{Name: "empty.txt"}, File{Name: "plain.txt"})
		swap(t)
		_, err = surveyFiles(t.Context(), tree, files)
		expectNamed(t, err, path, want)
	})
}
