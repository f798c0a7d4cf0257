package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"iosweep/internal/oneline"
	"iosweep/journal"
	"iosweep/runner"
)

// How iosweep speaks to people while it works:
//
//   - It speaks on standard error only; results are for standard output.
//   - On a terminal there is one line that is redrawn, with the time left.
//     Elsewhere there is a line for each trial, so that a log of a night can be
//     read and searched.
//   - A failure is reported at once, above the line, and stays.
//   - --quiet silences all of it but warnings.
//   - The journal holds everything that is said here.
//   - Text of others, from contenders and from the names of files, is put on one line
//     and cannot control a terminal.
type progress struct {
	out   io.Writer
	quiet bool
	live  bool // one line is redrawn; otherwise each trial has a line
	shown int  // the width of the line that is on the terminal now
}

var _ runner.Progress = (*progress)(nil)

func newProgress(out io.Writer, quiet bool) *progress {
	return &progress{out: out, quiet: quiet, live: !quiet && !plain() && ttyOf(out) != nil}
}

// Warn reports what is odd but no reason to stop.
func (p *progress) Warn(text string) {
	p.clear()
	fmt.Fprintln(p.out, "warning: "+oneline.Of(text))
}

// Preparing names a step that may take a while.
func (p *progress) Preparing(what string) {
	if !p.quiet {
		p.clear()
		fmt.Fprintln(p.out, what)
	}
}

// Begun redraws the line.
func (p *progress) Begun(t runner.TrialInfo) {
	if !p.live {
		return
	}
	done := t.Number - 1 // a resumed run does not begin at the first
	bar := strings.Repeat("█", 10*done/max(1, t.Of))
	line := fmt.Sprintf("%3d%% |%-10s| (%d/%d) %s", 100*done/max(1, t.Of), bar, done, t.Of,
		oneline.Of(fmt.Sprintf("%s, %s %d, %s", left(t.Remaining), t.Phase, t.Round, t.Cell)))
	p.clear()
	line = fit(p.out, line)
	p.shown = text.StringWidthWithoutEscSequences(line)
	fmt.Fprint(bare(p.out), line)
}

// fit cuts a line so that it does not wrap. A wrapped line cannot be redrawn.
func fit(out io.Writer, line string) string {
	width := 80
	if f := ttyOf(out); f != nil {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			width = w
		}
	}
	return text.Snip(line, width-1, "...")
}

// Ended prints the trial where no line is redrawn, and a failure everywhere.
func (p *progress) Ended(t runner.TrialInfo, trial journal.Trial) {
	if trial.Status != journal.OK && p.live {
		p.clear()
		fmt.Fprintln(p.out, oneline.Of(fmt.Sprintf("%s: %s: %s", outcome(trial), trial.Name, trial.Error)))
	}
	if !p.live && !p.quiet {
		fmt.Fprintln(p.out, oneline.Of(line(t, trial)))
	}
}

// line describes a trial where no line can be redrawn.
func line(t runner.TrialInfo, trial journal.Trial) string {
	head := fmt.Sprintf("[%d/%d] %s %d  %s  ", t.Number, t.Of, t.Phase, t.Round, trial.Name)
	if t.Attempt > 1 {
		head += fmt.Sprintf("attempt %d  ", t.Attempt)
	}
	if trial.Status != journal.OK {
		return head + outcome(trial) + ": " + trial.Error
	}
	return head + fmt.Sprintf("%.4gs  %s", trial.Measurement.Seconds, left(t.Remaining))
}

// outcome returns how a trial ended that is not good.
func outcome(trial journal.Trial) string {
	if trial.Void {
		return "to be done again" // and no failure of its cell
	}
	return string(trial.Status)
}

func left(d time.Duration) string {
	if d == 0 {
		return "time left unknown"
	}
	return d.Round(time.Second).String() + " left"
}

// Noted reports what happened beside the trials. The end of the run and its warnings
// are reported in the end.
func (p *progress) Noted(n journal.Note) {
	switch n.Kind {
	case journal.NotePrecise:
		p.Preparing(n.Kind + ": " + n.Text)
	case journal.NoteKept, journal.NoteQuarantined, journal.NoteRepeated:
		p.clear()
		fmt.Fprintln(p.out, oneline.Of(n.Kind+": "+n.Text))
	case journal.NoteResumed:
		p.Preparing("resumed " + n.Text)
	}
}

// clear removes the line. It writes blanks over it, which every terminal understands.
func (p *progress) clear() {
	if p.shown > 0 {
		fmt.Fprintf(bare(p.out), "\r%*s\r", p.shown, "")
		p.shown = 0
	}
}

// Close removes the line.
func (p *progress) Close() { p.clear() }
