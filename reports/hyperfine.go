package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
)

// writeHyperfine writes the format of hyperfine --export-json, version 1.20. A cell is a
// command, and a good trial is a run of it. Tools for that format, such as the scripts of
// hyperfine, can read the output.
func writeHyperfine(w io.Writer, d *Content) error {
	// In hyperfine a parameter is a value that varies. Only one parameter is allowed for its plot
	// over a parameter.
	names := analysis.Varying(d.Factors, d.Cells())
	results := []hyperfineResult{} // not nil, so that JSON has an empty array
	for _, s := range d.Cells() {
		if s.Seconds.N > 0 {
			results = append(results, hyperfineResultOf(s, names))
		}
	}
	out := json.NewEncoder(oneline.JSON(w))
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(struct {
		Results []hyperfineResult `json:"results"`
	}{results})
}

// A hyperfineResult has the keys of hyperfine, in the same order. Undefined values are null.
type hyperfineResult struct {
	Command string    `json:"command"`
	Mean    *float64  `json:"mean"`
	StdDev  *float64  `json:"stddev"`
	Median  *float64  `json:"median"`
	User    *float64  `json:"user"`
	System  *float64  `json:"system"`
	Min     *float64  `json:"min"`
	Max     *float64  `json:"max"`
	Times   []float64 `json:"times"`
	// Memory has one number for each of Times, or is missing.
	Memory []int64 `json:"memory_usage_byte,omitempty"`
	// ExitCodes has null for a failure that the experiment expects, because the journal does
	// not record the exit status of such a trial.
	ExitCodes  []*int            `json:"exit_codes"`
	Parameters map[string]string `json:"parameters,omitempty"`
}

func hyperfineResultOf(s *analysis.Summary, names []string) hyperfineResult {
	r := hyperfineResult{
		Command: exportedName(s),
		Mean:    orNull(s.Seconds.Mean), StdDev: orNull(s.Seconds.StdDev), Median: orNull(s.Seconds.Median),
		User: orNull(s.User), System: orNull(s.System),
		Min: orNull(s.Seconds.Min), Max: orNull(s.Seconds.Max),
		Parameters: map[string]string{},
	}
	for _, t := range s.Good {
		m := t.Measurement
		r.Times = append(r.Times, m.Seconds)
		if m.MaxRSS != nil {
			r.Memory = append(r.Memory, *m.MaxRSS)
		}
		code := new(0)
		if m.Finding != "" {
			code = nil
		}
		r.ExitCodes = append(r.ExitCodes, code)
	}
	if len(r.Memory) < len(r.Times) {
		r.Memory = nil
	}
	for _, name := range names {
		if level := s.Cell.Levels[name]; level != "" {
			r.Parameters[name] = level
		}
	}
	return r
}

// exportedName returns a name that no other exported cell has: a retired cell can have the same
// name as a current one.
func exportedName(s *analysis.Summary) string {
	if s.Cell.Retired {
		return s.Cell.Name + " (retired)"
	}
	return s.Cell.Name
}

// notExported describes the cells and the trials that an export of good trials leaves out.
func notExported(d *Content) []string {
	var none, some []string
	for _, s := range d.Cells() {
		name := oneline.Of(exportedName(s))
		switch {
		case s.Seconds.N == 0:
			none = append(none, name)
		case s.Failed > 0:
			some = append(some, fmt.Sprintf("%s (%d of %d)", name, s.Failed, s.Trials))
		}
	}
	var list []string
	if len(none) > 0 {
		list = append(list, fmt.Sprintf("Left out because no trial succeeded: %s: %s.", format.Count(len(none), "cell"), someOf(none)))
	}
	if len(some) > 0 {
		list = append(list, fmt.Sprintf("Failed trials of %s are left out, because a failure can make a trial fast: %s.", format.Count(len(some), "cell"), someOf(some)))
	}
	return list
}

// someOf joins up to six names. If there are more, it joins five and counts the others.
func someOf(names []string) string {
	const few = 5
	if n := len(names); n > few+1 {
		names = append(names[:few:few], fmt.Sprintf("%d more", n-few))
	}
	return strings.Join(names, ", ")
}
