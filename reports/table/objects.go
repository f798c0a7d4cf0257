package table

import (
	"bufio"
	"encoding/json"
)

// WriteObjects writes an array with one object per row.
func WriteObjects[Row any](out *bufio.Writer, columns []Column[Row], rows []Row) error {
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
		value, err := c.Field(row).JSON()
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

func (f Field) JSON() ([]byte, error) {
	switch {
	case f.Text == "":
		return []byte("null"), nil
	case f.Number:
		return []byte(f.Text), nil
	}
	return json.Marshal(f.Text)
}
