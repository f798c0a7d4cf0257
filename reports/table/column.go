package table

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// A Column is one column of a table, declared once for all formats. CSV and JSON contain the
// columns with a Name. Tables for people contain the columns with a Title.
type Column[Row any] struct {
	Name string // in CSV and JSON
	Doc  string // the meaning; docs/results.md has the same text
	// Value returns the value for CSV and JSON, in full precision.
	Value func(Row) Value

	Title string // in tables for people
	// Text returns the text for people.
	Text func(Row) string
	// Words is set for columns of words. They are aligned to the left, and figures to the right.
	Words bool
	// Weight is the importance of the column. In a narrow terminal the columns with the lowest
	// weight are hidden first.
	Weight int
	// Shown reports whether a row has something to show in this column. If no row has, the
	// column is left out. Nil means that the column is always shown.
	Shown func(Row) bool
	// Tone returns the colour in a terminal; nil means no colour.
	Tone func(Row) Tone
}

// New returns a column for CSV and JSON.
func New[Row any](name, doc string, value func(Row) Value) Column[Row] {
	return Column[Row]{Name: name, Doc: doc, Value: value}
}

// Text returns a column that only tables for people have.
func Text[Row any](title string, weight int, text func(Row) string) Column[Row] {
	return Column[Row]{Title: title, Weight: weight, Text: text}
}

// As returns the column with a title and a text for people.
func (c Column[Row]) As(title string, weight int, text func(Row) string) Column[Row] {
	c.Title, c.Weight, c.Text = title, weight, text
	return c
}

// Where returns the column with a condition: it is shown only if shown returns true for some row.
func (c Column[Row]) Where(shown func(Row) bool) Column[Row] {
	c.Shown = shown
	return c
}

// Left returns the column, aligned to the left.
func (c Column[Row]) Left() Column[Row] {
	c.Words = true
	return c
}

// Painted returns the column with colours, aligned to the left.
func (c Column[Row]) Painted(tone func(Row) Tone) Column[Row] {
	c.Words, c.Tone = true, tone
	return c
}

// named returns the columns that have a Name.
func named[Row any](columns []Column[Row]) []Column[Row] {
	return slices.DeleteFunc(slices.Clone(columns), func(c Column[Row]) bool { return c.Name == "" })
}

// A Meaning is the name of a column and its description in the documentation.
type Meaning struct{ Name, Doc string }

// Meanings returns the meanings of the columns that have a Name.
func Meanings[Row any](columns []Column[Row]) []Meaning {
	var list []Meaning
	for _, c := range named(columns) {
		list = append(list, Meaning{c.Name, c.Doc})
	}
	return list
}

// Pick returns the columns with the given titles, in the order of the titles.
func Pick[Row any](columns []Column[Row], titles ...string) []Column[Row] {
	list := make([]Column[Row], len(titles))
	for i, title := range titles {
		at := slices.IndexFunc(columns, func(c Column[Row]) bool { return c.Title == title })
		list[i] = columns[at]
	}
	return list
}

// A Value is a value as text, in full precision. The text is empty if the value is undefined.
type Value struct {
	Text   string
	Number bool // written to JSON without quotes
}

// Words returns a text as a value.
func Words[T ~string](s T) Value { return Value{Text: string(s)} }

// Whole returns a whole number as a value.
func Whole[T ~int | ~int64](n T) Value { return Value{strconv.FormatInt(int64(n), 10), true} }

// Number returns a number as a value. The text of an undefined number must be empty.
func Number(v fmt.Stringer) Value { return Value{v.String(), true} }

// Pointer returns a whole number as a value, or an undefined value for nil.
func Pointer[T ~int | ~int64](n *T) Value {
	if n == nil {
		return Value{Number: true}
	}
	return Whole(*n)
}

// Timestamp returns a point in time as a value, as in RFC 3339.
func Timestamp(t time.Time) Value { return Value{Text: t.Format(time.RFC3339Nano)} }
