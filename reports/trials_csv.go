package reports

import (
	"io"

	"iosweep/journal"
	"iosweep/reports/table"
)

// trialsCSV is trials.csv: one row per trial, warm-ups included.
type trialsCSV struct{}

var _ Report = trialsCSV{}

func (trialsCSV) Name() string      { return "trials" }
func (trialsCSV) Extension() string { return "csv" }

func (trialsCSV) Write(w io.Writer, d *Content) error {
	rows := make([]trialRow, len(d.Trials))
	for i := range rows {
		t := &d.Trials[i]
		rows[i] = trialRow{Trial: t, cell: d.Run.Cells[t.Cell]}
	}
	return table.WriteCSV(w, trialColumns(d.Run), rows)
}

// A trialRow is a trial with the cell that it belongs to.
type trialRow struct {
	*journal.Trial
	cell journal.Cell
}

// axesAfter is how many columns of trials.csv stand before the axes.
const axesAfter = 4

// trialColumns is the layout of trials.csv, axes included.
func trialColumns(run journal.Run) []table.Column[trialRow] {
	fields := trialFields()
	axes := axisColumns(run, func(r trialRow) journal.Cell { return r.cell })
	return append(append(fields[:axesAfter:axesAfter], axes...), fields[axesAfter:]...)
}

// trialFields are the columns that are no axis.
func trialFields() []table.Column[trialRow] {
	of := table.NewColumn[trialRow]
	return append([]table.Column[trialRow]{
		of("trial", func(r trialRow) table.Field { return table.Whole(r.Trial.Trial) }),
		of("round", func(r trialRow) table.Field { return table.Whole(r.Round) }),
		of("phase", func(r trialRow) table.Field { return table.Words(r.Phase) }),
		of("cell", func(r trialRow) table.Field { return table.Words(r.cell.Name) }),
		of("status", func(r trialRow) table.Field { return table.Words(r.Status) }),
		of("error", func(r trialRow) table.Field { return table.Words(r.Error) }),
		of("started_at", func(r trialRow) table.Field { return table.Timestamp(r.StartedAt) }),
	}, measurementFields()...)
}

// measurementFields are the columns that are empty for a trial which did not
// get as far as a measurement.
func measurementFields() []table.Column[trialRow] {
	type m = *journal.Measurement
	of := func(name string, f func(m) table.Field) table.Column[trialRow] {
		return table.NewColumn(name, func(r trialRow) table.Field {
			if r.Measurement == nil {
				return table.Field{Number: true}
			}
			return f(r.Measurement)
		})
	}
	return []table.Column[trialRow]{
		of("seconds", func(m m) table.Field { return table.Pointer(&m.Seconds) }),
		of("startup_seconds", func(m m) table.Field { return table.Pointer(m.Startup) }),
		of("work_seconds", func(m m) table.Field { return table.Pointer(&m.Work) }),
		of("first_done_seconds", func(m m) table.Field { return table.Pointer(m.FirstDone) }),
		of("blocked_seconds", func(m m) table.Field { return table.Pointer(m.Blocked) }),
		of("user_seconds", func(m m) table.Field { return table.Pointer(m.User) }),
		of("system_seconds", func(m m) table.Field { return table.Pointer(m.System) }),
		of("max_rss_bytes", func(m m) table.Field { return table.WholePointer(m.MaxRSS) }),
		of("voluntary_switches", func(m m) table.Field { return table.WholePointer(m.VoluntarySwitches) }),
		of("involuntary_switches", func(m m) table.Field { return table.WholePointer(m.InvoluntarySwitches) }),
		of("files", func(m m) table.Field { return table.Whole(m.Files) }),
		of("bytes", func(m m) table.Field { return table.Whole(m.Bytes) }),
		of("output_bytes", func(m m) table.Field { return table.Whole(m.OutputBytes) }),
		of("corrupt_items", func(m m) table.Field {
			return table.WholePointer(m.CorruptItems)
		}),
		of("latency_p50_seconds", func(m m) table.Field { return table.Pointer(m.LatencyP50) }),
		of("latency_p90_seconds", func(m m) table.Field { return table.Pointer(m.LatencyP90) }),
		of("latency_p99_seconds", func(m m) table.Field { return table.Pointer(m.LatencyP99) }),
		of("latency_max_seconds", func(m m) table.Field { return table.Pointer(m.LatencyMax) }),
		of("cached_fraction", func(m m) table.Field { return table.Pointer(m.CachedFraction) }),
		of("steal_fraction", func(m m) table.Field { return table.Pointer(m.StealFraction) }),
		of("noise", func(m m) table.Field { return table.Words(m.Noise) }),
	}
}
