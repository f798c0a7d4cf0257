package reports

import (
	"bufio"
	"encoding/json"
)

// writeObjects writes an array with one object per row.
func writeObjects[Row any](out *bufio.Writer, columns []column[Row], rows []Row) error {
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
func writeObject[Row any](out *bufio.Writer, columns []column[Row], row Row) error {
	separator := "  {"
	for _, c := range columns {
		key, err := json.Marshal(c.name)
		if err != nil {
			return err
		}
		value, err := c.field(row).json()
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

func (f field) json() ([]byte, error) {
	switch {
	case f.text == "":
		return []byte("null"), nil
	case f.number:
		return []byte(f.text), nil
	}
	return json.Marshal(f.text)
}
