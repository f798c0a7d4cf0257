package checkup

import (
	"os"
	"slices"
	"strings"

	"iosweep/internal/sysinfo"
)

// virtualisation: of a virtual machine and of a container it cannot be known what goes
// on beside them, on the same processors and disks.
func virtualisation(s *subject) Check {
	var found []string
	if machine := virtualMachine(s.root); machine != "" {
		found = append(found, machine)
	}
	if container := container(s.root); container != "" {
		found = append(found, container)
	}
	if len(found) > 0 {
		c := unknown("%s: neighbours on the same host are not to be seen", strings.Join(found, ", in it "))
		c.Advice = "look at steal, and measure again at another time of the day"
		return c
	}
	if s.root.Text("/proc/cpuinfo") == "" {
		return unknown("it is not told here")
	}
	return fit("none that is to be seen")
}

// virtualMachine names what the processor says of itself: the flag hypervisor stands
// for bit 31 of ECX of CPUID leaf 1, which is kept for that.
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

// container names the marks that container engines leave.
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
