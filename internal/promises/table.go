package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"iosweep/internal/estimate"
)

// writeTable writes the promises of one run as Markdown, to be read as it stands
// and to be quoted in the documentation.
func writeTable(out io.Writer, title string, lines []line) error {
	_, err := fmt.Fprintf(out, "### %s\n\n| work | best | against | rounds | figure | 95%% interval | promised | reached |\n| --- | --- | --- | ---: | ---: | ---: | ---: | --- |\n", title)
	for _, l := range lines {
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "| %s | %s | %s | %d | %s | %s | %s | %s |\n",
			l.what, cell(l.by), cell(l.against), l.rounds, number(l.figure), interval(l.interval), l.promised(), cell(l.verdict()))
	}
	if err == nil {
		_, err = fmt.Fprintln(out)
	}
	return err
}

// cell is a text that may hold anything, as one cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}

func writeSum(out io.Writer, lines []line) error {
	reached, missed := 0, 0
	for _, l := range lines {
		switch {
		case l.reached():
			reached++
		case l.figure.OK:
			missed++
		}
	}
	_, err := fmt.Fprintf(out, "%d of %d reached, %d missed, %d not measured\n", reached, len(lines), missed, len(lines)-reached-missed)
	return err
}

func (l line) promised() string {
	sign := "≤ "
	if l.atLeast {
		sign = "≥ "
	}
	return sign + strconv.FormatFloat(l.bound, 'f', -1, 64)
}

// verdict goes by the figure, and says so where the interval reaches to the other
// side of the bound, or where there are too few rounds for one.
func (l line) verdict() string {
	verdict := "no"
	switch {
	case !l.figure.OK:
		return "not measured: " + l.why
	case l.reached():
		verdict = "yes"
	}
	switch {
	case l.uncertain():
		verdict += ", not certain"
	case !l.interval.OK && l.bestOf:
		verdict += ", too few rounds"
	}
	return verdict
}

// number has three significant digits and no exponent, and is empty where there is
// none.
func number(v estimate.Value) string {
	switch {
	case !v.OK:
		return ""
	case v.X == 0:
		return "0"
	}
	places := max(0, 2-int(math.Floor(math.Log10(math.Abs(v.X)))))
	return strconv.FormatFloat(v.X, 'f', places, 64)
}

func interval(i estimate.Interval) string {
	low, high := i.Bounds()
	if !low.OK {
		return ""
	}
	return number(low) + "–" + number(high)
}
