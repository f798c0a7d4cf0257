package gate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"slower":                      "slower",
		" slower:5% , failed,missing": "slower:5%,failed,missing",
		"faster:0.5%":                 "faster:0.5%",
		"slower, slower : 12.5%":      "slower,slower:12.5%",
		"slower:":                     `"slower:": a minimum effect is a percentage above 0% and below 100%, such as slower:5%`,
		"slower:5":                    `"slower:5": a minimum effect is a percentage; write slower:5%`,
		"slower:-5%":                  "above 0% and below 100%",
		"slower:0%":                   "above 0% and below 100%",
		"faster:500%":                 `"faster:500%": a minimum effect is a percentage above 0% and below 100%, such as faster:5%`,
		"slower:NaN%":                 "above 0% and below 100%",
		"slower:5%:5%":                "above 0% and below 100%",
		"equivalent:5%":               "only slower and faster have a minimum effect; write equivalent",
		"failed:5%":                   "only slower and faster have a minimum effect; write failed",
		"slow":                        `did you mean "slower"?`,
		"Slower":                      `did you mean "slower"?`,
		"fasterr:5%":                  `did you mean "faster"?`,
		"slower,":                     `"": it must be one or more of slower, faster, inconclusive, equivalent, failed, missing`,
		"all":                         `"all": it must be one or more of`,
	} {
		var words []string
		if in != "" {
			words = strings.Split(in, ",")
		}
		g, err := Parse(words)
		switch got := g.String(); {
		case err != nil:
			if !strings.Contains(err.Error(), want) || want == "" {
				t.Errorf("%q: %v, want %q", in, err, want)
			}
		case got != want:
			t.Errorf("%q is read as %q, want %q", in, got, want)
		default:
			again, err := Parse(strings.Split(got, ","))
			if diff := cmp.Diff(g, again); err == nil && in != "" && diff != "" {
				t.Errorf("%q is printed as %q, which is another gate:\n%s", in, got, diff)
			}
		}
	}
}

// sample returns a cell with this verdict and interval of the speed-up.
func sample(verdict estimate.Verdict, low, high float64) Cell {
	return Cell{Name: "copy/strategy=x", Against: "copy/strategy=base", Verdict: verdict, Speedup: estimate.Ratio{
		Value: estimate.Of((low + high) / 2), CI: estimate.Interval{Low: low, High: high, OK: true},
	}}
}

// TestWholeIntervalHasTheEffect: the end of the interval that is nearer to 1 decides.
func TestWholeIntervalHasTheEffect(t *testing.T) {
	for _, test := range []struct {
		condition Condition
		cell      Cell
		want      bool
	}{
		{Condition{Slower, 0}, sample(estimate.Slower, 0.9, 0.999), true},
		{Condition{Slower, 0.05}, sample(estimate.Slower, 0.8, 0.952), true}, // 1/1.05 is 0.95238
		{Condition{Slower, 0.05}, sample(estimate.Slower, 0.8, 0.953), false},
		{Condition{Slower, 0.05}, sample(estimate.Inconclusive, 0.8, 0.9), false},
		{Condition{Slower, 0}, sample(estimate.Faster, 1.1, 1.2), false},
		{Condition{Faster, 0.05}, sample(estimate.Faster, 1.0501, 2), true},
		{Condition{Faster, 0.05}, sample(estimate.Faster, 1.0499, 2), false},
		{Condition{Equivalent, 0}, sample(estimate.Equivalent, 0.99, 1.01), true},
		{Condition{Inconclusive, 0}, sample(estimate.Inconclusive, 0.5, 1.5), true},
		{Condition{Failed, 0}, Cell{Failed: true}, true},
		{Condition{Failed, 0}, Cell{Missing: true}, false},
		{Condition{Missing, 0}, Cell{Missing: true}, true},
		{Condition{Slower, 0}, Cell{}, false},
	} {
		if got := test.condition.Meets(&test.cell); got != test.want {
			t.Errorf("%s, %s, %v: %v, want %v", test.condition, test.cell.Verdict, test.cell.Speedup.CI, got, test.want)
		}
	}
}

func TestCheck(t *testing.T) {
	slow, slower := sample(estimate.Slower, 0.9, 0.94), sample(estimate.Slower, 0.4, 0.6)
	slower.Note = "a note"
	unclear, failed := sample(estimate.Inconclusive, 0.9, 1.1), Cell{Name: "copy/strategy=bad", Failed: true, Reason: "exit status\n1"}
	for _, test := range []struct {
		words     string
		cells     []Cell
		lines     string
		undecided bool
		doubt     string
	}{
		{"slower", []Cell{slow, slower, failed}, `--fail-on found 2 of 3 cells:
  slower: copy/strategy=x: 0.500× against copy/strategy=base (95% interval 0.400–0.600); a note
  slower: copy/strategy=x: 0.920× against copy/strategy=base (95% interval 0.900–0.940)`, false, ""},
		{"failed,slower:10%", []Cell{slow, slower, failed}, `--fail-on found 2 of 3 cells:
  failed: copy/strategy=bad: exit status 1
  slower:10%: copy/strategy=x: 0.500× against copy/strategy=base (95% interval 0.400–0.600); a note`, false, ""},
		{"slower:10%,slower", []Cell{slower}, `--fail-on found 1 of 1 cell:
  slower:10%: copy/strategy=x: 0.500× against copy/strategy=base (95% interval 0.400–0.600); a note`, false, ""},
		{"missing", []Cell{failed}, "", false, ""},
		{"slower", []Cell{failed}, "", true, ""},
		{"slower,failed", nil, "", true, ""},
		{"slower:10%", []Cell{slow, unclear, unclear}, "", false, "--fail-on slower:10% found no cell; inconclusive verdicts: 2 of 3 (more trials may decide them)"},
		{"slower", []Cell{unclear}, "", false, "--fail-on slower found no cell; inconclusive verdicts: 1 of 1 (more trials may decide them)"},
		{"equivalent", []Cell{unclear}, "", false, ""},
	} {
		g, err := Parse(strings.Split(test.words, ","))
		if err != nil {
			t.Fatal(err)
		}
		r := g.Check(test.cells)
		lines := ""
		if len(r.Findings) > 0 {
			lines = strings.Join(r.Lines(), "\n")
		}
		if diff := cmp.Diff(test.lines, lines); diff != "" || r.Undecided() != test.undecided || r.Doubt() != test.doubt {
			t.Errorf("%s: undecided %v, doubt %q (-want +got):\n%s", test.words, r.Undecided(), r.Doubt(), diff)
		}
	}
}

func TestManyFindingsAreCounted(t *testing.T) {
	var cells []Cell
	for range 40 {
		cells = append(cells, sample(estimate.Slower, 0.8, 0.9))
	}
	lines := Gate{{Word: Slower}}.Check(cells).Lines()
	if got := lines[len(lines)-1]; len(lines) != 27 || got != "  and 15 more" {
		t.Errorf("%d lines, the last is %q", len(lines), got)
	}
}

func TestCellsOfARun(t *testing.T) {
	good := []*journal.Trial{{}}
	var got []string
	for _, c := range OfRun([]*analysis.Summary{
		{Cell: journal.Cell{Name: "ok"}, Status: analysis.StatusOK, Good: good},
		{Cell: journal.Cell{Name: "retired", Retired: true}, Status: analysis.StatusFailed},
		{Cell: journal.Cell{Name: "failed"}, Status: analysis.StatusFailed},
		{Cell: journal.Cell{Name: "skipped"}, Status: analysis.StatusSkipped},
		{Cell: journal.Cell{Name: "optional", Optional: true}, Status: analysis.StatusSkipped},
		{Cell: journal.Cell{Name: "none"}, Status: analysis.StatusIncomplete},
		{Cell: journal.Cell{Name: "some"}, Status: analysis.StatusIncomplete, Good: good},
	}) {
		switch {
		case c.Failed && c.Missing:
			t.Errorf("%s is both failed and missing", c.Name)
		case c.Failed:
			got = append(got, c.Name+" failed")
		case c.Missing:
			got = append(got, c.Name+" missing")
		default:
			got = append(got, c.Name)
		}
	}
	if diff := cmp.Diff([]string{"ok", "failed failed", "skipped missing", "optional", "none missing", "some"}, got); diff != "" {
		t.Error(diff)
	}
}
