package trial

import (
	"os"
	"strings"

	"iosweep/internal/oneline"
	"iosweep/internal/process"
	"iosweep/internal/sysinfo"
	"iosweep/journal"
)

// A listener notes what goes on in the machine, and what the trial has it store, while
// the trial works. It begins right before the work and ends right after it, but does
// its own reading outside of what is timed.
type listener struct {
	watch *sysinfo.Watch
	io    process.IOCount
}

// listen begins. The runner, which is this process's parent, only waits.
func listen() *listener {
	return &listener{sysinfo.Host.Watch(os.Getppid()), process.ReadIO()}
}

// disturbance is what went on until it was asked.
type disturbance struct {
	sysinfo.Disturbance
	stored *int64
}

// end stops listening. The processes that the trial started have been reaped by then,
// or are still its own.
func (l *listener) end() *disturbance {
	io := process.ReadIO()
	return &disturbance{l.watch.End(), io.StoredSince(l.io)}
}

// into adds it to a measurement, with what else is to be said of the trial.
func (h *disturbance) into(m *journal.Measurement, besides string) {
	m.Stored = h.stored
	m.StealFraction, m.Throttled = h.Steal, h.Throttled
	m.PressureCPU, m.PressureIO, m.PressureMemory = h.PressureCPU, h.PressureIO, h.PressureMemory
	if h.Others.Known {
		m.Others = new(h.Others.CPUs())
	}
	// Processes have the names that they give themselves.
	noise := h.Noise()
	if besides != "" {
		noise = append(noise, besides)
	}
	m.Noise = oneline.Of(strings.Join(noise, "; "))
}
