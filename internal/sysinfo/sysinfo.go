package sysinfo

import (
	"os"
	"runtime"
)

// Machine is the hardware and the system.
type Machine struct {
	Host     string `json:"host"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
	Kernel   string `json:"kernel,omitempty"`
	CPUModel string `json:"cpu_model,omitempty"`
	CPUs     int    `json:"cpus"`               // that this process may use
	Governor string `json:"governor,omitempty"` // of the processors' frequency
	Driver   string `json:"frequency_driver,omitempty"`
	// Quota is how many processors the control group may keep busy; nil if it has no
	// limit.
	Quota  *float64 `json:"cpu_quota,omitempty"`
	Memory int64    `json:"memory_bytes,omitempty"`
	Go     string   `json:"go"`
}

// Filesystem is what a directory lies on.
type Filesystem struct {
	Type    string `json:"type,omitempty"` // as mount(8) says it: ext4, tmpfs
	Device  string `json:"device,omitempty"`
	Mount   string `json:"mount,omitempty"`
	Options string `json:"options,omitempty"`
}

// Read asks the system.
func Read() Machine {
	m := Machine{
		OS:   runtime.GOOS,
		Arch: runtime.GOARCH,
		CPUs: runtime.NumCPU(),
		Go:   runtime.Version(),
	}
	m.Host, _ = os.Hostname()
	readSystem(&m)
	return m
}
