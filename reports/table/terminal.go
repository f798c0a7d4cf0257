package table

import (
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

// Write writes the sheet for a terminal, and returns the titles that it left out. It fits
// any reasonable width: where there is too little, the columns that are missed least go
// first, then words take several lines, and then names are cut.
func (s Sheet) Write(out io.Writer, opt Options) (hidden []string) {
	all := s.Heads
	tooWide := func(rendered string) bool { return text.LongestLineLen(rendered) > opt.Width }
	rendered := s.render(0, opt.Colour)
	for {
		column, figures := s.lightest()
		if !tooWide(rendered) || figures <= figuresKept {
			break
		}
		s = s.without(column)
		rendered = s.render(0, opt.Colour)
	}
	for narrow := 24; tooWide(rendered) && narrow >= 6; narrow-- {
		rendered = s.render(narrow, opt.Colour)
	}
	fmt.Fprintln(out, rendered)
	for _, h := range all {
		if !slices.Contains(s.Heads, h) {
			hidden = append(hidden, h.Title)
		}
	}
	return hidden
}

// verdictWidth is what the longest verdict of one word takes.
const verdictWidth = len("inconclusive")

// render lays out the sheet; narrow bounds the columns of names, 0 does not.
func (s Sheet) render(narrow int, colour bool) string {
	w := table.NewWriter()
	style := table.StyleLight
	style.Options.DrawBorder = false
	style.Options.SeparateColumns = false
	style.Format.Header = text.FormatDefault
	w.SetStyle(style)
	w.SuppressTrailingSpaces()

	var header table.Row
	var configs []table.ColumnConfig
	for i, h := range s.Heads {
		config := table.ColumnConfig{Number: i + 1}
		switch {
		case h.Key:
			header = append(header, oneline.Of(h.Title))
			config.WidthMax, config.WidthMaxEnforcer = narrow, snip
			configs = append(configs, config)
			continue
		case h.Words:
			config.Align, config.AlignHeader = text.AlignLeft, text.AlignLeft
		default:
			config.Align, config.AlignHeader = text.AlignRight, text.AlignRight
		}
		if h.Title == "verdict" && narrow > 0 {
			// A verdict of two words takes two lines before names are cut.
			config.WidthMax, config.WidthMaxEnforcer = verdictWidth, text.WrapSoft
		}
		header = append(header, h.Title)
		configs = append(configs, config)
	}
	w.AppendHeader(header)
	w.SetColumnConfigs(configs)
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
	return w.Render()
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
