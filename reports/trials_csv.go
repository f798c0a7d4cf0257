package reports

import (
	"io"

	"iosweep/journal"
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
	return writeCSV(w, trialColumns(d.Run), rows)
}

// A trialRow is a trial with the cell that it belongs to.
type trialRow struct {
	*journal.Trial
	cell journal.Cell
}

// axesAfter is how many columns of trials.csv stand before the axes.
const axesAfter = 4

// trialColumns is the layout of trials.csv, axes included.
func trialColumns(run journal.Run) []column[trialRow] {
	fields := trialFields()
	axes := axisColumns(run, func(r trialRow) journal.Cell { return r.cell })
	return append(append(fields[:axesAfter:axesAfter], axes...), fields[axesAfter:]...)
}

// trialFields are the columns that are no axis.
func trialFields() []column[trialRow] {
	of := newColumn[trialRow]
	return append([]column[trialRow]{
		of("trial", func(r trialRow) field { return whole(r.Trial.Trial) }),
		of("round", func(r trialRow) field { return whole(r.Round) }),
		of("phase", func(r trialRow) field { return words(r.Phase) }),
		of("cell", func(r trialRow) field { return words(r.cell.Name) }),
		of("status", func(r trialRow) field { return words(r.Status) }),
		of("error", func(r trialRow) field { return words(r.Error) }),
		of("started_at", func(r trialRow) field { return timestamp(r.StartedAt) }),
	}, measurementFields()...)
}

// measurementFields are the columns that are empty for a trial which did not
// get as far as a measurement.
func measurementFields() []column[trialRow] {
	type m = *journal.Measurement
	of := func(name string, f func(m) field) column[trialRow] {
		return newColumn(name, func(r trialRow) field {
			if r.Measurement == nil {
				return field{number: true}
			}
			return f(r.Measurement)
		})
	}
	return []column[trialRow]{
		of("seconds", func(m m) field { return pointer(&m.Seconds) }),
		of("startup_seconds", func(m m) field { return pointer(m.Startup) }),
		of("work_seconds", func(m m) field { return pointer(&m.Work) }),
		of("first_done_seconds", func(m m) field { return pointer(m.FirstDone) }),
		of("blocked_seconds", func(m m) field { return pointer(m.Blocked) }),
		of("user_seconds", func(m m) field { return pointer(m.User) }),
		of("system_seconds", func(m m) field { return pointer(m.System) }),
		of("max_rss_bytes", func(m m) field { return wholePointer(m.MaxRSS) }),
		of("voluntary_switches", func(m m) field { return wholePointer(m.VoluntarySwitches) }),
		of("involuntary_switches", func(m m) field { return wholePointer(m.InvoluntarySwitches) }),
		of("files", func(m m) field { return whole(m.Files) }),
		of("bytes", func(m m) field { return whole(m.Bytes) }),
		of("output_bytes", func(m m) field { return whole(m.OutputBytes) }),
		of("corrupt_items", func(m m) field {
			return wholePointer(m.CorruptItems)
		}),
		of("latency_p50_seconds", func(m m) field { return pointer(m.LatencyP50) }),
		of("latency_p90_seconds", func(m m) field { return pointer(m.LatencyP90) }),
		of("latency_p99_seconds", func(m m) field { return pointer(m.LatencyP99) }),
		of("latency_max_seconds", func(m m) field { return pointer(m.LatencyMax) }),
		of("cached_fraction", func(m m) field { return pointer(m.CachedFraction) }),
		of("steal_fraction", func(m m) field { return pointer(m.StealFraction) }),
		of("noise", func(m m) field { return words(m.Noise) }),
	}
}
