package runner

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestCustomAxisThatIsBuiltInNow refuses to resume a run with a custom axis named python. Its
// levels were texts, and would be interpreters in the resumed run.
func TestCustomAxisThatIsBuiltInNow(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	runIt(t, t.Context(), small, func(o *Options) { o.Out = dir })
	for _, axis := range []string{"block", "python"} {
		rewriteRuns(t, dir, func(run map[string]any) {
			cell := run["cells"].([]any)[1].(map[string]any)
			cell["custom"] = []string{axis}
			cell["levels"].(map[string]any)[axis] = "3.9"
		})
		previous, err := OpenPrevious(dir)
		if err == nil {
			err = previous.Close()
		}
		const want = "has a custom axis named python, which is a built-in axis in this version"
		if (err != nil) != (axis == "python") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", axis, err)
		}
	}
}
