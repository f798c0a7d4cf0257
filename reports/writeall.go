package reports

import (
	"bytes"
	"path/filepath"

	"iosweep/internal/durable"
)

// plotsDir is where pictures stand in the directory of a run.
const plotsDir = "plots"

// WriteAll makes every report of a run in its directory. mkdir makes one
// directory, and is content if it exists. Nothing is ever deleted: files of an
// earlier call are replaced whole. A picture that cannot be drawn adds to
// the warnings of d; an error is of the file system, and names the file.
func WriteAll(dir string, mkdir func(string) error, d *Data) error {
	plots := filepath.Join(dir, plotsDir)
	if err := mkdir(plots); err != nil {
		return err
	}
	d.Draw()
	for _, p := range d.Pictures {
		if err := durable.WriteFile(filepath.Join(plots, p.File), p.PNG); err != nil {
			return err
		}
	}
	for _, r := range d.reports() {
		var b bytes.Buffer
		if err := r.Write(&b, d); err != nil {
			return err
		}
		if err := durable.WriteFile(filepath.Join(dir, r.Name()+"."+r.Extension()), b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// reports are those that the run has something to say in.
func (d *Data) reports() []Report {
	list := All()
	if d.Published != nil {
		list = append(list, publishedCSV{})
	}
	if len(d.Sweeps) > 0 {
		list = append(list, scalingCSV{})
	}
	return list
}
