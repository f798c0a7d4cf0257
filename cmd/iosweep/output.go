package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/term"

	"iosweep/internal/oneline"
)

// An output is standard output. A command writes to it as if nothing could go wrong,
// and comes to its own exit code: what happened is told in the end, once, by execute.
type output struct {
	to     io.Writer
	failed error  // the first write that failed
	kept   string // how to print it again
}

// Unwrap is where the output goes: it may be a terminal.
func (o *output) Unwrap() io.Writer { return o.to }

func (o *output) Write(p []byte) (int, error) {
	if o.failed == nil {
		_, o.failed = o.to.Write(p)
	}
	return len(p), nil
}

// or is the error of a command, unless its output was lost on the way. A reader that
// has closed it, as head does, has seen what it wanted and changes nothing.
func (o *output) or(err error) error {
	if o.failed == nil || isClosed(o.failed) {
		return err
	}
	lost := fmt.Errorf("what was to be printed is not whole: %w%s", o.failed, o.kept)
	if err == nil {
		return unwritten(lost)
	}
	if e := (*exit)(nil); errors.As(err, &e) && e.err == nil {
		return &exit{e.code, lost}
	}
	return &exit{codeOf(err), fmt.Errorf("%w\n%w", err, lost)}
}

// isClosed reports whether nobody reads any more. On Windows a pipe is broken or being
// closed.
func isClosed(err error) bool {
	const brokenPipe, noData = syscall.Errno(109), syscall.Errno(232)
	return errors.Is(err, syscall.EPIPE) ||
		runtime.GOOS == "windows" && (errors.Is(err, brokenPipe) || errors.Is(err, noData))
}

// printsAgain says where to find what is being printed, should that fail.
func (s streams) printsAgain(kept string) {
	if o, ok := s.out.(*output); ok {
		o.kept = kept
	}
}

// people is standard output for text that is not data: names of others cannot do
// anything to a terminal.
func (s streams) people() io.Writer { return oneline.Writer(s.out) }

// data is standard output for what other programs read: as it is, names of others
// included, unless it goes to a terminal.
func (s streams) data() io.Writer {
	if ttyOf(s.out) != nil {
		return s.people()
	}
	return s.out
}

// bare is a stream as the program was given it.
func bare(w io.Writer) io.Writer {
	for {
		wrapped, ok := w.(interface{ Unwrap() io.Writer })
		if !ok {
			return w
		}
		w = wrapped.Unwrap()
	}
}

// ttyOf is the terminal that a stream leads to, or nil.
func ttyOf(w io.Writer) *os.File {
	if f, ok := bare(w).(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}
