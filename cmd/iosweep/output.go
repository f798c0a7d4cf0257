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
// and chooses its own exit code. In the end execute reports, once, what went wrong.
type output struct {
	to     io.Writer
	failed error  // the first write that failed
	again  string // how to print it again
}

// Unwrap returns where the output goes. It may be a terminal.
func (o *output) Unwrap() io.Writer { return o.to }

func (o *output) Write(p []byte) (int, error) {
	if o.failed == nil {
		_, o.failed = o.to.Write(p)
	}
	return len(p), nil
}

// or returns the error of a command, with that of its output if it was lost. A reader
// that has closed it, as head does, has seen what it wanted, and is no error.
func (o *output) or(err error) error {
	if o.failed == nil || isClosed(o.failed) {
		return err
	}
	lost := fmt.Errorf("what was to be printed is not whole: %w%s", o.failed, o.again)
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

// printsAgain sets what to say if printing fails: how to print it again.
func (s streams) printsAgain(how string) {
	if o, ok := s.out.(*output); ok {
		o.again = how
	}
}

// people returns standard output for text that people read. Foreign names in it cannot
// control a terminal.
func (s streams) people() io.Writer { return oneline.Writer(s.out) }

// data returns standard output for what other programs read. Foreign names in it stay
// as they are, unless it goes to a terminal.
func (s streams) data() io.Writer {
	if ttyOf(s.out) != nil {
		return s.people()
	}
	return s.out
}

// bare returns a stream as the program was given it.
func bare(w io.Writer) io.Writer {
	for {
		wrapped, ok := w.(interface{ Unwrap() io.Writer })
		if !ok {
			return w
		}
		w = wrapped.Unwrap()
	}
}

// ttyOf returns the terminal that a stream leads to, or nil.
func ttyOf(w io.Writer) *os.File {
	if f, ok := bare(w).(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}
