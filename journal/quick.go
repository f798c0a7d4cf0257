package journal

// A decoder reads trials, of which a journal may hold a million, some ten times as
// fast as encoding/json and without garbage. It knows the lines that iosweep
// writes for a trial that went well; every other line is left to encoding/json,
// which also says what is wrong with it. A field that is added to Trial or
// Measurement is to be added here, or reading becomes slow; a test remembers.
//
// A general library that is fast was left out: it would read entries otherwise
// than encoding/json writes them in the corners of the language, and still make
// two dozen objects of each trial.
type decoder struct {
	scanner
	result  Trial
	strings map[string]string // those that repeat from trial to trial

	measurements slab[Measurement]
	floats       slab[float64]
	int64s       slab[int64]
	ints         slab[int]
}

func newDecoder() *decoder { return &decoder{strings: map[string]string{}} }

// trial is the trial of an entry, valid until the next one; nil if the entry is
// something else, or not plain.
func (d *decoder) trial(payload []byte) *Trial {
	d.scanner, d.result = scanner{rest: payload}, Trial{}
	d.open()
	if !d.more() || string(d.name) != "trial" {
		return nil
	}
	d.readTrial(&d.result)
	if d.more() || d.failed || len(d.rest) > 0 {
		return nil
	}
	return &d.result
}

func (d *decoder) readTrial(t *Trial) {
	for d.open(); d.more(); {
		switch string(d.name) {
		case "trial":
			t.Trial = d.int()
		case "round":
			t.Round = d.int()
		case "phase":
			t.Phase = d.repeated()
		case "cell":
			t.Cell = d.int()
		case "name":
			t.Name = d.repeated()
		case "attempt":
			t.Attempt = d.int()
		case "void":
			t.Void = d.yes()
		case "status":
			t.Status = d.repeated()
		case "error":
			t.Error = string(d.text())
		case "stderr":
			t.Stderr = string(d.text())
		case "started_at":
			t.StartedAt = d.time()
		case "measurement":
			d.failed = d.failed || t.Measurement != nil // encoding/json would merge the two
			t.Measurement = d.measurements.next(Measurement{})
			d.readMeasurement(t.Measurement)
		default:
			d.failed = true
		}
	}
}

func (d *decoder) readMeasurement(m *Measurement) {
	for d.open(); d.more(); {
		switch string(d.name) {
		case "seconds":
			m.Seconds = d.float()
		case "startup_seconds":
			m.Startup = d.floats.next(d.float())
		case "work_seconds":
			m.Work = d.float()
		case "first_done_seconds":
			m.FirstDone = d.floats.next(d.float())
		case "blocked_seconds":
			m.Blocked = d.floats.next(d.float())
		case "user_seconds":
			m.User = d.floats.next(d.float())
		case "system_seconds":
			m.System = d.floats.next(d.float())
		case "max_rss_bytes":
			m.MaxRSS = d.int64s.next(d.int64())
		case "voluntary_switches":
			m.VoluntarySwitches = d.int64s.next(d.int64())
		case "involuntary_switches":
			m.InvoluntarySwitches = d.int64s.next(d.int64())
		case "files":
			m.Files = d.int()
		case "bytes":
			m.Bytes = d.int64()
		case "output_bytes":
			m.OutputBytes = d.int64()
		case "corrupt_items":
			m.CorruptItems = d.ints.next(d.int())
		case "latency":
			m.Latency = string(d.text())
		case "latency_p50_seconds":
			m.LatencyP50 = d.floats.next(d.float())
		case "latency_p90_seconds":
			m.LatencyP90 = d.floats.next(d.float())
		case "latency_p99_seconds":
			m.LatencyP99 = d.floats.next(d.float())
		case "latency_max_seconds":
			m.LatencyMax = d.floats.next(d.float())
		case "cached_fraction":
			m.CachedFraction = d.floats.next(d.float())
		case "steal_fraction":
			m.StealFraction = d.floats.next(d.float())
		case "stored_bytes":
			m.Stored = d.int64s.next(d.int64())
		case "others_cpus":
			m.Others = d.floats.next(d.float())
		case "throttled_fraction":
			m.Throttled = d.floats.next(d.float())
		case "pressure_cpu":
			m.PressureCPU = d.floats.next(d.float())
		case "pressure_io":
			m.PressureIO = d.floats.next(d.float())
		case "pressure_memory":
			m.PressureMemory = d.floats.next(d.float())
		case "noise":
			m.Noise = string(d.text())
		case "finding":
			m.Finding = d.repeated()
		default:
			d.failed = true
		}
	}
}

// repeated is a string that is likely to have been there before: all that are
// equal share their bytes.
func (d *decoder) repeated() string {
	text := d.text()
	if s, ok := d.strings[string(text)]; ok {
		return s
	}
	s := string(text)
	d.strings[s] = s
	return s
}

// A slab makes many small values of a type at the cost of a few large ones. The
// memory of a value is freed with that of its neighbours, which suits a log:
// it is kept as a whole.
type slab[T any] struct{ free []T }

// next is a pointer to a value.
func (s *slab[T]) next(value T) *T {
	if len(s.free) == 0 {
		s.free = make([]T, 512)
	}
	p := &s.free[0]
	s.free = s.free[1:]
	*p = value
	return p
}
