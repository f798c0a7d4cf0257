package trial

import (
	"context"
	"fmt"

	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
	"iosweep/runner/program"
)

// runStep runs a program that belongs to a trial or to a dataset, and that is not measured.
func (spec *Spec) runStep(ctx context.Context, ws *workspace.Workspace) (*journal.Measurement, error) {
	ran := runProgram(ctx, spec.Command)
	ran.endReading()
	err := ran.err
	if err != nil {
		err = fmt.Errorf("%w%s", err, ran.stderr.quoted())
	}
	m := &journal.Measurement{}
	return m, spec.markFault(ws, m, err, &ran.stderr)
}

// verifyOwn verifies the outcome of an own operation by its checks, and adds the amount of work to
// the measurement.
func (spec *Spec) verifyOwn(ctx context.Context, m *journal.Measurement, ws *workspace.Workspace, ran *programRun) error {
	m.Files, m.Bytes = spec.Program.Items, spec.Program.Bytes
	outcome := &program.Outcome{
		Dirs: ws, Output: spec.Site.Output, Stdout: ran.stdout.buf,
		Run: func(ctx context.Context, argv []string) error {
			spec.life.setCheck(fmt.Sprintf("run %q", argv))
			ran := runProgram(ctx, &Command{Argv: argv, Dir: spec.Command.Dir})
			ran.endReading()
			if ran.err != nil {
				return fmt.Errorf("%w%s", ran.err, ran.stderr.quoted())
			}
			spec.life.setCheck("")
			return nil
		},
	}
	if spec.Own.Needs == operations.NeedsDisposableCopy {
		outcome.Input = spec.Site.Input
	}
	err := spec.checkDirs(spec.Own.Needs)
	if err == nil {
		err = spec.Program.Verify(ctx, outcome)
	}
	if err == nil {
		m.OutputBytes, err = program.OutputBytes(ctx, outcome)
	}
	if err != nil {
		return fmt.Errorf(journal.Unverified+"%w", err)
	}
	return spec.Program.SaveStdout(outcome)
}
