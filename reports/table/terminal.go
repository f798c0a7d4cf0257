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

// Options say what a terminal can show.
type Options struct {
	Width  int // in columns; 0 is 80
	Colour bool
}

// figuresKept is how many figures stay however narrow the terminal is.
const figuresKept = 3

// verdictWidth is what the longest verdict of one word takes.
const verdictWidth = len("inconclusive")

// Write writes the sheet for a terminal, and returns the titles that it left out. It fits
// any reasonable width: where there is too little, the columns that are missed least go
// first, then words take several lines, and then names are cut.
func (s Sheet) Write(out io.Writer, opt Options) (hidden []string) {
	w, configs := s.lay(opt.Colour)
	var rendered string
	tooWide := func() bool {
		w.SetColumnConfigs(configs)
		rendered = w.Render()
		return text.LongestLineLen(rendered) > opt.Width
	}
	var figures []int // the columns that may go, the lightest first
	for i, h := range s.Heads {
		if !h.Key {
			figures = append(figures, i)
		}
	}
	slices.SortStableFunc(figures, func(a, b int) int { return cmp.Compare(s.Heads[a].Weight, s.Heads[b].Weight) })
	wide := tooWide()
	for ; wide && len(figures) > figuresKept; figures = figures[1:] {
		configs[figures[0]].Hidden = true
		wide = tooWide()
	}
	for narrow := 24; wide && narrow >= 6; narrow-- {
		for i, h := range s.Heads {
			switch {
			case h.Key:
				configs[i].WidthMax, configs[i].WidthMaxEnforcer = narrow, snip
			case h.Title == "verdict": // of two words it takes two lines before names are cut
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

// lay lays out all of the sheet.
func (s Sheet) lay(colour bool) (table.Writer, []table.ColumnConfig) {
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

// paint marks text with the escapes of ECMA-48. The table library has colours of its own,
// behind a global switch that looks at the environment; here the caller has decided already.
func (t Tone) paint(text string) string {
	escapes := [...]string{Good: "\x1b[32m", Doubtful: "\x1b[33m", Worse: "\x1b[31m", Bad: "\x1b[1;31m"}
	if t == Plain {
		return text
	}
	return escapes[t] + text + "\x1b[0m"
}
