package reports

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
)

// scripts matches the scripts, the compressed trials and the styles of report.html.
var scripts = regexp.MustCompile(`(?s)<script>.*?</script>|<script type="application/gzip".*?</script>|<style>.*?</style>`)

// withoutScripts returns a report without the parts that are the same in every report.html, and
// without its trials.
func withoutScripts(report []byte) []byte { return scripts.ReplaceAll(report, nil) }

// TestPageHasEveryCell checks that report.html has every cell and every section without scripts.
func TestPageHasEveryCell(t *testing.T) {
	grid := analysistest.Grid([]string{"write", "read"}, []string{"threads", "processes"}, []string{"1", "2", "4", "8", "16"}, []string{"1", "8", "16", "32", "64", "auto"}, 5)
	grid.Run.Origin.Source, grid.Run.Origin.File = "name: x # a comment\n", "/home/x/my file.yaml"
	grid.Run.Overrides, grid.Run.Only = []string{"workload.files=60", "trials.repeats=5"}, []string{"operation=read"}
	for name, test := range map[string]struct {
		d    *Content
		want []string
	}{
		"typical":   {New(analysistest.Typical()), []string{`id="troubles"`, `id="warnings"`, `<td class="w good">faster`, `<th scope="row">threads</th>`, "<strong>speed-up</strong>"}},
		"published": {New(analysistest.SaveFiles()), []string{`id="published"`, "reproduced"}},
		"sweeps":    {New(analysistest.Sweeps()), []string{`id="scaling"`, "σ"}},
		"grid": {New(grid), []string{
			`<span class="key">name: </span>`, `<span class="comment"> # a comment</span>`, "iosweep run &#39;my file.yaml&#39;",
			"<p>Overrides of the experiment file: --set workload.files=60, --set trials.repeats=5, --only operation=read.</p>",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			first := exported(t, writeHTML, test.d)
			if !bytes.Equal(first, exported(t, writeHTML, test.d)) {
				t.Error("two reports of a run differ")
			}
			text := string(withoutScripts(first))
			for _, want := range append(test.want, `<html lang="en">`, `id="environment"`, `id="reproduce"`, `id="reading"`) {
				if !strings.Contains(text, want) {
					t.Errorf("the page has no %s", want)
				}
			}
			for _, g := range test.d.Tables {
				if rows := strings.Count(text, `data-cell="`); g.Measured && rows < len(g.Cells) {
					t.Errorf("the page has %d rows, want every cell of %s, %d", rows, g.Heading, len(g.Cells))
				}
			}
		})
	}
}
