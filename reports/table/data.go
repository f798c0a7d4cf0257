package table

import (
	"encoding/csv"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// WriteCSV writes a header and one line per row, with quotes as in RFC 4180 and line feeds. It
// does not protect fields that a spreadsheet would read as a formula, because protection would
// change the data.
func WriteCSV[Row any](w io.Writer, columns []Column[Row], rows []Row) error {
	columns = named(columns)
	out := csv.NewWriter(w)
	record := make([]string, len(columns))
	for i, c := range columns {
		record[i] = c.Name
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for _, row := range rows {
		for i, c := range columns {
			record[i] = c.Value(row).Text
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// WriteJSON writes an array with one object per row. The keys are in the order of the columns.
// Undefined values are null.
func WriteJSON[Row any](w io.Writer, columns []Column[Row], rows []Row) error {
	if len(rows) == 0 {
		_, err := io.WriteString(w, "[\n]\n")
		return err
	}
	columns = named(columns)
	out := jsontext.NewEncoder(w, jsontext.AllowDuplicateNames(true), jsontext.WithIndent("  "), jsontext.EscapeForHTML(true), jsontext.EscapeForJS(true), jsontext.AllowInvalidUTF8(true))
	var failed error // the first one
	check := func(err error) {
		if failed == nil {
			failed = err
		}
	}
	check(out.WriteToken(jsontext.BeginArray))
	for _, row := range rows {
		check(out.WriteToken(jsontext.BeginObject))
		for _, c := range columns {
			check(out.WriteToken(jsontext.String(c.Name)))
			check(c.Value(row).writeJSON(out))
		}
		check(out.WriteToken(jsontext.EndObject))
	}
	check(out.WriteToken(jsontext.EndArray))
	return failed
}

func (v Value) writeJSON(out *jsontext.Encoder) error {
	switch {
	case v.Text == "":
		return out.WriteToken(jsontext.Null)
	case v.Number:
		return out.WriteValue(jsontext.Value(v.Text))
	}
	return out.WriteToken(jsontext.String(v.Text))
}
