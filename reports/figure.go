package reports

import (
	"slices"
)

// A figure is one column of a table for people.
type figure[Row any] struct {
	title string
	text  func(Row) string
	// weight says how much would be lost without the column: where room is
	// short the lightest goes first.
	weight int
}

// isWords says whether a column is read rather than compared down its length.
func (f figure[Row]) isWords() bool {
	return f.title == "verdict" || f.title == "size" || f.title == residualTitle
}

func titles[Row any](figures []figure[Row]) (list []string) {
	for _, f := range figures {
		list = append(list, f.title)
	}
	return list
}

// withoutLightest leaves out the figure that is missed least.
func withoutLightest[Row any](figures []figure[Row]) []figure[Row] {
	lightest := 0
	for i, f := range figures {
		if f.weight < figures[lightest].weight {
			lightest = i
		}
	}
	return slices.Delete(slices.Clone(figures), lightest, lightest+1)
}

const residualTitle = "residual by workers"
