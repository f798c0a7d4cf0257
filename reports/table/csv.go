package table

import (
	"encoding/csv"
	"io"
)

// WriteCSV writes a tidy table: a header, one line per row, RFC 4180 quoting,
// line feeds. No field is guarded against being a formula for a spreadsheet:
// the guard would change the data.
func WriteCSV[Row any](w io.Writer, columns []Column[Row], rows []Row) error {
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
			record[i] = c.Field(row).Text
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
