package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"iosweep/internal/process"
)

// withSignals ends the context at the first SIGINT, SIGTERM, SIGQUIT or SIGHUP, so
// that the run can clean up. A second one ends the program at once. Under nohup a
// closed terminal has no effect. Go's answer to SIGQUIT, a dump
// of its goroutines, would leave the workspace behind: kill -ABRT still gives one.
//
// ended returns an error as it is. If a signal came, the exit code is the signal's.
func withSignals(parent context.Context) (ctx context.Context, ended func(error) error) {
	ctx, cancel := context.WithCancel(parent)
	incoming := make(chan os.Signal, 1)
	came := make(chan syscall.Signal, 1)
	signal.Notify(incoming, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT)
	process.SurviveFileLimit()
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(incoming, syscall.SIGHUP)
	}
	go func() {
		got := <-incoming
		if s, ok := got.(syscall.Signal); ok {
			came <- s
		}
		cancel()
		atOnce(incoming)
	}()
	return ctx, func(err error) error {
		select {
		case s := <-came:
			if err == nil {
				err = fmt.Errorf("%v", s)
			}
			return &exit{signalled(s), err}
		default:
			return err
		}
	}
}

// atOnce ends the program at the next signal. The journal is whole at any moment,
// and the kernel asks the trial in flight to end, which ends all that it started. A resume removes the
// workspace. A terminal that hangs up signals more than once, the kernel to its
// foreground and then the shell to its jobs, so SIGHUP does not count here.
//
// timeout(1) sends its signal to the program and then to its group. A person takes
// longer to send a second one.
func atOnce(incoming <-chan os.Signal) {
	const twice = 100 * time.Millisecond
	for first := time.Now(); time.Since(first) < twice; {
		select {
		case <-incoming:
		case <-time.After(twice):
		}
	}
	for got := range incoming {
		s, ok := got.(syscall.Signal)
		if !ok || s == syscall.SIGHUP {
			continue
		}
		printed := make(chan struct{})
		go func() {
			// The line of the progress bar has no end yet.
			fmt.Fprintf(os.Stderr, "\niosweep: ended at once by a second signal (%v); what was measured is kept, and iosweep resume removes the workspace\n", s)
			close(printed)
		}()
		select {
		case <-printed:
		case <-time.After(time.Second): // nobody reads it
		}
		os.Exit(signalled(s))
	}
}
