package table

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// A Column is one column of a table of rows, declared once for every way in which it is
// shown. CSV and JSON have the columns with a Name, tables for people those with a Title.
type Column[Row any] struct {
	Name string // in CSV and JSON
	Doc  string // what it means, as docs/results.md has it
	// Value is what CSV and JSON have, in full precision.
	Value func(Row) Value

	Title string // in tables for people
	// Text is what people read.
	Text func(Row) string
	// Words says that it is read, rather than compared down its length: it is aligned
	// to the left.
	Words bool
	// Weight says how much would be lost without the column: where room is short the
	// lightest goes first.
	Weight int
	// Shown reports whether a row has something for it; a column is left out where none
	// has. Nil: it is always shown.
	Shown func(Row) bool
	// Tone is how a terminal paints it; nil for not at all.
	Tone func(Row) Tone
}

// New is a column of data.
func New[Row any](name, doc string, value func(Row) Value) Column[Row] {
	return Column[Row]{Name: name, Doc: doc, Value: value}
}

// Text is a column for people alone.
func Text[Row any](title string, weight int, text func(Row) string) Column[Row] {
	return Column[Row]{Title: title, Weight: weight, Text: text}
}

// As is the column with what people are shown of it.
func (c Column[Row]) As(title string, weight int, text func(Row) string) Column[Row] {
	c.Title, c.Weight, c.Text = title, weight, text
	return c
}

// Where is the column, shown only where a row has something for it.
func (c Column[Row]) Where(shown func(Row) bool) Column[Row] {
	c.Shown = shown
	return c
}

// Left is the column, aligned to the left.
func (c Column[Row]) Left() Column[Row] {
	c.Words = true
	return c
}

// Painted is the column in the colours of its tones.
func (c Column[Row]) Painted(tone func(Row) Tone) Column[Row] {
	c.Words, c.Tone = true, tone
	return c
}

// named are the columns that CSV and JSON have.
func named[Row any](columns []Column[Row]) []Column[Row] {
	return slices.DeleteFunc(slices.Clone(columns), func(c Column[Row]) bool { return c.Name == "" })
}

// A Meaning is a column as a page of the documentation has it.
type Meaning struct{ Name, Doc string }

// Meanings are those of the columns that CSV and JSON have.
func Meanings[Row any](columns []Column[Row]) []Meaning {
	var list []Meaning
	for _, c := range named(columns) {
		list = append(list, Meaning{c.Name, c.Doc})
	}
	return list
}

// Pick are the columns of some titles, in the order of these.
func Pick[Row any](columns []Column[Row], titles ...string) []Column[Row] {
	list := make([]Column[Row], len(titles))
	for i, title := range titles {
		at := slices.IndexFunc(columns, func(c Column[Row]) bool { return c.Title == title })
		list[i] = columns[at]
	}
	return list
}

// A Value is a value as text in full precision; empty when it is undefined.
type Value struct {
	Text   string
	Number bool // so JSON has it without quotes
}

// Words is text.
func Words[T ~string](s T) Value { return Value{Text: string(s)} }

// Whole is a whole number.
func Whole[T ~int | ~int64](n T) Value { return Value{strconv.FormatInt(int64(n), 10), true} }

// Number is a number that may be undefined, and then is empty.
func Number(v fmt.Stringer) Value { return Value{v.String(), true} }

// Pointer is a whole number that may be unknown.
func Pointer[T ~int | ~int64](n *T) Value {
	if n == nil {
		return Value{Number: true}
	}
	return Whole(*n)
}

// Timestamp is a point in time.
func Timestamp(t time.Time) Value { return Value{Text: t.Format(time.RFC3339Nano)} }
