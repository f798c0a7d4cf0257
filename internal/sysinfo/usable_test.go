package sysinfo

import "testing"

func TestUsable(t *testing.T) {
	root := t.TempDir()
	put(t, root, "/proc/cpuinfo", "processor\t: 0\nmodel name\t: Any: CPU\nmicrocode\t: 0xd0003a5\n\nprocessor\t: 1\nmicrocode\t: 0x1\n")
	put(t, root, "/proc/self/status", "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t0-3,8\n")
	put(t, root, "/proc/self/cgroup", "0::/slurm/job_7\n")
	put(t, root, "/sys/fs/cgroup/slurm/memory.max", "8589934592\n")
	put(t, root, "/sys/fs/cgroup/slurm/job_7/memory.max", "max\n")
	r := Root(root)
	if r.Microcode() != "0xd0003a5" || r.UsableCPUs() != "0-3,8" {
		t.Errorf("got the microcode %q and the cpus %q", r.Microcode(), r.UsableCPUs())
	}
	if limit, ok := r.MemoryLimit(); !ok || limit != 8<<30 {
		t.Errorf("got the limit %d, %v, want 8 GiB of the parent group", limit, ok)
	}
	put(t, root, "/proc/self/cgroup", "4:memory:/job\n")
	put(t, root, "/sys/fs/cgroup/memory/job/memory.limit_in_bytes", "9223372036854771712\n")
	if limit, ok := r.MemoryLimit(); ok {
		t.Errorf("got the limit %d, want none", limit)
	}
}

func TestCountCPUs(t *testing.T) {
	for list, want := range map[string]int{"0": 1, "0-3,8": 5, "0-1": 2, "": 0, "all": 0, "3-1": 0} {
		if got := CountCPUs(list); got != want {
			t.Errorf("%q: got %d, want %d", list, got, want)
		}
	}
}
