package table

import (
	"fmt"
	"io"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"iosweep/internal/estimate"

	"iosweep/internal/oneline"
)

// A TextTable is a table for a terminal. It fits any reasonable width: where
// there is too little, the columns that are missed least go first, and then
// names are cut.
type TextTable[Row any] struct {
	Names   []string // of the columns that name a row
	Name    func(Row, string) string
	Figures []Figure[Row]
	Rows    []Row
	Colour  func(Row, string) string // of a verdict; nil for none
}

// figuresKept is how many figures stay however narrow the terminal is.
const figuresKept = 3

// Write writes the table in so many columns, and returns the titles of the
// figures that it left out.
func (t TextTable[Row]) Write(out io.Writer, width int) (hidden []string) {
	wanted := Titles(t.Figures)
	tooWide := func(rendered string) bool { return text.LongestLineLen(rendered) > width }
	rendered := t.render(0)
	for tooWide(rendered) && len(t.Figures) > figuresKept {
		t.Figures = withoutLightest(t.Figures)
		rendered = t.render(0)
	}
	for narrow := 24; tooWide(rendered) && narrow >= 6; narrow-- {
		rendered = t.render(narrow)
	}
	fmt.Fprintln(out, rendered)
	return slices.DeleteFunc(wanted, func(title string) bool { return slices.Contains(Titles(t.Figures), title) })
}

// render lays out the table; narrow bounds the columns of names, 0 does not.
func (t TextTable[Row]) render(narrow int) string {
	w := table.NewWriter()
	style := table.StyleLight
	style.Options.DrawBorder = false
	style.Options.SeparateColumns = false
	style.Format.Header = text.FormatDefault
	w.SetStyle(style)
	w.SuppressTrailingSpaces()

	var header table.Row
	var configs []table.ColumnConfig
	for i, name := range t.Names {
		header = append(header, oneline.Of(name))
		configs = append(configs, table.ColumnConfig{Number: i + 1, WidthMax: narrow, WidthMaxEnforcer: snip})
	}
	for i, f := range t.Figures {
		header = append(header, f.Title)
		config := table.ColumnConfig{Number: len(t.Names) + i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight}
		if f.IsWords() {
			config.Align, config.AlignHeader = text.AlignLeft, text.AlignLeft
		}
		if f.Title == "verdict" && narrow > 0 {
			// A verdict of two words takes two lines before names are cut.
			config.WidthMax, config.WidthMaxEnforcer = len(estimate.Inconclusive), text.WrapSoft
		}
		configs = append(configs, config)
	}
	w.AppendHeader(header)
	w.SetColumnConfigs(configs)
	for _, row := range t.Rows {
		w.AppendRow(t.fields(row))
	}
	return w.Render()
}

func (t TextTable[Row]) fields(row Row) table.Row {
	var fields table.Row
	for _, name := range t.Names {
		fields = append(fields, oneline.Of(t.Name(row, name)))
	}
	for _, f := range t.Figures {
		value := oneline.Of(f.Text(row))
		if t.Colour != nil && f.Title == "verdict" {
			value = t.Colour(row, value)
		}
		fields = append(fields, value)
	}
	return fields
}

func snip(s string, width int) string { return text.Snip(s, width, "…") }
