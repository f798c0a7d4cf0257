package table

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"iosweep/internal/oneline"
)

// Options describe what a terminal can show.
type Options struct {
	Width  int // in columns; 0 is 80
	Colour bool
	// Rows is the largest number of rows of a table; 0 means that the report chooses, and AllRows
	// that it shows all.
	Rows int
}

// AllRows is the value of Options.Rows for all rows.
const AllRows = -1

// minFigures is the number of columns that are never hidden, in addition to the keys.
const minFigures = 3

// verdictWidth is the width of the longest verdict of one word.
const verdictWidth = len("inconclusive")

// Write writes the sheet for a terminal, and returns the titles of the hidden columns. To fit
// the width it first hides the least important columns. If that is not enough, it breaks
// verdicts into several lines and cuts names.
func (s Sheet) Write(out io.Writer, opt Options) (hidden []string) {
	w, configs := s.newWriter(opt.Colour)
	var rendered string
	tooWide := func() bool {
		w.SetColumnConfigs(configs)
		rendered = w.Render()
		return text.LongestLineLen(rendered) > opt.Width
	}
	var figures []int // the columns that are not keys, the lowest weight first
	for i, h := range s.Heads {
		if !h.Key {
			figures = append(figures, i)
		}
	}
	slices.SortStableFunc(figures, func(a, b int) int { return cmp.Compare(s.Heads[a].Weight, s.Heads[b].Weight) })
	wide := tooWide()
	for ; wide && len(figures) > minFigures; figures = figures[1:] {
		configs[figures[0]].Hidden = true
		wide = tooWide()
	}
	for narrow := 24; wide && narrow >= 6; narrow-- {
		for i, h := range s.Heads {
			switch {
			case h.Key:
				configs[i].WidthMax, configs[i].WidthMaxEnforcer = narrow, snip
			case h.Title == "verdict": // a verdict of two words breaks before names are cut
				configs[i].WidthMax, configs[i].WidthMaxEnforcer = verdictWidth, text.WrapSoft
			}
		}
		wide = tooWide()
	}
	fmt.Fprintln(out, rendered)
	for i, h := range s.Heads {
		if configs[i].Hidden {
			hidden = append(hidden, h.Title)
		}
	}
	return hidden
}

// newWriter returns a writer with all rows and columns of the sheet.
func (s Sheet) newWriter(colour bool) (table.Writer, []table.ColumnConfig) {
	w := table.NewWriter()
	style := table.StyleLight
	style.Options.DrawBorder = false
	style.Options.SeparateColumns = false
	style.Format.Header = text.FormatDefault
	w.SetStyle(style)
	w.SuppressTrailingSpaces()

	var header table.Row
	configs := make([]table.ColumnConfig, len(s.Heads))
	for i, h := range s.Heads {
		title, align := h.Title, text.AlignRight
		switch {
		case h.Key:
			title, align = oneline.Of(title), text.AlignDefault
		case h.Words:
			align = text.AlignLeft
		}
		header = append(header, title)
		configs[i] = table.ColumnConfig{Number: i + 1, Align: align, AlignHeader: align}
	}
	w.AppendHeader(header)
	for _, cells := range s.Rows {
		var row table.Row
		for _, c := range cells {
			value := oneline.Of(c.Text)
			if colour {
				value = c.Tone.paint(value)
			}
			row = append(row, value)
		}
		w.AppendRow(row)
	}
	return w, configs
}

func snip(s string, width int) string { return text.Snip(s, width, "…") }

// paint adds escape sequences of ECMA-48 to a text. It does not use the colours of the table
// library, which depend on a global switch and on the environment: here the caller has already
// decided.
func (t Tone) paint(text string) string {
	escapes := [...]string{Good: "\x1b[32m", Doubtful: "\x1b[33m", Worse: "\x1b[31m", Bad: "\x1b[1;31m"}
	if t == Plain {
		return text
	}
	return escapes[t] + text + "\x1b[0m"
}
