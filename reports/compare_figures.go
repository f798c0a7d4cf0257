package reports

import (
	"fmt"
	"math"
	"strconv"

	"iosweep/internal/estimate"
)

// contrastFigures are the columns of the table of a comparison. Beside the times
// stand the change, as people say it, and the speed-up, as everywhere else.
func (c comparison) contrastFigures() []figure[*Contrast] {
	type column = figure[*Contrast]
	return []column{
		{"BASE", func(x *Contrast) string { return MeanSeconds(x.Base.Seconds) }, 6},
		{"NEW", func(x *Contrast) string { return MeanSeconds(x.New.Seconds) }, 8},
		{"trials", trialsText, 1},
		{"change", func(x *Contrast) string { return changeText(x.Change()) }, 10},
		{"speed-up", func(x *Contrast) string { return Times(x.Speedup.Value) }, 5},
		{"95% interval", func(x *Contrast) string { return TimesInterval(x.Speedup.CI) }, 7},
		{"p", func(x *Contrast) string { return pText(x.Adjusted) }, 3},
		{"verdict", contrastVerdict, 9},
	}
}

// trialsText reads like 5 + 23.
func trialsText(x *Contrast) string {
	return fmt.Sprintf("%d + %d", x.Base.Seconds.N, x.New.Seconds.N)
}

// changeText reads like +10.2%, or ×3.4 where percents say little.
func changeText(v estimate.Value) string {
	if !v.OK {
		return undefined
	}
	percent := math.Round(1e8*v.X) / 1e6 // 9.9999999996 is 10.0, and not 10.00
	text := strconv.FormatFloat(percent, 'f', min(decimals(percent, 3), 2), 64)
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
		return undefined
	case v.X < 0.001:
		return "<0.001"
	}
	// Rounded down: what is shown as 0.050 is not below 0.05.
	return strconv.FormatFloat(math.Floor(1000*v.X)/1000, 'f', 3, 64)
}

func contrastVerdict(x *Contrast) string {
	if x.Verdict == "" {
		return undefined
	}
	return string(x.Verdict)
}
