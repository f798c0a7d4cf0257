package reports

import (
	"encoding/csv"
	"io"
)

// writeCSV writes a tidy table: a header, one line per row, RFC 4180 quoting,
// line feeds. No field is guarded against being a formula for a spreadsheet:
// the guard would change the data.
func writeCSV[Row any](w io.Writer, columns []column[Row], rows []Row) error {
	out := csv.NewWriter(w)
	record := make([]string, len(columns))
	for i, c := range columns {
		record[i] = c.name
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for _, row := range rows {
		for i, c := range columns {
			record[i] = c.field(row).text
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
