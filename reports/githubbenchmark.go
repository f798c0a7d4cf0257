package reports

import (
	"encoding/json"
	"fmt"
	"io"

	"iosweep/internal/format"
	"iosweep/internal/oneline"
)

// writeGitHubBenchmark writes the format of the tools customSmallerIsBetter and customBiggerIsBetter of
// the action github-action-benchmark, which draws the judged figure of each commit.
func writeGitHubBenchmark(w io.Writer, d *Content) error {
	type result struct {
		Name  string  `json:"name"`
		Unit  string  `json:"unit"`
		Value float64 `json:"value"`
		Range string  `json:"range,omitempty"`
		Extra string  `json:"extra"`
	}
	unit := d.Judge.Unit(1).Name
	results := []result{} // not nil, so that JSON has an empty array
	for _, s := range d.Cells() {
		if s.Judged.N == 0 {
			continue
		}
		r := result{Name: exportedName(s), Unit: unit, Value: s.Judged.Mean.X, Extra: format.Count(s.Judged.N, "good trial")}
		if !d.Judge.IsTime() {
			r.Name += " (" + d.Judge.Name() + ")" // another judge must not continue the same line
		}
		if ci := s.Judged.CI; ci.OK && !ci.LowOpen {
			r.Range = "± " + format.Digits((ci.High-ci.Low)/2, 3)
		}
		if s.Speedup.Value.OK && !s.IsBaseline() {
			r.Extra += fmt.Sprintf("\n%s against %s: %s", d.Judge.SpeedupName(), s.Baseline, format.Times(s.Speedup.Value))
		}
		results = append(results, r)
	}
	out := json.NewEncoder(oneline.JSON(w))
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(results)
}

// notExportedFigures describes what an export of the judged figure leaves out. It also names the tool of
// the action for a figure of which more is better.
func notExportedFigures(d *Content) []string {
	list := notExported(d)
	if d.Judge.HigherIsBetter() {
		list = append(list, fmt.Sprintf("A higher %s is better, so write tool: customBiggerIsBetter in the workflow.", d.Judge.Name()))
	}
	return list
}
