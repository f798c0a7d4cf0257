package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/runner"
)

// A progress reports the trials of a run to the user. The rules are:
//
//   - Progress goes to standard error. Standard output is for results.
//   - On a terminal, one line is redrawn and shows the remaining time. Above it, each
//     completed round has a line.
//   - Elsewhere, a completed round has a line if the last such line is at least roundPause
//     old. So the log of a long run stays short. The last round always has a line.
//   - With --progress trials, each trial has a line instead of each round.
//   - A failure is reported at once and stays visible.
//   - --progress none hides everything except warnings and notes about kept, quarantined
//     and repeated trials.
//   - The journal contains everything that is reported here.
//   - Text from contenders and file names is put on one line, and its control
//     characters are escaped.
type progress struct {
	out    io.Writer
	quiet  bool
	trials bool // each trial has a line
	live   bool // redraw one line
	shown  int  // the width of the progress line that is on the terminal

	names   cellNames
	last    string // the result of the latest trial
	round   round  // the current round
	printed time.Time

	// mu protects everything above while a trial runs: redraw is called from another goroutine.
	mu    sync.Mutex
	at    runner.TrialInfo // the current trial, or the latest one
	done  int              // completed trials of the plan, with earlier sessions
	begun time.Time        // when the current trial began
	stop  chan struct{}    // ends the redrawing of the line; nil before the first trial
}

var _ runner.Progress = (*progress)(nil)

// The values of --progress.
const (
	progressRounds = "rounds"
	progressTrials = "trials"
	progressNone   = "none"
)

// roundPause is the shortest time between the lines of two rounds in a log.
const roundPause = 30 * time.Second

func newProgress(out io.Writer, detail string) *progress {
	quiet := detail == progressNone
	return &progress{out: out, quiet: quiet, trials: detail == progressTrials, live: !quiet && !plain() && ttyOf(out) != nil}
}

// A round counts the trials of one round in this session.
type round struct {
	phase          journal.Phase
	number         int
	trials, failed int
}

// Warn prints a warning.
func (p *progress) Warn(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	fmt.Fprintln(p.out, "warning: "+oneline.Of(text))
}

// Preparing prints the name of a step that may take some time.
func (p *progress) Preparing(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.prepare(what)
}

func (p *progress) prepare(what string) {
	if !p.quiet {
		p.clear()
		fmt.Fprintln(p.out, what)
	}
}

// Begun reports the round that ended with the previous trial. On a terminal it redraws the
// progress line.
func (p *progress) Begun(t runner.TrialInfo) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.round.phase != t.Phase || p.round.number != t.Round {
		p.endRound(t)
		p.round = round{phase: t.Phase, number: t.Round}
	}
	p.at, p.begun, p.done = t, time.Now(), t.Number-1
	if !p.live {
		return
	}
	if p.stop == nil {
		p.stop = make(chan struct{})
		go p.redrawEachSecond(p.stop)
	}
	p.draw(t)
}

// redrawEachSecond draws the line again during a trial, so that the remaining time decreases.
func (p *progress) redrawEachSecond(stop <-chan struct{}) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-ticker.C:
			p.redraw(now)
		}
	}
}

// redraw draws the line again with the time that remains now. It draws nothing if the line is not
// on the terminal.
func (p *progress) redraw(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown == 0 {
		return
	}
	t := p.at
	if t.Remaining > 0 { // 0 means unknown
		t.Remaining = max(time.Second, t.Remaining-now.Sub(p.begun))
	}
	if t.Budget > 0 {
		t.Budget = max(time.Second, t.Budget-now.Sub(p.begun))
	}
	p.draw(t)
}

func (p *progress) draw(t runner.TrialInfo) {
	p.clear()
	line := p.bar(t, t.Cell.String(), widthOf(p.out, 80)-1) // a full line would move the cursor to the next one
	p.shown = text.StringWidthWithoutEscSequences(line)
	fmt.Fprint(bare(p.out), line)
}

// endRound prints a line for the completed round. next is the first trial of the next round.
func (p *progress) endRound(next runner.TrialInfo) {
	if p.live || time.Since(p.printed) >= roundPause {
		p.printRound(next.Number-1, next.Of, ", "+timesLeft(next))
	}
}

// printRound prints a line for the current round after a number of trials of the plan.
func (p *progress) printRound(done, of int, timeLeft string) {
	r := p.round
	if r.trials == 0 || p.quiet || p.trials {
		return
	}
	p.printed = time.Now()
	failed := ""
	if r.failed > 0 {
		failed = fmt.Sprintf(", %d failed", r.failed)
	}
	p.clear()
	fmt.Fprintf(p.out, "[%d/%d] %s %d: %s%s%s\n", done, of, r.phase, r.number, units.Count(r.trials, "trial"), failed, timeLeft)
}

// bar returns the progress line: the share of the completed trials, the remaining time, the
// result of the latest trial, and the current cell. It is not wider than width, because a
// wrapped line cannot be redrawn.
func (p *progress) bar(t runner.TrialInfo, cell string, width int) string {
	done := t.Number - 1 // counts the trials of earlier sessions, too
	head := fmt.Sprintf("(%d/%d) %s, ", done, t.Of, timesLeft(t))
	for _, more := range []string{
		fmt.Sprintf("%3d%% |%-10s| %s%s%s %d, ", 100*done/max(1, t.Of), strings.Repeat("█", 10*done/max(1, t.Of)), head, p.last, t.Phase, t.Round),
		head + p.last,
	} {
		if width-text.StringWidth(more) >= min(p.names.longest, widestName) {
			head = more
			break
		}
	}
	return text.Snip(head+p.names.fit(cell, width-text.StringWidth(head)), width, "…")
}

// widestName is the number of columns that the progress line leaves for the longest name of a
// cell. If more figures would leave less, the line has fewer.
const widestName = 40

// cellNames are the names of the cells of a run. In a narrow line they have a short form.
type cellNames struct {
	full    []string
	varying []string                  // without axes that do not vary
	levels  []string                  // then without the names of the axes, too
	longest int                       // the width of the longest of levels
	short   map[int]map[string]string // by width and full name
}

// cellNamesOf returns the names of cells for a progress line.
func cellNamesOf(cells []journal.Cell) cellNames {
	c := cellNames{short: map[int]map[string]string{}}
	for i := range cells {
		c.full = append(c.full, oneline.Of(cells[i].Name))
	}
	c.varying = withoutConstants(c.full)
	c.levels = distinctly(c.varying, withoutAxes(c.varying))
	for _, name := range c.levels {
		c.longest = max(c.longest, text.StringWidth(name))
	}
	return c
}

// fit returns the name of a cell with at most width columns. Different cells keep different
// names.
func (c *cellNames) fit(name string, width int) string {
	name = oneline.Of(name)
	if text.StringWidth(name) <= width || !slices.Contains(c.full, name) {
		return text.Snip(name, width, "…")
	}
	if c.short[width] == nil {
		c.short[width] = map[string]string{}
		shortest := format.Distinct(c.levels, width)
		for i, full := range c.full {
			c.short[width][full] = shortest[i]
			if text.StringWidth(c.varying[i]) <= width {
				c.short[width][full] = c.varying[i]
			}
		}
	}
	return c.short[width][name]
}

// distinctly returns the short names, or the long ones if two short ones are equal.
func distinctly(long, short []string) []string {
	seen := map[string]bool{}
	for _, name := range short {
		seen[name] = true
	}
	if len(seen) < len(long) {
		return long
	}
	return short
}

// withoutConstants removes from the names of cells each axis that has the same level in all cells
// that name it, unless two names would become equal.
func withoutConstants(names []string) []string {
	levels := map[string]map[string]bool{} // by axis; the operation has none
	for _, name := range names {
		for _, part := range strings.Split(name, "/") {
			axis := axisOf(part)
			if levels[axis] == nil {
				levels[axis] = map[string]bool{}
			}
			levels[axis][part] = true
		}
	}
	for _, axis := range slices.Sorted(maps.Keys(levels)) {
		if len(levels[axis]) > 1 {
			continue
		}
		short := make([]string, len(names))
		for i, name := range names {
			short[i] = strings.Join(slices.DeleteFunc(strings.Split(name, "/"), func(part string) bool { return axisOf(part) == axis }), "/")
		}
		names = distinctly(names, short)
	}
	return names
}

func axisOf(part string) string {
	axis, _, found := strings.Cut(part, "=")
	if !found {
		return ""
	}
	return axis
}

// withoutAxes removes the names of axes from the names of cells, so that only levels remain.
func withoutAxes(names []string) []string {
	short := make([]string, len(names))
	for i, name := range names {
		parts := strings.Split(name, "/")
		for j, part := range parts {
			if _, level, found := strings.Cut(part, "="); found {
				parts[j] = level
			}
		}
		short[i] = strings.Join(parts, "/")
	}
	return short
}

// widthOf returns the width of the terminal that a stream writes to, or other if it is none.
func widthOf(w io.Writer, other int) int {
	if f := ttyOf(w); f != nil {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return other
}

// Ended prints a line for a failed trial, and with --progress trials for every trial.
func (p *progress) Ended(t runner.TrialInfo, trial journal.Trial) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done = t.Number
	p.round.trials++
	p.last = result(trial) + ", "
	failed := trial.Status != journal.OK
	if failed && !trial.Void {
		p.round.failed++
	}
	switch {
	case p.quiet:
	case p.trials, failed && !p.live:
		p.clear()
		fmt.Fprintln(p.out, oneline.Of(line(t, trial)))
	case failed:
		p.clear()
		fmt.Fprintln(p.out, oneline.Of(fmt.Sprintf("%s: %s: %s", outcome(trial), trial.Name, trial.Error)))
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
	return head + result(trial) + "  " + timesLeft(t)
}

// result describes how a trial ended: by its time, or by its outcome.
func result(trial journal.Trial) string {
	if trial.Status != journal.OK {
		return outcome(trial)
	}
	seconds := format.Seconds(estimate.Of(trial.Measurement.Seconds))
	if trial.Outcome() == journal.XFail {
		return seconds + "  " + string(journal.XFail)
	}
	return seconds
}

// outcome describes how an unsuccessful trial ended.
func outcome(trial journal.Trial) string {
	if trial.Void {
		return "to be repeated" // a void trial does not count as a failure of its cell
	}
	return string(trial.Status)
}

// timesLeft formats the estimated remaining time of the plan, and the rest of the budget.
func timesLeft(t runner.TrialInfo) string {
	if t.Budget == 0 {
		return timeLeft(t.Remaining)
	}
	return timeLeft(t.Remaining) + ", " + timeLeft(t.Budget) + " of the budget"
}

// timeLeft formats the estimated remaining time.
func timeLeft(d time.Duration) string {
	if d == 0 {
		return "time left unknown"
	}
	return (d + time.Second - 1).Truncate(time.Second).String() + " left" // rounded up, because "0s left" looks like the end
}

// Noted prints a note of the journal. The command itself prints the end of the run and its
// warnings.
func (p *progress) Noted(n journal.Note) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch n.Kind {
	case journal.NotePrecise, journal.NoteRace, journal.NoteInterpreter:
		p.prepare(n.Kind + ": " + n.Text)
	case journal.NoteKept, journal.NoteQuarantined, journal.NoteRepeated:
		p.clear()
		fmt.Fprintln(p.out, oneline.Of(n.Kind+": "+n.Text))
	case journal.NoteResumed:
		p.prepare("resumed " + n.Text)
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

// Close removes the progress line, and prints a line for the last round.
func (p *progress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil {
		close(p.stop)
		p.stop = nil
	}
	budget := ""
	if left := p.at.Budget - time.Since(p.begun); left > 0 {
		budget = ", " + timeLeft(left) + " of the budget"
	}
	p.printRound(p.done, p.at.Of, budget)
	p.round = round{}
	p.clear()
}
