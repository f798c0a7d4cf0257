package format

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/text"
)

// Distinct shortens names to width columns of a terminal. Names that differ stay different.
// Usually it cuts the middle. If two names would become equal, it cuts the beginning of the
// second one, or else numbers it.
func Distinct(names []string, width int) []string {
	shorts := make([]string, len(names))
	taken := map[string]string{} // full names by short ones
	take := func(i int, short string) bool {
		if full, found := taken[short]; found && full != names[i] {
			return false
		}
		shorts[i], taken[short] = short, names[i]
		return true
	}
	var long []int
	for i, name := range names { // first the names that fit, because they must not change
		if text.StringWidth(name) > width || !take(i, name) {
			long = append(long, i)
		}
	}
	known := map[string]string{} // short names by full ones
	numbers := map[string]int{}  // the last number by the name before the number
	for _, i := range long {
		name := names[i]
		if short, found := known[name]; found {
			shorts[i] = short
			continue
		}
		head := (width - 1) / 2
		if !take(i, firstColumns(name, head)+"…"+lastColumns(name, width-1-head)) && !take(i, "…"+lastColumns(name, width-1)) {
			for number := ""; ; {
				before := firstColumns(name, width-len(number)-2)
				numbers[before]++
				number = fmt.Sprint(numbers[before] + 1)
				if take(i, firstColumns(name, width-len(number)-1)+"…"+number) {
					break
				}
			}
		}
		known[name] = shorts[i]
	}
	return shorts
}

// firstColumns returns the beginning of a text, with at most width columns.
func firstColumns(s string, width int) string {
	for i, r := range s {
		if width -= text.RuneWidth(r); width < 0 {
			return s[:i]
		}
	}
	return s
}

// lastColumns returns the end of a text, with at most width columns.
func lastColumns(s string, width int) string {
	runes := []rune(s)
	for i := len(runes) - 1; i >= 0; i-- {
		if width -= text.RuneWidth(runes[i]); width < 0 {
			return string(runes[i+1:])
		}
	}
	return s
}
