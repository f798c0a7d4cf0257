package checkup

import (
	"os"
	"slices"
	"strings"

	"iosweep/internal/sysinfo"
)

// virtualisation checks for a virtual machine or a container. In both, the load of other machines
// and containers on the same processors and disks is not visible.
func virtualisation(s *subject) Check {
	var found []string
	if machine := virtualMachine(s.root); machine != "" {
		found = append(found, machine)
	}
	if container := container(s.root); container != "" {
		found = append(found, container)
	}
	if len(found) > 0 {
		c := unknown("%s: the load of other machines on the same host is not visible", strings.Join(found, ", in it "))
		c.Advice = "check steal, and repeat the measurement at another time of the day"
		return c
	}
	if s.root.Text("/proc/cpuinfo") == "" {
		return unknown("not available on this machine")
	}
	return fit("none found")
}

// virtualMachine returns the name of the virtual machine, or "" on a physical one. The flag
// hypervisor is bit 31 of ECX of CPUID leaf 1, which is reserved for this purpose.
func virtualMachine(root sysinfo.Root) string {
	name := root.Text("/sys/class/dmi/id/product_name")
	if name == "" {
		name = root.Text("/sys/hypervisor/type")
	}
	if name == "" && strings.Contains(root.Text("/sys/devices/system/clocksource/clocksource0/available_clocksource"), "kvm-clock") {
		name = "KVM"
	}
	for line := range strings.Lines(root.Text("/proc/cpuinfo")) {
		key, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(key) == "flags" {
			if !slices.Contains(strings.Fields(value), "hypervisor") {
				return ""
			}
			if name == "" {
				return "a virtual machine"
			}
			return "a virtual machine (" + name + ")"
		}
	}
	return ""
}

// container returns the name of the container, or "". It looks for the marks of container engines.
func container(root sysinfo.Root) string {
	for path, name := range map[string]string{"/.dockerenv": "docker", "/run/.containerenv": "podman"} {
		if _, err := os.Lstat(root.Path(path)); err == nil {
			return "a container (" + name + ")"
		}
	}
	for variable := range strings.SplitSeq(root.Text("/proc/1/environ"), "\x00") {
		if name, ok := strings.CutPrefix(variable, "container="); ok {
			return "a container (" + name + ")"
		}
	}
	for _, name := range []string{"kubepods", "docker", "lxc", "containerd"} {
		if strings.Contains(root.Text("/proc/self/cgroup"), name) {
			return "a container (" + name + ")"
		}
	}
	return ""
}
