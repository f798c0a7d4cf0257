package table

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"iosweep/internal/format"
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

// minFigures is the number of columns that are never hidden, in addition to the keys, if each
// row has one line.
const minFigures = 3

// The widths of keys, and of other columns of words, in a narrow terminal.
const (
	widestKey      = 24
	narrowestKey   = 10
	narrowestWords = len("chunk_size=16")
)

// verdictWidth is the width of the longest verdict of one word.
const verdictWidth = len("inconclusive")

// A layout is a way to fit a sheet into a terminal.
type layout struct {
	hidden []bool // by column
	// keyWidth is the width of the columns that identify a row; 0 means that it is not limited.
	// If it is limited, a verdict of two words has two lines.
	keyWidth int
	// label is the width of the line with all keys of a row, which stands above the figures of the
	// row; 0 means that they are on the same line.
	label int
	// words is the width of the columns of words in such a layout; 0 means that it is not limited.
	words int
}

// Write writes the sheet for a terminal, and returns the titles of the hidden columns. To fit the
// width it first hides the least important columns. If that is not enough, it breaks verdicts into
// several lines and shortens names, which stay distinct. At last it writes the names of each row
// on a line of their own.
func (s Sheet) Write(out io.Writer, opt Options) (hidden []string) {
	width := cmp.Or(opt.Width, 80)
	l := layout{hidden: make([]bool, len(s.Heads))}
	rendered := s.render(l, opt.Colour)
	tooWide := func() bool { return text.LongestLineLen(rendered) > width }
	hide := func(figures []int, least int) {
		for ; tooWide() && len(figures) > least; figures = figures[1:] {
			l.hidden[figures[0]] = true
			rendered = s.render(l, opt.Colour)
		}
	}
	hide(s.figures(false), minFigures)
	for l.keyWidth = widestKey; tooWide() && l.keyWidth >= narrowestKey; l.keyWidth-- {
		rendered = s.render(l, opt.Colour)
	}
	if tooWide() {
		l = layout{hidden: make([]bool, len(s.Heads)), label: width - 1}
		rendered = s.render(l, opt.Colour)
		hide(s.figures(false), minFigures)
		for l.words = widestKey; tooWide() && l.words >= narrowestWords; l.words-- {
			rendered = s.render(l, opt.Colour)
		}
		if tooWide() {
			l.words = 0
			hide(s.figures(true), 1)
		}
	}
	fmt.Fprintln(out, rendered)
	for i, h := range s.Heads {
		if l.hidden[i] {
			hidden = append(hidden, h.Title)
		}
	}
	return hidden
}

// figures returns the columns that are not keys, the lowest weight first. If wordsLast is set,
// columns of words come after all others.
func (s Sheet) figures(wordsLast bool) (list []int) {
	for i, h := range s.Heads {
		if !h.Key {
			list = append(list, i)
		}
	}
	rank := func(i int) int {
		if wordsLast && s.Heads[i].Words {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(s.Heads[a].Weight, s.Heads[b].Weight))
	})
	return list
}

// render returns the text of the sheet in a layout.
func (s Sheet) render(l layout, colour bool) string {
	w := table.NewWriter()
	style := table.StyleLight
	style.Options.DrawBorder = false
	style.Options.SeparateColumns = false
	style.Format.Header = text.FormatDefault
	w.SetStyle(style)
	w.SuppressTrailingSpaces()

	shown := s.withKeys(l.keyWidth)
	var header table.Row
	configs := make([]table.ColumnConfig, len(s.Heads))
	for i, h := range shown.Heads {
		align := text.AlignRight
		switch {
		case h.Key:
			align = text.AlignDefault
		case h.Words:
			align = text.AlignLeft
		}
		header = append(header, h.Title)
		configs[i] = table.ColumnConfig{Number: i + 1, Align: align, AlignHeader: align, Hidden: l.hidden[i] || h.Key && l.label > 0}
		if width := l.widthOf(h); width > 0 {
			configs[i].WidthMax, configs[i].WidthMaxEnforcer = width, text.WrapSoft
		}
	}
	w.SetColumnConfigs(configs)
	w.AppendHeader(header)
	for _, cells := range shown.Rows {
		var row table.Row
		for _, c := range cells {
			row = append(row, c.Tone.paint(oneline.Of(c.Text), colour))
		}
		w.AppendRow(row)
	}
	if l.label > 0 {
		return s.withLabels(w.Render(), l, colour)
	}
	return w.Render()
}

// widthOf returns the width of a column whose texts have several lines if they are wider; 0 means
// that they have one line.
func (l layout) widthOf(h Head) int {
	switch {
	case h.Key:
		return 0
	case h.Title == "verdict" && (l.keyWidth > 0 || l.label > 0):
		return verdictWidth
	case h.Words:
		return l.words
	}
	return 0
}

// withKeys returns the sheet with keys of at most this width, if it is above 0. Different keys of
// a column stay different.
func (s Sheet) withKeys(width int) Sheet {
	shown := Sheet{Heads: slices.Clone(s.Heads), Rows: make([][]Cell, len(s.Rows))}
	for i, row := range s.Rows {
		shown.Rows[i] = slices.Clone(row)
	}
	for i, h := range s.Heads {
		if !h.Key {
			continue
		}
		title := oneline.Of(h.Title)
		names := make([]string, len(s.Rows))
		for j, row := range s.Rows {
			names[j] = oneline.Of(row[i].Text)
		}
		if width > 0 {
			title = text.Snip(title, width, "…")
			names = format.Distinct(names, width)
		}
		shown.Heads[i].Title = title
		for j := range names {
			shown.Rows[j][i].Text = names[j]
		}
	}
	return shown
}

// withLabels adds the keys of each row to a rendered table of figures: a line above the line of
// the row.
func (s Sheet) withLabels(rendered string, l layout, colour bool) string {
	labels := make([]string, len(s.Rows))
	for i := range s.Rows {
		labels[i] = s.label(i)
	}
	labels = format.Distinct(labels, l.label)
	lines := strings.Split(rendered, "\n")
	first := 1 + slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "─") })
	result := slices.Clone(lines[:first])
	for i, row := range s.Rows {
		height, tone := 1, Plain
		for j, c := range row {
			h := s.Heads[j]
			if h.Key && tone == Plain {
				tone = c.Tone
			}
			if width := l.widthOf(h); width > 0 && !l.hidden[j] {
				height = max(height, 1+strings.Count(text.WrapSoft(oneline.Of(c.Text), width), "\n"))
			}
		}
		result = append(result, " "+tone.paint(labels[i], colour))
		result = append(result, lines[first:first+height]...)
		first += height
	}
	return strings.Join(result, "\n")
}

// label returns all keys of a row, such as "threads, workers=2".
func (s Sheet) label(row int) string {
	var parts []string
	for i, h := range s.Heads {
		key := oneline.Of(s.Rows[row][i].Text)
		switch {
		case !h.Key || key == "":
		case parts == nil:
			parts = append(parts, key)
		default:
			parts = append(parts, oneline.Of(h.Title)+"="+key)
		}
	}
	return strings.Join(parts, ", ")
}

// paint adds escape sequences of ECMA-48 to a text. It does not use the colours of the table
// library, which depend on a global switch and on the environment: here the caller has already
// decided.
func (t Tone) paint(text string, colour bool) string {
	escapes := [...]string{Best: "\x1b[1m", Good: "\x1b[32m", Doubtful: "\x1b[33m", Worse: "\x1b[31m", Bad: "\x1b[1;31m"}
	if t == Plain || !colour || text == "" {
		return text
	}
	return escapes[t] + text + "\x1b[0m"
}
