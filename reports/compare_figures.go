package reports

import (
	"fmt"
	"math"
	"strconv"

	"iosweep/analysis/compare"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/reports/table"
)

// contrastFigures are the columns of the table of a comparison. Beside the times
// stand the change, as people say it, and the speed-up, as everywhere else.
func (c comparison) contrastFigures() []table.Figure[*compare.Contrast] {
	column := table.NewFigure[*compare.Contrast]
	return []table.Figure[*compare.Contrast]{
		column("BASE", func(x *compare.Contrast) string { return format.MeanSeconds(x.Base.Seconds) }, 6),
		column("NEW", func(x *compare.Contrast) string { return format.MeanSeconds(x.New.Seconds) }, 8),
		column("trials", trialsText, 1),
		column("change", func(x *compare.Contrast) string { return changeText(x.Change()) }, 10),
		column("speed-up", func(x *compare.Contrast) string { return format.Times(x.Speedup.Value) }, 5),
		column("95% interval", func(x *compare.Contrast) string { return format.TimesInterval(x.Speedup.CI) }, 7),
		column("p", func(x *compare.Contrast) string { return pText(x.Adjusted) }, 3),
		column("verdict", contrastVerdict, 9),
	}
}

// trialsText reads like 5 + 23.
func trialsText(x *compare.Contrast) string {
	return fmt.Sprintf("%d + %d", x.Base.Seconds.N, x.New.Seconds.N)
}

// changeText reads like +10.2%, or ×3.4 where percents say little.
func changeText(v estimate.Value) string {
	if !v.OK {
		return format.Undefined
	}
	percent := math.Round(1e8*v.X) / 1e6 // 9.9999999996 is 10.0, and not 10.00
	text := strconv.FormatFloat(percent, 'f', min(format.Decimals(percent, 3), 2), 64)
	if x, err := strconv.ParseFloat(text, 64); err == nil && x == 0 {
		return "0.00%" // and no sign: it is none
	}
	if percent > 0 {
		text = "+" + text
	}
	return text + "%"
}

// pText reads like 0.012 or <0.001.
func pText(v estimate.Value) string {
	switch {
	case !v.OK:
		return format.Undefined
	case v.X < 0.001:
		return "<0.001"
	}
	// Rounded down: what is shown as 0.050 is not below 0.05.
	return strconv.FormatFloat(math.Floor(1000*v.X)/1000, 'f', 3, 64)
}

func contrastVerdict(x *compare.Contrast) string {
	if x.Verdict == "" {
		return format.Undefined
	}
	return string(x.Verdict)
}
