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

// writeHyperfine writes what hyperfine --export-json does, as of its version 1.20: a cell
// is a command, and a good trial a run of it. What was made for that, such as
// hyperfine's own scripts, reads this.
func writeHyperfine(w io.Writer, d *Content) error {
	// To hyperfine a parameter is what varies, and its plot over one wants no other.
	names := analysis.Varying(d.Factors, d.Cells())
	results := []hyperfineResult{} // an array, though it be empty
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

// A hyperfineResult has the keys of hyperfine, in its order. What is undefined is null.
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
	// Memory has a number for each of Times, or is missing.
	Memory []int64 `json:"memory_usage_byte,omitempty"`
	// ExitCodes are null where the experiment expects a failure, whose code nobody
	// wrote down.
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

// exportedName is the name of a cell, which no other has that gets trials.
func exportedName(s *analysis.Summary) string {
	if s.Cell.Retired {
		return s.Cell.Name + " (retired)"
	}
	return s.Cell.Name
}

// notExported says what an export of good trials lacks.
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
		list = append(list, fmt.Sprintf("Left out, for want of a good trial: %s: %s.", format.Count(len(none), "cell"), someOf(none)))
	}
	if len(some) > 0 {
		list = append(list, fmt.Sprintf("Left out are the failed trials of %s, which may be fast for that very reason: %s.", format.Count(len(some), "cell"), someOf(some)))
	}
	return list
}

// someOf names a few of many.
func someOf(names []string) string {
	const few = 5
	if n := len(names); n > few+1 {
		names = append(names[:few:few], fmt.Sprintf("%d more", n-few))
	}
	return strings.Join(names, ", ")
}
