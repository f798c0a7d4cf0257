package runner

import (
	"path/filepath"
	"reflect"

	"iosweep/journal"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// Freeze prepares opt.Out for a plan that runs later and elsewhere: it copies the scripts of the experiment
// there. It returns the header of the plan, without the machine, the value of {here} for runs of the plan,
// and a warning or "". If a script cannot be copied, {here} stays the directory of the experiment file.
func Freeze(plan *schedule.Plan, opt Options) (header journal.Run, here, warning string, err error) {
	if err := opt.writeScripts(); err != nil {
		return header, "", "", err
	}
	if header, err = planHeader(plan, preflight.PlannedCells(plan.Experiment), opt); err != nil {
		return header, "", "", err
	}
	if warning, err = opt.keepScripts(&header); err != nil {
		return header, "", "", err
	}
	kept := KeptHere(opt.Out)
	if kept == "" || len(opt.Scripts) > 0 {
		return header, opt.Here, warning, nil
	}
	original := opt.Here
	if opt.Here, err = filepath.Abs(kept); err != nil {
		return header, "", "", err
	}
	copies, err := commandDefinitions(plan.Experiment, opt)
	if err != nil || !reflect.DeepEqual(copies, header.Commands) {
		return header, original, warning, err
	}
	return header, opt.Here, warning, nil
}
