package runner

import (
	"context"
	"fmt"
	"slices"

	"iosweep/internal/python"
	"iosweep/journal"
)

// noteInterpreters measures the start of each interpreter that contenders run in, and notes it.
// A contender is timed with the start of its interpreter, which published times often leave out.
func (r *run) noteInterpreters(ctx context.Context) error {
	for i := range r.Interpreters {
		in := &r.Interpreters[i]
		r.opt.Progress.Preparing("measuring the start of the interpreter " + in.Name())
		seconds, err := python.Startup(ctx, in.Started(), in.Place)
		switch {
		case ctx.Err() != nil:
			return nil // the run ends before its first trial
		case err != nil:
			if err := r.warn(fmt.Sprintf("The start of the interpreter %s (%s) could not be measured: %v.", in.Name(), in.Started(), err)); err != nil {
				return err
			}
		default:
			in.Startup = &seconds
		}
		note := journal.Note{Kind: journal.NoteInterpreter, Text: fmt.Sprintf("%s is %s", in.Name(), &in.Interpreter), Interpreter: &in.Interpreter}
		if err := r.note(note); err != nil {
			return err
		}
	}
	return nil
}

// interpreterRecords returns the interpreters for environment.json.
func (r *run) interpreterRecords() (list []journal.Interpreter) {
	for i := range r.Interpreters {
		list = append(list, r.Interpreters[i].Interpreter)
	}
	return list
}

// interpreterWarnings returns a warning for each interpreter that differs from the one of the
// earlier sessions, and the names of these interpreters.
func (r *run) interpreterWarnings(log *journal.Log) (list []string, names map[string]bool) {
	names = map[string]bool{}
	before := journal.Interpreters(log.Notes)
	for i := range r.Interpreters {
		now := &r.Interpreters[i].Interpreter
		for k := len(before) - 1; k >= 0; k-- { // the latest session is the last
			was := &before[k]
			if !now.Same(*was) || !slices.Contains(was.Commands, now.Commands[0]) {
				continue
			}
			if was.String() != now.String() {
				list = append(list, fmt.Sprintf(resumedWithAnother, "interpreter "+now.Name(), now, was))
				names[now.Name()] = true
			}
			break
		}
	}
	return list, names
}
