package table

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
)

// WriteCSV writes a tidy table: a header, one line per row, RFC 4180 quoting,
// line feeds. No field is guarded against being a formula for a spreadsheet:
// the guard would change the data.
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

// WriteJSON writes an array with one object per row. What is undefined is null.
func WriteJSON[Row any](out *bufio.Writer, columns []Column[Row], rows []Row) error {
	columns = named(columns)
	separator := "["
	for _, row := range rows {
		out.WriteString(separator + "\n")
		separator = ","
		if err := writeObject(out, columns, row); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		out.WriteString(separator)
	}
	_, err := out.WriteString("\n]\n")
	return err
}

// writeObject writes one row. A map would lose the order of the columns.
func writeObject[Row any](out *bufio.Writer, columns []Column[Row], row Row) error {
	separator := "  {"
	for _, c := range columns {
		key, err := json.Marshal(c.Name)
		if err != nil {
			return err
		}
		value, err := c.Value(row).json()
		if err != nil {
			return err
		}
		out.WriteString(separator + "\n    ")
		separator = ","
		out.Write(key)
		out.WriteString(": ")
		out.Write(value)
	}
	_, err := out.WriteString("\n  }")
	return err
}

func (v Value) json() ([]byte, error) {
	switch {
	case v.Text == "":
		return []byte("null"), nil
	case v.Number:
		return []byte(v.Text), nil
	}
	return json.Marshal(v.Text)
}
