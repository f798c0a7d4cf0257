package journal

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Every entry is checked after it is read. A line with a valid checksum can still contain
// nonsense, because somebody edited it or another program wrote it. The limits are far
// above the values of any real run. They ensure that sums, ratios and dates of checked
// values can be computed and written as JSON.
const (
	maxCount   = 1 << 30 // rounds, attempts, processors, workers
	maxAmount  = 1 << 53 // bytes, files, switches: integers that every JSON reader represents exactly
	maxSeconds = 1e9     // 31 years
	maxShare   = 1e6     // a part of the time, or a number of processors
	maxID      = 100     // bytes of a run's id
)

// check returns an error if the entry is invalid, without regard to other entries.
func (e *Entry) check() error {
	kinds := 0
	for _, is := range [...]bool{e.Run != nil, e.Trial != nil, e.Note != nil} {
		if is {
			kinds++
		}
	}
	switch {
	case kinds == 0:
		return errors.New("the entry is of a kind that this iosweep does not support")
	case kinds > 1:
		return fmt.Errorf("it contains %d entries instead of one", kinds)
	case e.Run != nil:
		return e.Run.check()
	case e.Trial != nil:
		return e.Trial.check()
	}
	if i := e.Note.Interpreter; i != nil {
		if err := checkSeconds("startup_seconds", i.Startup); err != nil {
			return err
		}
		if len(i.Commands) > maxInterpreters {
			return fmt.Errorf("its interpreter has %d commands: at most %d are allowed", len(i.Commands), maxInterpreters)
		}
	}
	return checkTime(e.Note.At)
}

func (r *Run) check() error {
	switch {
	case r.Version < 1:
		return fmt.Errorf("its format is %d: the first format is 1", r.Version)
	case r.Version > FormatVersion:
		return &newerError{r.Version}
	case r.ID == "" || strings.Trim(r.ID, letters+"-_") != "" || len(r.ID) > maxID:
		return fmt.Errorf("its id %.120q is invalid: from 1 to %d letters, digits, - and _ are allowed", r.ID, maxID)
	case !isCount(r.Repeats) || !isCount(r.Warmup):
		return fmt.Errorf("it has %d repeats and %d warm-ups: from 0 to %d are allowed", r.Repeats, r.Warmup, maxCount)
	case !isCount(r.Machine.CPUs) || !isAmount(r.Machine.Memory):
		return fmt.Errorf("its machine has %d cpus and %d bytes of memory", r.Machine.CPUs, r.Machine.Memory)
	}
	if a := r.Adaptive; a != nil && (a.Min < 1 || a.Min > r.Repeats || !(a.Width >= 0 && a.Race >= 0) || a.Width > 1 || a.Race > 1 || (a.Width > 0) == (a.Race > 0)) {
		return fmt.Errorf("it repeats cells from %d to %d times, until an interval of %v or a race to %v: the minimum must be from 1 to the maximum, and one of the others above 0 and at most 1", a.Min, r.Repeats, a.Width, a.Race)
	}
	if err := checkTime(r.StartedAt); err != nil {
		return err
	}
	if err := cmp.Or(checkFound(r.Found), r.checkMetrics()); err != nil {
		return err
	}
	for i := range r.Cells {
		if err := r.checkCell(i); err != nil {
			return fmt.Errorf("its cell %d: %w", i, err)
		}
	}
	if a := r.Attempt; a != nil && (!isCount(a.Shard) || a.check() != nil) {
		return fmt.Errorf("its attempt of shard %d on the node %.100q is invalid", a.Shard, a.Name)
	}
	for i := range r.Ceilings {
		if err := r.Ceilings[i].Check(); err != nil {
			return err
		}
	}
	for i := range r.Nodes {
		if err := r.Nodes[i].check(); err != nil {
			return err
		}
	}
	return checkPublished(r.Published, len(r.Cells))
}

// Check returns an error if a ceiling is not a positive number.
func (c *Ceilings) Check() error {
	for _, x := range []*float64{c.MemoryCopy, c.SystemCalls, c.Creates, c.SequentialReads, c.RandomReads} {
		if x != nil && !(*x > 0 && *x <= maxAmount) {
			return fmt.Errorf("a ceiling of %.100q is %v: above 0, up to %v is allowed", c.Workspace, *x, float64(maxAmount))
		}
	}
	return checkTime(c.MeasuredAt)
}

func (n *Node) check() error {
	if !isCount(n.Machine.CPUs) || !isAmount(n.Machine.Memory) || !isAmount(n.MemoryLimit) || !(n.Quota >= 0 && n.Quota <= maxCount) {
		return fmt.Errorf("its node %.100q has %d cpus of which it may use %v, and %d bytes of memory of which it may use %d", n.Name, n.Machine.CPUs, n.Quota, n.Machine.Memory, n.MemoryLimit)
	}
	return nil
}

// checkFound returns an error if the interpreters that the level found stood for cannot be levels.
func checkFound(list []string) error {
	const longest = 200
	if len(list) > maxInterpreters {
		return fmt.Errorf("it found %d interpreters: at most %d are allowed", len(list), maxInterpreters)
	}
	for _, level := range list {
		if level == "" || len(level) > longest || !utf8.ValidString(level) || strings.ContainsFunc(level, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return fmt.Errorf("it found the interpreter %.120q: from 1 to %d bytes of printable text are allowed", level, longest)
		}
	}
	return nil
}

// checkMetrics returns an error if a metric has the name of another one or a name that a column cannot
// have, or if the judged metric does not exist.
func (r *Run) checkMetrics() error {
	for i, m := range r.Metrics {
		if m.Name == "" || strings.Trim(m.Name, letters+"-_") != "" || len(m.Name) > maxID {
			return fmt.Errorf("its metric %.120q has an invalid name: from 1 to %d letters, digits, - and _ are allowed", m.Name, maxID)
		}
		if slices.ContainsFunc(r.Metrics[:i], func(other Metric) bool { return other.Name == m.Name }) {
			return fmt.Errorf("its metric %.100q is listed twice", m.Name)
		}
		if m.Better != BetterHigher && m.Better != BetterLower {
			return fmt.Errorf("its metric %.100q is better %.100q: %s and %s are allowed", m.Name, m.Better, BetterHigher, BetterLower)
		}
	}
	if _, ok := r.JudgedMetric(); r.Judge != "" && !ok {
		return fmt.Errorf("it is judged by the metric %.100q, which it does not have", r.Judge)
	}
	return nil
}

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func (r *Run) checkCell(i int) error {
	c := &r.Cells[i]
	if c.Baseline < 0 || c.Baseline >= len(r.Cells) {
		return fmt.Errorf("its baseline is cell %d of %d", c.Baseline, len(r.Cells))
	}
	// A baseline must be its own baseline. Retired cells are exempt: they keep the baseline
	// of an earlier plan. A later plan may retire that cell or give it another baseline.
	if base := r.Cells[c.Baseline]; !c.Retired && (base.Retired || base.Baseline != c.Baseline) {
		return fmt.Errorf("its baseline is cell %d, which is retired or has another baseline itself", c.Baseline)
	}
	if !isAmount(int64(c.Files)) || !isAmount(c.Bytes) || !isAmount(int64(c.Directories)) || !isCount(c.Concurrency) || !isCount(c.Repeats) {
		return fmt.Errorf("it has %d files of %d bytes, a concurrency of %d and %d repeats", c.Files, c.Bytes, c.Concurrency, c.Repeats)
	}
	for kind, n := range c.LeftOut {
		if n < 1 || !isAmount(int64(n)) {
			return fmt.Errorf("%d entries of the kind %.100q were left out", n, kind)
		}
	}
	for k, axis := range c.Custom {
		if _, ok := c.Levels[axis]; !ok || slices.Contains(c.Custom[:k], axis) {
			return fmt.Errorf("its axis %.100q has no level, or is listed twice", axis)
		}
	}
	return nil
}

// checkContinues returns an error if r cannot follow earlier in one journal: it must be a
// later plan of the same run. Trials refer to cells by index, so every earlier cell must
// keep its index and its name.
func checkContinues(earlier, r *Run) error {
	if r.ID != earlier.ID {
		return fmt.Errorf("it belongs to run %q, but the journal belongs to run %q", r.ID, earlier.ID)
	}
	if len(r.Cells) < len(earlier.Cells) {
		return fmt.Errorf("it has %d cells and the run before it has %d", len(r.Cells), len(earlier.Cells))
	}
	for i, cell := range earlier.Cells {
		if r.Cells[i].Name != cell.Name {
			return fmt.Errorf("its cell %d is %q, but was %q before", i, r.Cells[i].Name, cell.Name)
		}
	}
	return nil
}

// checkPublished returns an error if a published table refers to cells or rows that do
// not exist, or contains invalid figures. cells is the number of cells of the run.
func checkPublished(p *Published, cells int) error {
	if p == nil {
		return nil
	}
	switch {
	case p.Baseline < -1 || p.Baseline >= len(p.Rows):
		return fmt.Errorf("its published table has row %d of %d as its baseline", p.Baseline, len(p.Rows))
	case !isCount(p.CPUs):
		return fmt.Errorf("its published table comes from a machine with %d cpus", p.CPUs)
	case p.Measure != MeasureSeconds && p.Measure != MeasureBlocked:
		return fmt.Errorf("its published table has the measure %.100q: %s and %s are allowed", p.Measure, MeasureSeconds, MeasureBlocked)
	case p.Tolerance < 0 || p.Tolerance >= 1:
		return fmt.Errorf("its published table has the tolerance %v: from 0 to less than 1 is allowed", p.Tolerance)
	}
	for _, size := range []*PrintedSize{p.FileSize, p.TotalSize} {
		if size != nil && (!isSize(size.Value) || !isSize(size.Unit)) {
			return fmt.Errorf("its published table has the size %v, in units of %v", size.Value, size.Unit)
		}
	}
	if w := p.Workload; w != nil && (w.Smallest < 0 || w.Largest < w.Smallest || w.Total < 0) {
		return fmt.Errorf("its published table has a workload with files of %d to %d bytes, and %d in all", w.Smallest, w.Largest, w.Total)
	}
	for i := range p.Rows {
		if err := p.Rows[i].check(cells); err != nil {
			return fmt.Errorf("its published row %.100q %w", p.Rows[i].Method, err)
		}
	}
	return nil
}

// isSize reports whether x is a printed number of bytes: at most 12 digits, in units of up to
// a terabyte.
func isSize(x float64) bool { return x >= 0 && x < 1e25 }

func (row *PublishedRow) check(cells int) error {
	if n := len(row.Speedup); n != 0 && n != 2 {
		return fmt.Errorf("has a speed-up with %d ends: two or none are allowed", n)
	}
	figures := slices.Concat(row.Runs, row.Speedup)
	if row.Mean != nil {
		figures = append(figures, *row.Mean)
	}
	for _, f := range figures {
		if !isSeconds(f.Value) || !isSeconds(f.Unit) {
			return fmt.Errorf("has the figure %v, in units of %v", f.Value, f.Unit)
		}
	}
	for _, c := range row.Cells {
		if c.Cell < 0 || c.Cell >= cells {
			return fmt.Errorf("names cell %d of %d", c.Cell, cells)
		}
		if c.Baseline < -1 || c.Baseline >= cells {
			return fmt.Errorf("names cell %d of %d as a baseline", c.Baseline, cells)
		}
	}
	return nil
}

func (t *Trial) check() error {
	switch {
	case t.Trial < 1 || !isCount(t.Trial):
		return fmt.Errorf("its number is %d", t.Trial)
	case t.Phase != Warmup && t.Phase != Measured:
		return fmt.Errorf("its phase is %.100q: %s and %s are allowed", t.Phase, Warmup, Measured)
	case t.Status != OK && t.Status != Failed && t.Status != Timeout && t.Status != Crashed:
		return fmt.Errorf("its status is %.100q: %s, %s, %s and %s are allowed", t.Status, OK, Failed, Timeout, Crashed)
	case t.Round < 1 || !isCount(t.Round):
		return fmt.Errorf("its round is %d: from 1 to %d are allowed", t.Round, maxCount)
	case t.Attempt < 0 || t.Attempt > t.Trial: // format 1 had no attempts
		return fmt.Errorf("it is attempt %d of its cell, but only trial %d of the run", t.Attempt, t.Trial)
	case t.Status == OK && t.Void:
		return errors.New("it is ok and void")
	case t.Status == OK && t.Measurement == nil:
		return errors.New("it is ok and has no measurement")
	}
	if err := checkTime(t.StartedAt); err != nil {
		return err
	}
	return t.Measurement.Check()
}

// Check returns an error if a measurement contains impossible values, such as negative
// times or times of more than 31 years. A reader would refuse a journal with such a
// measurement as damaged. Check does not decode the latency histogram: reports count the
// histograms that they cannot read.
func (m *Measurement) Check() error {
	if m == nil {
		return nil
	}
	return cmp.Or(
		checkSeconds("seconds", &m.Seconds),
		checkSeconds("startup_seconds", m.Startup),
		checkSeconds("work_seconds", &m.Work),
		checkSeconds("first_done_seconds", m.FirstDone),
		checkSeconds("blocked_seconds", m.Blocked),
		checkSeconds("user_seconds", m.User),
		checkSeconds("system_seconds", m.System),
		checkSeconds("latency_p50_seconds", m.LatencyP50),
		checkSeconds("latency_p90_seconds", m.LatencyP90),
		checkSeconds("latency_p99_seconds", m.LatencyP99),
		checkSeconds("latency_max_seconds", m.LatencyMax),
		checkSeconds("observed_seconds", m.Observed),
		checkSeconds("run_delay_seconds", m.RunDelay),
		checkShare("usable_cpus", m.CPUs),
		checkShare("cpu_utilization", m.CPUUtilization),
		checkShare("device_busy_fraction", m.DeviceBusy),
		checkShare("cached_fraction", m.CachedFraction),
		checkShare("steal_fraction", m.StealFraction),
		checkShare("others_cpus", m.Others),
		checkShare("throttled_fraction", m.Throttled),
		checkShare("pressure_cpu", m.PressureCPU),
		checkShare("pressure_io", m.PressureIO),
		checkShare("pressure_memory", m.PressureMemory),
		checkAmount("files", &m.Files),
		checkAmount("bytes", &m.Bytes),
		checkAmount("output_bytes", &m.OutputBytes),
		checkAmount("corrupt_items", m.CorruptItems),
		checkAmount("max_rss_bytes", m.MaxRSS),
		checkAmount("sum_rss_bytes", m.SumRSS),
		checkAmount("voluntary_switches", m.VoluntarySwitches),
		checkAmount("involuntary_switches", m.InvoluntarySwitches),
		checkAmount("stored_bytes", m.Stored),
		checkAmount("device_read_bytes", m.DeviceRead),
		checkAmount("device_write_bytes", m.DeviceWritten),
	)
}

func checkSeconds(name string, x *float64) error {
	if x != nil && !isSeconds(*x) {
		return fmt.Errorf("its %s is %v: 0, or from a nanosecond to %v, is allowed", name, *x, maxSeconds)
	}
	return nil
}

func checkShare(name string, x *float64) error {
	if x != nil && !(*x >= 0 && *x <= maxShare) {
		return fmt.Errorf("its %s is %v: from 0 to %v is allowed", name, *x, maxShare)
	}
	return nil
}

func checkAmount[T int | int64](name string, n *T) error {
	if n != nil && !isAmount(int64(*n)) {
		return fmt.Errorf("its %s are %d: from 0 to %d are allowed", name, *n, int64(maxAmount))
	}
	return nil
}

// checkTime refuses times that JSON cannot represent: JSON years have four digits. The
// year 1 belongs to the zero time, which means an unknown time.
func checkTime(t time.Time) error {
	if year := t.UTC().Year(); year < 1 || year > 9999 {
		return fmt.Errorf("its time is in the year %d", year)
	}
	return nil
}

func isCount(n int) bool { return n >= 0 && n <= maxCount }

func isAmount(n int64) bool { return n >= 0 && n <= maxAmount }

// isSeconds reports whether a clock can have measured the time x. No clock of iosweep has
// a resolution finer than a nanosecond.
func isSeconds(x float64) bool { return x == 0 || x >= 0.999e-9 && x <= maxSeconds }
