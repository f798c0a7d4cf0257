package reports

import (
	"bytes"
	"io"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
	"iosweep/reports/table"
)

func TestPublishedTablesAreGolden(t *testing.T) {
	markdownSection := func(w io.Writer, d *Content) error {
		writeMarkdownPublished(w, d)
		writePublishedReading(w, d.Published)
		return nil
	}
	terminal := func(opt table.Options) func(io.Writer, *Content) error {
		return func(w io.Writer, d *Content) error {
			writePublished(w, d, opt)
			return nil
		}
	}
	for _, run := range []struct {
		name string
		log  func() *journal.Log
	}{{"save", analysistest.SaveFiles}, {"zip", analysistest.ZipFiles}, {"append", appendFile}, {"blocked", saveBehind}, {"programs", loadFiles}} {
		d := New(run.log())
		for _, output := range []struct {
			file  string
			write func(io.Writer, *Content) error
		}{
			{".csv", writePublishedCSV},
			{".json", writeJSON},
			{".md", markdownSection},
			{"-80.txt", terminal(table.Options{Width: 80})},
			{"-120.txt", terminal(table.Options{Width: 120, Colour: true})},
		} {
			file := "published-" + run.name + output.file
			t.Run(file, func(t *testing.T) {
				var b bytes.Buffer
				if err := output.write(&b, d); err != nil {
					t.Fatal(err)
				}
				golden(t, file, b.Bytes())
			})
		}
	}
}
