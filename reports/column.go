package reports

import (
	"strconv"
	"time"

	"iosweep/internal/estimate"
)

// A column of a tidy table: one name, and one field of each row.
type column[Row any] struct {
	name  string
	field func(Row) field
}

// A field is a value as text in full precision; empty when it is undefined.
type field struct {
	text   string
	number bool // so JSON has it without quotes
}

func words[T ~string](s T) field       { return field{text: string(s)} }
func whole[T ~int | ~int64](n T) field { return field{strconv.FormatInt(int64(n), 10), true} }
func number(v estimate.Value) field    { return field{v.String(), true} }
func pointer(x *float64) field         { return number(estimate.OfPointer(x)) }
func wholePointer[T ~int | ~int64](n *T) field {
	if n == nil {
		return field{number: true}
	}
	return whole(*n)
}
func timestamp(t time.Time) field    { return field{text: t.Format(time.RFC3339Nano)} }
func low(i estimate.Interval) field  { v, _ := i.Bounds(); return number(v) }
func high(i estimate.Interval) field { _, v := i.Bounds(); return number(v) }
func newColumn[Row any](name string, f func(Row) field) column[Row] {
	return column[Row]{name, f}
}
