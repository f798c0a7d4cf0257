package table

import (
	"slices"
)

// A figure is one column of a table for people.
type Figure[Row any] struct {
	Title string
	Text  func(Row) string
	// weight says how much would be lost without the column: where room is
	// short the lightest goes first.
	Weight int
}

// NewFigure is a column of a title, a text and a weight.
func NewFigure[Row any](title string, text func(Row) string, weight int) Figure[Row] {
	return Figure[Row]{Title: title, Text: text, Weight: weight}
}

// IsWords says whether a column is read rather than compared down its length.
func (f Figure[Row]) IsWords() bool {
	return f.Title == "verdict" || f.Title == "size" || f.Title == ResidualTitle
}

func Titles[Row any](figures []Figure[Row]) (list []string) {
	for _, f := range figures {
		list = append(list, f.Title)
	}
	return list
}

// withoutLightest leaves out the figure that is missed least.
func withoutLightest[Row any](figures []Figure[Row]) []Figure[Row] {
	lightest := 0
	for i, f := range figures {
		if f.Weight < figures[lightest].Weight {
			lightest = i
		}
	}
	return slices.Delete(slices.Clone(figures), lightest, lightest+1)
}

const ResidualTitle = "residual by workers"
