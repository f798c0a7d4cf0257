package table

import (
	"strconv"
	"time"

	"iosweep/internal/estimate"
)

// A column of a tidy table: one name, and one field of each row.
type Column[Row any] struct {
	Name  string
	Field func(Row) Field
}

// A field is a value as text in full precision; empty when it is undefined.
type Field struct {
	Text   string
	Number bool // so JSON has it without quotes
}

func Words[T ~string](s T) Field       { return Field{Text: string(s)} }
func Whole[T ~int | ~int64](n T) Field { return Field{strconv.FormatInt(int64(n), 10), true} }
func Number(v estimate.Value) Field    { return Field{v.String(), true} }
func Pointer(x *float64) Field         { return Number(estimate.OfPointer(x)) }
func WholePointer[T ~int | ~int64](n *T) Field {
	if n == nil {
		return Field{Number: true}
	}
	return Whole(*n)
}
func Timestamp(t time.Time) Field    { return Field{Text: t.Format(time.RFC3339Nano)} }
func Low(i estimate.Interval) Field  { v, _ := i.Bounds(); return Number(v) }
func High(i estimate.Interval) Field { _, v := i.Bounds(); return Number(v) }
func NewColumn[Row any](name string, f func(Row) Field) Column[Row] {
	return Column[Row]{name, f}
}
