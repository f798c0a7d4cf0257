package reports

import "io"

// illustrated is report.md where it is asked for alone: drawn first, so that it is
// the same, with links to the pictures beside it and warnings of those that fail.
type illustrated struct{ markdownReport }

var _ Report = illustrated{}

func (i illustrated) Write(w io.Writer, d *Content) error {
	if len(d.Pictures) == 0 {
		d.Draw()
	}
	return i.markdownReport.Write(w, d)
}
