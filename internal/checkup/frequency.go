package checkup

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"iosweep/internal/sysinfo"
)

// The files of these checks are described in Documentation/admin-guide/pm/cpufreq.rst and
// intel_pstate.rst of the kernel.
const cpufreq = "/sys/devices/system/cpu/cpufreq"

// governor checks the frequency governor. With all governors except performance the frequency
// follows the load, so a measurement depends on the load before it.
func governor(s *subject) Check {
	var others []string
	policies, _ := filepath.Glob(s.root.Path(cpufreq + "/policy*"))
	seen := ""
	for _, policy := range policies {
		name := sysinfo.Root(policy).Text("scaling_governor")
		if name == "" {
			continue
		}
		seen = name
		if name != "performance" && !slices.Contains(others, name) {
			others = append(others, name)
		}
	}
	switch {
	case seen == "":
		return unknown("there is no frequency governor on this machine, or it is not visible")
	case len(others) == 0:
		return fit("performance%s", frequencies(s.root))
	}
	name := strings.Join(others, ", ")
	return unfit("sudo cpupower frequency-set -g performance", "%s%s", name, frequencies(s.root)).
		warn("The frequency governor of the processors is %s: the frequency follows the load, so the time of a trial depends on the load before it. To change this, run sudo cpupower frequency-set -g performance.", name)
}

// frequencies returns the driver and the frequency range of the first processor, if they are known.
func frequencies(root sysinfo.Root) (text string) {
	at := sysinfo.Root(root.Path("/sys/devices/system/cpu/cpu0/cpufreq"))
	if driver := at.Text("scaling_driver"); driver != "" {
		text = " (" + driver + ")"
	}
	low, lowKnown := at.Number("scaling_min_freq")
	high, highKnown := at.Number("scaling_max_freq")
	if lowKnown && highKnown { // in kHz
		text += fmt.Sprintf(", %.1f to %.1f GHz", float64(low)/1e6, float64(high)/1e6)
	}
	return text
}

// turbo checks whether a single busy processor can be faster than each of several busy ones. Then
// speed-ups are smaller than the gain of concurrency.
func turbo(s *subject) Check {
	for _, setting := range []struct{ path, on, advice string }{
		{"/sys/devices/system/cpu/intel_pstate/no_turbo", "0", "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo"},
		{cpufreq + "/boost", "1", "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost"},
	} {
		switch s.root.Text(setting.path) {
		case "":
		case setting.on:
			return unfit(setting.advice, "on: one busy processor is faster than each of several")
		default:
			return fit("off")
		}
	}
	return unknown("the setting is not available on this machine")
}

// heat checks whether processors are slowed down because they are too hot.
func heat(s *subject) Check {
	if noise := s.noise.HeatNoise(); noise != "" {
		return unfit("let the machine cool down, and check its cooling", "%s during the check", noise).
			warn("The processors were slowed down for heat before the run. They will probably be slowed down during the run, too.")
	}
	if s.noise.Overheated == nil {
		return unknown("not counted on this machine")
	}
	return fit("the processors are not slowed down for heat")
}
