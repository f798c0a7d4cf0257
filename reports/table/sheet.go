package table

import (
	"cmp"
	"slices"
	"strings"

	"iosweep/internal/format"
	"iosweep/internal/markdown"
	"iosweep/internal/oneline"
)

// A Sheet is a table for people. It contains only titles and text, and does not depend on the
// type of the rows.
type Sheet struct {
	Heads []Head
	Rows  [][]Cell
}

// A Head is the title of a column.
type Head struct {
	Title  string
	Name   string // of the column in CSV and JSON; empty if it is in tables for people only
	Words  bool   // aligned to the left
	Key    bool   // identifies the row; never hidden
	Weight int    // of columns that are not keys: the lowest is hidden first
}

// A Cell is the text of a column in a row.
type Cell struct {
	Text string
	Tone Tone
}

// A Tone describes how good the value of a cell is. It decides the colour.
type Tone int

// The tones of a cell.
const (
	Plain    Tone = iota
	Best          // the best of the table
	Good          // as hoped for
	Doubtful      // unknown
	Worse         // slower
	Bad           // failed
)

// Of returns a sheet of rows. The columns that identify a row come first. It leaves out every
// other column that has nothing to show in any row.
func Of[Row any](keys, columns []Column[Row], rows []Row) Sheet {
	columns = slices.DeleteFunc(slices.Clone(columns), func(c Column[Row]) bool {
		return c.Shown != nil && !slices.ContainsFunc(rows, c.Shown)
	})
	s := Sheet{Rows: make([][]Cell, len(rows))}
	for _, c := range keys {
		s.Heads = append(s.Heads, Head{Title: c.Title, Name: c.Name, Words: true, Key: true})
	}
	for _, c := range columns {
		s.Heads = append(s.Heads, Head{Title: c.Title, Name: c.Name, Words: c.Words, Weight: c.Weight})
	}
	for i, row := range rows {
		for _, c := range slices.Concat(keys, columns) {
			cell := Cell{Text: c.Text(row)}
			if c.Tone != nil {
				cell.Tone = c.Tone(row)
			}
			s.Rows[i] = append(s.Rows[i], cell)
		}
	}
	return s
}

// Embolden marks a row as the best of the table. It keeps the other tones of the row.
func (s Sheet) Embolden(row int) {
	for i := range s.Rows[row] {
		if c := &s.Rows[row][i]; c.Tone == Plain {
			c.Tone = Best
		}
	}
}

// Shorten cuts the titles of keys to title characters, and all text to maxLength characters.
func (s Sheet) Shorten(title, maxLength int) {
	for i := range s.Heads {
		if s.Heads[i].Key {
			s.Heads[i].Title = oneline.Shorten(s.Heads[i].Title, title)
		}
	}
	for _, row := range s.Rows {
		for i := range row {
			row[i].Text = oneline.Shorten(row[i].Text, maxLength)
		}
	}
}

// Markdown returns the sheet in Markdown: titles, alignments, and one line per row.
func (s Sheet) Markdown() string {
	titles, rules := make([]string, len(s.Heads)), make([]string, len(s.Heads))
	for i, h := range s.Heads {
		titles[i], rules[i] = h.Title, "---:"
		if h.Words {
			rules[i] = "---"
		}
	}
	lines := []string{markdown.Row(titles...), markdown.Row(rules...)}
	for _, row := range s.Rows {
		fields := make([]string, len(row))
		for i, c := range row {
			fields[i] = c.Text
			if s.Heads[i].Key {
				fields[i] = cmp.Or(c.Text, format.Undefined)
			}
		}
		lines = append(lines, markdown.Row(fields...))
	}
	return strings.Join(lines, "")
}
