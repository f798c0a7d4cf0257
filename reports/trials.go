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
	return table.WriteCSV(w, slices.Concat(fields[:4], axes, fields[4:], trialMetrics(d.Run), trialNode(d.Run)), rows) // the axes follow the cell
}

// A trialRow is a trial with the cell that it belongs to.
type trialRow struct {
	*journal.Trial
	cell journal.Cell
}

// trialFields returns the columns that are not axes.
func trialFields() []table.Column[trialRow] {
	column := table.New[trialRow]
	return append([]table.Column[trialRow]{
		column("trial", "number of the trial in the journal, from 1", func(r trialRow) table.Value { return table.Whole(r.Trial.Trial) }),
		column("round", "number of the round within its phase, from 1", func(r trialRow) table.Value { return table.Whole(r.Round) }),
		column("phase", "`warmup` or `measured`", func(r trialRow) table.Value { return table.Words(r.Phase) }),
		column("cell", "name of the cell; the columns of the axes follow", func(r trialRow) table.Value { return table.Words(r.cell.Name) }),
		column("status", "`ok`, `xfail` (failed as the experiment expects), `failed` (wrong outcome or exit status), `timeout`, or `crashed` (ended by a signal, or without a result)", func(r trialRow) table.Value { return table.Words(r.Outcome()) }),
		column("error", "why the trial is not `ok`", func(r trialRow) table.Value { return table.Words(r.Why()) }),
		column("started_at", "time at which the trial started, as in RFC 3339, in UTC", func(r trialRow) table.Value { return table.Timestamp(r.StartedAt) }),
	}, measurementFields()...)
}

// trialNode returns the column with the node. A run of one machine has none.
func trialNode(run journal.Run) []table.Column[trialRow] {
	if len(run.Nodes) == 0 {
		return nil
	}
	return []table.Column[trialRow]{
		table.New("node", "name of the node that measured the trial; only in a run on a cluster", func(r trialRow) table.Value { return table.Words(r.Node) }),
	}
}

// anyNode is a run with a node. The documentation describes its column.
var anyNode = journal.Run{Nodes: []journal.Node{{}}}

// measurementFields returns the columns that are empty for a trial without a measurement.
func measurementFields() []table.Column[trialRow] {
	type m = *journal.Measurement
	column := func(name, doc string, f func(m) table.Value) table.Column[trialRow] {
		return table.New(name, doc, func(r trialRow) table.Value {
			if r.Measurement == nil {
				return table.Value{Number: true}
			}
			return f(r.Measurement)
		})
	}
	return []table.Column[trialRow]{
		column("seconds", "the time that is compared: startup and work, or only work under `pool: warm`", func(m m) table.Value { return pointer(&m.Seconds) }),
		column("startup_seconds", "time until every worker waits at the start gate", func(m m) table.Value { return pointer(m.Startup) }),
		column("work_seconds", "time from the opening of the gate until the last item and the operation are finished", func(m m) table.Value { return pointer(&m.Work) }),
		column("first_done_seconds", "time from the opening of the gate until the first worker runs out of work", func(m m) table.Value { return pointer(m.FirstDone) }),
		column("blocked_seconds", "time for which the caller waited; only for background strategies, and for contenders that report it", func(m m) table.Value { return pointer(m.Blocked) }),
		column("user_seconds", "cpu time of all processes of the trial, outside the kernel", func(m m) table.Value { return pointer(m.User) }),
		column("system_seconds", "cpu time of all processes of the trial, inside the kernel", func(m m) table.Value { return pointer(m.System) }),
		column("max_rss_bytes", "peak memory of the largest process; see [its limits](measurement.md#resources)", func(m m) table.Value { return table.Pointer(m.MaxRSS) }),
		column("voluntary_switches", "number of context switches because a thread waited", func(m m) table.Value { return table.Pointer(m.VoluntarySwitches) }),
		column("involuntary_switches", "number of context switches because the time slice of a thread ended", func(m m) table.Value { return table.Pointer(m.InvoluntarySwitches) }),
		column("files", "number of completed items", func(m m) table.Value { return table.Whole(m.Files) }),
		column("bytes", "size of the content of these items", func(m m) table.Value { return table.Whole(m.Bytes) }),
		column("output_bytes", "size of the stored output: files, archive or log; 0 if nothing is stored", func(m m) table.Value { return table.Whole(m.OutputBytes) }),
		column("corrupt_items", "number of corrupt items; only under the sink `unlocked`", func(m m) table.Value { return table.Pointer(m.CorruptItems) }),
		column("latency_p50_seconds", "median time of an item", func(m m) table.Value { return pointer(m.LatencyP50) }),
		column("latency_p90_seconds", "90% of the items took at most this time", func(m m) table.Value { return pointer(m.LatencyP90) }),
		column("latency_p99_seconds", "99% of the items took at most this time", func(m m) table.Value { return pointer(m.LatencyP99) }),
		column("latency_max_seconds", "time of the slowest item", func(m m) table.Value { return pointer(m.LatencyMax) }),
		column("cached_fraction", "fraction of the inputs that was in the page cache when the work began, 0 to 1", func(m m) table.Value { return pointer(m.CachedFraction) }),
		column("steal_fraction", "fraction of the machine's cpu time that a hypervisor took, 0 to 1", func(m m) table.Value { return pointer(m.StealFraction) }),
		column("noise", "other activity on the machine, in words; [empty if the machine was quiet](measurement.md#noise)", func(m m) table.Value { return table.Words(m.Noise) }),
		column("sum_rss_bytes", "highest sum of the memory of all processes of the trial at one time; see [how it is sampled](measurement.md#memory-of-all-processes)", func(m m) table.Value { return table.Pointer(m.SumRSS) }),
		column("cpu_utilization", "cpu time / (time * usable cpus), over the startup, the work and the end of the processes", func(m m) table.Value { return pointer(m.CPUUtilization) }),
		column("device_busy_fraction", "fraction of this time in which the device below the workspace had a request of any program; empty where [no device is known](measurement.md#what-limits-a-cell)", func(m m) table.Value { return pointer(m.DeviceBusy) }),
		column("device_read_bytes", "bytes that any program read from this device", func(m m) table.Value { return table.Pointer(m.DeviceRead) }),
		column("device_write_bytes", "bytes that any program wrote to it", func(m m) table.Value { return table.Pointer(m.DeviceWritten) }),
		column("run_delay_seconds", "time for which threads of the trial were ready and waited for a cpu, summed over the threads; empty for a contender", func(m m) table.Value { return pointer(m.RunDelay) }),
	}
}
