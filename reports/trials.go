package reports

import (
	"io"
	"slices"

	"iosweep/journal"
	"iosweep/reports/table"
)

// writeTrialsCSV writes one row per trial, warm-ups included.
func writeTrialsCSV(w io.Writer, d *Content) error {
	rows := make([]trialRow, len(d.Trials))
	for i := range rows {
		t := &d.Trials[i]
		rows[i] = trialRow{Trial: t, cell: d.Run.Cells[t.Cell]}
	}
	fields := trialFields()
	axes := axisColumns(d.Run, func(r trialRow) journal.Cell { return r.cell })
	return table.WriteCSV(w, slices.Concat(fields[:4], axes, fields[4:]), rows) // the axes follow the cell
}

// A trialRow is a trial with the cell that it belongs to.
type trialRow struct {
	*journal.Trial
	cell journal.Cell
}

// trialFields are the columns that are no axis.
func trialFields() []table.Column[trialRow] {
	of := table.New[trialRow]
	return append([]table.Column[trialRow]{
		of("trial", "number in the journal, from 1", func(r trialRow) table.Value { return table.Whole(r.Trial.Trial) }),
		of("round", "from 1 within its phase", func(r trialRow) table.Value { return table.Whole(r.Round) }),
		of("phase", "`warmup`, `measured`", func(r trialRow) table.Value { return table.Words(r.Phase) }),
		of("cell", "name of the cell; the axes follow", func(r trialRow) table.Value { return table.Words(r.cell.Name) }),
		of("status", "`ok`, `failed` (wrong outcome or exit), `timeout`, `crashed` (ended by a signal, or without a result)", func(r trialRow) table.Value { return table.Words(r.Status) }),
		of("error", "why it is not ok", func(r trialRow) table.Value { return table.Words(r.Error) }),
		of("started_at", "RFC 3339, UTC", func(r trialRow) table.Value { return table.Timestamp(r.StartedAt) }),
	}, measurementFields()...)
}

// measurementFields are the columns that are empty for a trial which did not
// get as far as a measurement.
func measurementFields() []table.Column[trialRow] {
	type m = *journal.Measurement
	of := func(name, doc string, f func(m) table.Value) table.Column[trialRow] {
		return table.New(name, doc, func(r trialRow) table.Value {
			if r.Measurement == nil {
				return table.Value{Number: true}
			}
			return f(r.Measurement)
		})
	}
	return []table.Column[trialRow]{
		of("seconds", "what is compared: startup and work, or work alone under `pool: warm`", func(m m) table.Value { return pointer(&m.Seconds) }),
		of("startup_seconds", "until every worker waited at the gate", func(m m) table.Value { return pointer(m.Startup) }),
		of("work_seconds", "from the gate to the end of the last item and of the operation", func(m m) table.Value { return pointer(&m.Work) }),
		of("first_done_seconds", "from the gate until the first worker ran out of work", func(m m) table.Value { return pointer(m.FirstDone) }),
		of("blocked_seconds", "how long the caller waited; background strategies, and contenders that say so", func(m m) table.Value { return pointer(m.Blocked) }),
		of("user_seconds", "processor time of all the trial's processes, outside the kernel", func(m m) table.Value { return pointer(m.User) }),
		of("system_seconds", "the same within the kernel", func(m m) table.Value { return pointer(m.System) }),
		of("max_rss_bytes", "peak memory of the largest process; see [its limits](measurement.md#resources)", func(m m) table.Value { return table.Pointer(m.MaxRSS) }),
		of("voluntary_switches", "context switches because a thread waited", func(m m) table.Value { return table.Pointer(m.VoluntarySwitches) }),
		of("involuntary_switches", "context switches because its time was up", func(m m) table.Value { return table.Pointer(m.InvoluntarySwitches) }),
		of("files", "items done", func(m m) table.Value { return table.Whole(m.Files) }),
		of("bytes", "content of these items", func(m m) table.Value { return table.Whole(m.Bytes) }),
		of("output_bytes", "what is stored for it: files, archive or log; 0 where nothing is", func(m m) table.Value { return table.Whole(m.OutputBytes) }),
		of("corrupt_items", "only under the sink `unlocked`", func(m m) table.Value { return table.Pointer(m.CorruptItems) }),
		of("latency_p50_seconds", "median time of an item", func(m m) table.Value { return pointer(m.LatencyP50) }),
		of("latency_p90_seconds", "90% of the items took at most this", func(m m) table.Value { return pointer(m.LatencyP90) }),
		of("latency_p99_seconds", "99% of the items took at most this", func(m m) table.Value { return pointer(m.LatencyP99) }),
		of("latency_max_seconds", "the slowest item", func(m m) table.Value { return pointer(m.LatencyMax) }),
		of("cached_fraction", "of the inputs, in the page cache when the work began, 0 to 1", func(m m) table.Value { return pointer(m.CachedFraction) }),
		of("steal_fraction", "of the machine's processor time, taken by a hypervisor, 0 to 1", func(m m) table.Value { return pointer(m.StealFraction) }),
		of("noise", "what else went on in the machine, in words; [empty if it was quiet](measurement.md#noise)", func(m m) table.Value { return table.Words(m.Noise) }),
	}
}
