package sysinfo

import (
	"os"
	"runtime"
)

// A Machine describes the hardware and the operating system.
type Machine struct {
	Host     string `json:"host"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
	Kernel   string `json:"kernel,omitempty"`
	CPUModel string `json:"cpu_model,omitempty"`
	CPUs     int    `json:"cpus"`               // number of cpus that this process may use
	Governor string `json:"governor,omitempty"` // of the processor frequency
	Driver   string `json:"frequency_driver,omitempty"`
	// Quota is the number of processors that the control group may use; nil if it has no limit.
	Quota  *float64 `json:"cpu_quota,omitempty"`
	Memory int64    `json:"memory_bytes,omitempty"`
	Go     string   `json:"go"`
}

// A Filesystem describes the file system of a directory.
type Filesystem struct {
	Type    string `json:"type,omitempty"` // as in mount(8): ext4, tmpfs
	Device  string `json:"device,omitempty"`
	Mount   string `json:"mount,omitempty"`
	Options string `json:"options,omitempty"`
}

// Read returns a description of this machine.
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
