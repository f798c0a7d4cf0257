package reports

import (
	"encoding/json"
	"fmt"
	"io"

	"iosweep/internal/format"
	"iosweep/internal/oneline"
)

// writeGitHubBenchmark writes the format customSmallerIsBetter of the action github-action-benchmark,
// which draws the times of each commit.
func writeGitHubBenchmark(w io.Writer, d *Content) error {
	type result struct {
		Name  string  `json:"name"`
		Unit  string  `json:"unit"`
		Value float64 `json:"value"`
		Range string  `json:"range,omitempty"`
		Extra string  `json:"extra"`
	}
	results := []result{} // not nil, so that JSON has an empty array
	for _, s := range d.Cells() {
		if s.Seconds.N == 0 {
			continue
		}
		r := result{Name: exportedName(s), Unit: "s", Value: s.Seconds.Mean.X, Extra: format.Count(s.Seconds.N, "good trial")}
		if ci := s.Seconds.CI; ci.OK && !ci.LowOpen {
			r.Range = "± " + format.Digits((ci.High-ci.Low)/2, 3)
		}
		if s.Speedup.Value.OK && !s.IsBaseline() {
			r.Extra += fmt.Sprintf("\nspeed-up against %s: %s", s.Baseline, format.Times(s.Speedup.Value))
		}
		results = append(results, r)
	}
	out := json.NewEncoder(oneline.JSON(w))
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(results)
}
