package reports

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/format"
	"iosweep/journal"
	"iosweep/reports/table"
)

// writeMarkdownScaling is the section on sweeps over numbers of workers.
func writeMarkdownScaling(out io.Writer, d *Content) {
	if len(d.Sweeps) == 0 {
		return
	}
	fmt.Fprintf(out, `
## Scaling

Cells that differ in the number of workers alone, %d numbers or more, are fitted with the Universal Scalability Law of
N. J. Gunther: N workers do λN / (1 + σ(N-1) + κN(N-1)) files per second. λ is the rate of one worker, σ the contention
(what only one can do at a time), κ the coherency (what each has to settle with each other), and beyond the peak more
workers are slower. A residual is measured rate / fitted rate - 1: where residuals are as large as what you conclude from
the fit, or bend the same way all along the sweep, the law does not describe it. It knows nothing of the number of cpus.

`, analysis.ScalingPoints)
	shown := d.Sweeps[:min(len(d.Sweeps), analysis.FastestShown+analysis.SlowestShown)]
	first := make([]*analysis.Summary, len(shown))
	for i, s := range shown {
		first[i] = s.Cells[0]
	}
	names := analysis.Naming(analysis.Without(d.Factors, experiments.Workers.String()), first)
	fmt.Fprint(out, scalingSheet(names, shown).MarkdownText())
	if omitted := len(d.Sweeps) - len(shown); omitted > 0 {
		fmt.Fprintf(out, "\nAnd %s more: [scaling.csv](scaling.csv) has them all.\n", format.Count(omitted, "sweep"))
	}
}

// scalingSheet is the table of sweeps for people.
func scalingSheet(factors []string, sweeps []analysis.Sweep) table.Sheet {
	columns := table.Pick(scalingFields(), "workers", "λ (files/s)", "σ", "κ", "peak", "rms residual", "residual by workers")
	return table.Of(keys(factors, func(s analysis.Sweep) journal.Cell { return s.Cells[0].Cell }), columns, sweeps)
}

func rangeText(s analysis.Sweep) string {
	return workersText(s.Workers[0]) + " to " + workersText(s.Workers[len(s.Workers)-1])
}

// peakText is where the law has its highest rate. That may lie where nobody measured.
func peakText(s analysis.Sweep) string {
	most := s.Workers[len(s.Workers)-1]
	switch peak := s.Fit.Peak; {
	case !peak.OK:
		return "none"
	case peak.X > most:
		return "beyond " + workersText(most)
	default:
		return format.Digits(peak.X, 2)
	}
}

func residualsText(s analysis.Sweep) string {
	var list []string
	for i, r := range s.Fit.Residuals {
		list = append(list, fmt.Sprintf("%s: %+.1f%%", workersText(s.Workers[i]), 100*r))
	}
	return strings.Join(list, ", ")
}

func workersText(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// coefficient reads like 0.0123 or 4.5e-06: some are very small, and not 0.
func coefficient(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }
