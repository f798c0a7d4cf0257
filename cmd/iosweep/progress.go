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

// A progress reports the trials of a run to the user. The rules are:
//
//   - Progress goes to standard error. Standard output is for results.
//   - On a terminal, one line is redrawn and shows the remaining time. Elsewhere
//     each trial has a line, so that a log can be read and searched.
//   - A failure is reported at once, above the progress line, and stays visible.
//   - --quiet hides everything except warnings and notes about kept, quarantined
//     and repeated trials.
//   - The journal contains everything that is reported here.
//   - Text from contenders and file names is put on one line, and its control
//     characters are escaped.
type progress struct {
	out   io.Writer
	quiet bool
	live  bool // redraw one line; if false, each trial has a line
	shown int  // the width of the progress line that is on the terminal
}

var _ runner.Progress = (*progress)(nil)

func newProgress(out io.Writer, quiet bool) *progress {
	return &progress{out: out, quiet: quiet, live: !quiet && !plain() && ttyOf(out) != nil}
}

// Warn prints a warning.
func (p *progress) Warn(text string) {
	p.clear()
	fmt.Fprintln(p.out, "warning: "+oneline.Of(text))
}

// Preparing prints the name of a step that may take some time.
func (p *progress) Preparing(what string) {
	if !p.quiet {
		p.clear()
		fmt.Fprintln(p.out, what)
	}
}

// Begun redraws the progress line at the start of a trial.
func (p *progress) Begun(t runner.TrialInfo) {
	if !p.live {
		return
	}
	done := t.Number - 1 // counts the trials of earlier sessions, too
	bar := strings.Repeat("█", 10*done/max(1, t.Of))
	line := fmt.Sprintf("%3d%% |%-10s| (%d/%d) %s", 100*done/max(1, t.Of), bar, done, t.Of,
		oneline.Of(fmt.Sprintf("%s, %s %d, %s", timeLeft(t.Remaining), t.Phase, t.Round, t.Cell)))
	p.clear()
	line = fit(p.out, line)
	p.shown = text.StringWidthWithoutEscSequences(line)
	fmt.Fprint(bare(p.out), line)
}

// fit shortens a line to the width of the terminal, because a wrapped line cannot be
// redrawn.
func fit(out io.Writer, line string) string {
	width := 80
	if f := ttyOf(out); f != nil {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			width = w
		}
	}
	return text.Snip(line, width-1, "...")
}

// Ended prints a line for the trial if no line is redrawn. Failures are printed in both
// cases.
func (p *progress) Ended(t runner.TrialInfo, trial journal.Trial) {
	if trial.Status != journal.OK && p.live {
		p.clear()
		fmt.Fprintln(p.out, oneline.Of(fmt.Sprintf("%s: %s: %s", outcome(trial), trial.Name, trial.Error)))
	}
	if !p.live && !p.quiet {
		fmt.Fprintln(p.out, oneline.Of(line(t, trial)))
	}
}

// line describes a trial in one line of a log.
func line(t runner.TrialInfo, trial journal.Trial) string {
	head := fmt.Sprintf("[%d/%d] %s %d  %s  ", t.Number, t.Of, t.Phase, t.Round, trial.Name)
	if t.Attempt > 1 {
		head += fmt.Sprintf("attempt %d  ", t.Attempt)
	}
	if trial.Status != journal.OK {
		return head + outcome(trial) + ": " + trial.Error
	}
	result := ""
	if trial.Outcome() == journal.XFail {
		result = "  " + string(journal.XFail)
	}
	return head + fmt.Sprintf("%.4gs%s  %s", trial.Measurement.Seconds, result, timeLeft(t.Remaining))
}

// outcome describes how an unsuccessful trial ended.
func outcome(trial journal.Trial) string {
	if trial.Void {
		return "to be repeated" // a void trial does not count as a failure of its cell
	}
	return string(trial.Status)
}

// timeLeft formats the estimated remaining time.
func timeLeft(d time.Duration) string {
	if d == 0 {
		return "time left unknown"
	}
	return d.Round(time.Second).String() + " left"
}

// Noted prints a note of the journal. The command itself prints the end of the run and its
// warnings.
func (p *progress) Noted(n journal.Note) {
	switch n.Kind {
	case journal.NotePrecise, journal.NoteInterpreter:
		p.Preparing(n.Kind + ": " + n.Text)
	case journal.NoteKept, journal.NoteQuarantined, journal.NoteRepeated:
		p.clear()
		fmt.Fprintln(p.out, oneline.Of(n.Kind+": "+n.Text))
	case journal.NoteResumed:
		p.Preparing("resumed " + n.Text)
	}
}

// clear removes the progress line. It overwrites the line with spaces, which works on
// every terminal.
func (p *progress) clear() {
	if p.shown > 0 {
		fmt.Fprintf(bare(p.out), "\r%*s\r", p.shown, "")
		p.shown = 0
	}
}

// Close removes the progress line.
func (p *progress) Close() { p.clear() }
