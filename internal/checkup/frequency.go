package checkup

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"iosweep/internal/sysinfo"
)

// The files of this check are those of Documentation/admin-guide/pm/cpufreq.rst, and
// of intel_pstate.rst beside it.
const cpufreq = "/sys/devices/system/cpu/cpufreq"

// governor: all but performance let the frequency follow the load, so that what is
// measured depends on what was there before.
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
		return unknown("the frequency of the processors is not governed here, or not to be seen")
	case len(others) == 0:
		return fit("performance%s", frequencies(s.root))
	}
	name := strings.Join(others, ", ")
	return unfit("sudo cpupower frequency-set -g performance", "%s%s", name, frequencies(s.root)).
		warn("The governor of the processors is %s: their frequency follows the load, so a trial's time depends on what was there before it (sudo cpupower frequency-set -g performance).", name)
}

// frequencies are the driver and the range of the first processor, as far as they are
// known.
func frequencies(root sysinfo.Root) (text string) {
	at := sysinfo.Root(root.Path("/sys/devices/system/cpu/cpu0/cpufreq"))
	if driver := at.Text("scaling_driver"); driver != "" {
		text = " (" + driver + ")"
	}
	low, known := at.Number("scaling_min_freq")
	high, too := at.Number("scaling_max_freq")
	if known && too { // in kHz
		text += fmt.Sprintf(", %.1f to %.1f GHz", float64(low)/1e6, float64(high)/1e6)
	}
	return text
}

// turbo: a single busy processor may be faster than each of many, so speed-ups come
// out smaller than what concurrency gains.
func turbo(s *subject) Check {
	for _, way := range []struct{ path, on, advice string }{
		{"/sys/devices/system/cpu/intel_pstate/no_turbo", "0", "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo"},
		{cpufreq + "/boost", "1", "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost"},
	} {
		switch s.root.Text(way.path) {
		case "":
		case way.on:
			return unfit(way.advice, "on: one busy processor is faster than each of many")
		default:
			return fit("off")
		}
	}
	return unknown("there is no switch for it here")
}

// heat: processors that get too hot are slowed down.
func heat(s *subject) Check {
	if noise := s.noise.HeatNoise(); noise != "" {
		return unfit("let the machine cool down, see to its cooling", "%s while it was watched", noise).
			warn("The processors were slowed down for heat before the run: they will be in the run, too.")
	}
	if s.noise.Overheated == nil {
		return unknown("it is not counted here")
	}
	return fit("the processors are not slowed down for it")
}
