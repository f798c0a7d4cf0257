package program

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"

	"iosweep/internal/dirio"
	"iosweep/internal/oneline"
)

// An Outcome is the outcome of a program that has ended.
type Outcome struct {
	Dirs   Dirs
	Output string // the output directory
	Input  string // the input directory of this trial alone; empty: it is shared, or there is none
	Stdout []byte // the beginning of the standard output
	// Run starts a program in the directory of the trial and waits for it.
	Run func(ctx context.Context, argv []string) error
}

// Dirs opens directories and files below the run directory. It follows no link.
type Dirs interface {
	Open(path string) (*os.File, error)
	OpenFile(path string, flag int, perm fs.FileMode) (*os.File, error)
}

// Verify returns an error for the first check that does not hold.
func (op *Operation) Verify(ctx context.Context, o *Outcome) error {
	for i := range op.Checks {
		c := &op.Checks[i]
		for _, kind := range []func(*Operation, context.Context, *Check, *Outcome) error{
			(*Operation).checkFiles,
			(*Operation).checkRun,
			(*Operation).checkStdout,
			(*Operation).checkSameAs,
		} {
			if err := kind(op, ctx, c, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkFiles counts the files that match a pattern.
func (op *Operation) checkFiles(ctx context.Context, c *Check, o *Outcome) error {
	if c.Files == "" {
		return nil
	}
	dir, err := dirio.OpenBelow(o.Dirs, o.Output)
	if err != nil {
		return err
	}
	defer dir.Close()
	found, others := int64(0), int64(0)
	other := ""
	err = dir.Walk(func(name string, kind fs.FileMode) (bool, error) {
		switch {
		case kind.IsRegular() && matches(c.Files, name):
			found++
		case !kind.IsDir():
			if others++; other == "" || name < other {
				other = name
			}
		}
		return true, ctx.Err()
	})
	if err != nil {
		return err
	}
	if found == c.Count || c.Count == OneOrMore && found > 0 {
		return nil
	}
	want := fmt.Sprint(c.Count)
	if c.Count == OneOrMore {
		want = "one or more"
	}
	text := fmt.Sprintf("files %q: %d files match, expected %s", c.Files, found, want)
	if other != "" {
		text += fmt.Sprintf("; %d others do not match, such as %s", others, oneline.Name(other))
	}
	return errors.New(text)
}

// checkRun runs a program that must exit with 0.
func (op *Operation) checkRun(ctx context.Context, c *Check, o *Outcome) error {
	if c.Run == nil {
		return nil
	}
	if err := o.Run(ctx, c.Run); err != nil {
		return fmt.Errorf("run %q: %w", c.Run, err)
	}
	return nil
}

// checkStdout searches the standard output for a pattern, in which ^ and $ match at lines.
func (op *Operation) checkStdout(_ context.Context, c *Check, o *Outcome) error {
	if c.Stdout == "" {
		return nil
	}
	re, err := regexp.Compile("(?m)" + c.Stdout)
	if err != nil {
		return err
	}
	if re.Match(o.Stdout) {
		return nil
	}
	output := bytes.TrimSpace(o.Stdout)
	if len(output) == 0 {
		return fmt.Errorf("stdout %q: nothing was printed", c.Stdout)
	}
	last := output[bytes.LastIndexByte(output, '\n')+1:]
	return fmt.Errorf("stdout %q: no match; the last line is %q", c.Stdout, oneline.Shorten(string(bytes.TrimSpace(last)), 300))
}

// OutputBytes returns the size of all files in the output directory.
func OutputBytes(ctx context.Context, o *Outcome) (sum int64, err error) {
	dir, err := dirio.OpenBelow(o.Dirs, o.Output)
	if err != nil {
		return 0, err
	}
	defer dir.Close()
	err = dir.WalkStates(func(_ string, state dirio.EntryState) error {
		if state.Mode.IsRegular() {
			sum += state.Size
		}
		return ctx.Err()
	}, func(string, error) error { return nil })
	return sum, err
}
