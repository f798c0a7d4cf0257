//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/sys/unix"

	"iosweep/journal"
)

// A terminal is a pseudo terminal with a running program: pty(7).
type terminal struct {
	dir    string
	cmd    *exec.Cmd
	master *os.File

	mu      sync.Mutex
	written []byte        // all bytes that were written to the terminal
	over    chan struct{} // closed when no process has the terminal open
}

// startOnTerminal starts a program on a new terminal of 120 columns.
func startOnTerminal(t *testing.T, dir string, name string, args ...string) *terminal {
	t.Helper()
	return startOnTerminalOf(t, 120, dir, name, args...)
}

// startOnTerminalOf starts a program on a new terminal, as a terminal emulator does. The
// program is the session leader, and the terminal is its controlling terminal.
func startOnTerminalOf(t *testing.T, columns uint16, dir string, name string, args ...string) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there are no pseudo terminals: %v", err)
	}
	fd := int(master.Fd())
	noError(t, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)) // unlockpt(3)
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)          // ptsname(3)
	noError(t, err)
	noError(t, unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: columns}))
	slave, err := os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|unix.O_NOCTTY, 0)
	noError(t, err)
	defer slave.Close()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	colourful := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "NO_COLOR=") })
	cmd.Env = append(colourful, "WORK="+dir, "TERM=xterm")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	noError(t, cmd.Start())
	term := &terminal{dir: dir, cmd: cmd, master: master, over: make(chan struct{})}
	t.Cleanup(func() { _ = cmd.Process.Kill(); master.Close() })
	go term.read()
	return term
}

// read reads until the last process has closed the terminal. Then the master gets EIO.
func (term *terminal) read() {
	defer close(term.over)
	buf := make([]byte, 4096)
	for {
		n, err := term.master.Read(buf)
		term.mu.Lock()
		term.written = append(term.written, buf[:n]...)
		term.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// text returns all text that was written so far.
func (term *terminal) text() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return string(term.written)
}

// shows waits until this text was written to the terminal.
func (term *terminal) shows(t *testing.T, text string) {
	t.Helper()
	eventually(t, "the terminal shows "+strconv.Quote(text), func() bool { return strings.Contains(term.text(), text) })
}

// counted matches the count of the progress bar after at least one trial. The bar is not
// drawn for every trial, so no particular number is certain to appear.
var counted = regexp.MustCompile(`\([1-9][0-9]*/[0-9]+\)`)

// counts waits until the progress bar shows a completed trial.
func (term *terminal) counts(t *testing.T) {
	t.Helper()
	eventually(t, "the bar counts a trial", func() bool { return counted.MatchString(term.text()) })
}

// types sends keys to the program.
func (term *terminal) types(t *testing.T, keys string) {
	t.Helper()
	_, err := term.master.WriteString(keys)
	noError(t, err)
}

// leaveAlone turns off the echo of the terminal and the flush at Ctrl-C: termios(3). Without
// it, a Ctrl-C could discard the last line of the program before the test reads it.
func (term *terminal) leaveAlone(t *testing.T) {
	t.Helper()
	fd := int(term.master.Fd())
	settings, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	noError(t, err)
	settings.Lflag &^= unix.ECHO
	settings.Lflag |= unix.NOFLSH
	noError(t, unix.IoctlSetTermios(fd, unix.TCSETS, settings))
}

// exitsWith waits for the program, checks its exit code, and returns the lines of the screen.
// It checks that the cursor is visible and at the beginning of an empty line.
func (term *terminal) exitsWith(t *testing.T, code int) (lines []string) {
	t.Helper()
	<-term.over
	if got := exitCodeOf(term.cmd.Wait()); got != code {
		t.Errorf("exit code %d, want %d", got, code)
	}
	output := term.text()
	if hide, show := strings.LastIndex(output, "\x1b[?25l"), strings.LastIndex(output, "\x1b[?25h"); hide > show {
		t.Error("the cursor is hidden")
	}
	lines = screen(output)
	if last := lines[len(lines)-1]; last != "" {
		t.Errorf("the cursor is in the line %q", last)
	}
	if t.Failed() {
		t.Logf("the screen:\n%s", strings.Join(lines, "\n"))
	}
	return lines
}

var escape = regexp.MustCompile(`^\x1b\[[0-9;?]*[A-Za-z]`)

// screen returns the lines that a terminal shows after text was written to it. It handles
// line feeds, carriage returns and the erasure of lines. The last line contains the cursor.
func screen(text string) (lines []string) {
	var line []rune
	column := 0
	for text != "" {
		if found := escape.FindString(text); found != "" {
			switch {
			case strings.HasSuffix(found, "2K"):
				line = nil
			case strings.HasSuffix(found, "K"):
				line = line[:min(column, len(line))]
			}
			text = text[len(found):]
			continue
		}
		r := []rune(text)[0]
		text = text[len(string(r)):]
		switch r {
		case '\r':
			column = 0
		case '\n':
			lines = append(lines, strings.TrimRight(string(line), " "))
			line, column = nil, 0
		default:
			for len(line) <= column {
				line = append(line, ' ')
			}
			line[column] = r
			column++
		}
	}
	return append(lines, strings.TrimRight(string(line), " "))
}

// checkLine checks that a line of the screen begins with text.
func checkLine(t *testing.T, lines []string, text string) {
	t.Helper()
	for _, line := range lines {
		if strings.HasPrefix(line, text) {
			return
		}
	}
	t.Errorf("no line begins with %q:\n%s", text, strings.Join(lines, "\n"))
}

func (term *terminal) live() *liveRun { return &liveRun{dir: term.dir, cmd: term.cmd} }

// TestScreen tests the function screen.
func TestScreen(t *testing.T) {
	got := screen("one\r\nlonger\rshort\r\nbar [=>]\r\x1b[Kmessage\r\nab\r\x1b[2K\rc")
	if want := "one|shortr|message|c"; strings.Join(got, "|") != want {
		t.Errorf("%q, want %q", strings.Join(got, "|"), want)
	}
}

// TestControlC types Ctrl-C and Ctrl-\. Neither may print all goroutines or leave the run
// directory behind.
func TestControlC(t *testing.T) {
	for name, key := range map[string]struct {
		typed string
		code  int
	}{"interrupt": {"\x03", 130}, "quit": {"\x1c", 131}} {
		t.Run(name, func(t *testing.T) {
			if name != "interrupt" {
				skipIfShort(t)
			}
			t.Parallel()
			dir := experimentDir(t, endless)
			term := startOnTerminal(t, dir, "iosweep", "run", "x.yaml", "-o", "out")
			term.counts(t)
			term.types(t, key.typed)
			lines := term.exitsWith(t, key.code)
			checkLine(t, lines, "iosweep: interrupted: ")
			if text := term.text(); !counted.MatchString(text) || strings.Contains(text, "goroutine ") {
				t.Errorf("no progress bar, or a dump of goroutines:\n%q", text)
			}
			term.live().checkCleanedUp(t)
		})
	}
}

func TestControlCTwice(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	// As in signalledTwice: if the files are removed too early, use more files.
	for files := 8000; files < 200_000; files *= 2 {
		dir := experimentDir(t, strings.Replace(endless, "files: 40, lines: 20", fmt.Sprintf("files: %d, lines: 1", files), 1))
		term := startOnTerminal(t, dir, "iosweep", "run", "x.yaml", "-o", "out")
		term.leaveAlone(t)
		term.counts(t)
		eventually(t, "the program ends", func() bool {
			term.types(t, "\x03") // shortly after the first one they do not count
			return stateOf(term.cmd.Process.Pid) == "Z"
		})
		lines := term.exitsWith(t, 130)
		if strings.Contains(term.text(), "iosweep: interrupted: ") {
			continue
		}
		checkLine(t, lines, "iosweep: ended at once by a second signal (interrupt)")
		term.live().checkNoProcesses(t)
		term.live().journal(t)
		return
	}
	t.Error("the program always ended before the second Ctrl-C")
}

// TestControlZ stops the run in a shell with job control, and continues it. The current trial
// is repeated, and the run completes.
func TestControlZ(t *testing.T) {
	t.Parallel()
	dir := experimentDir(t, experimentOnHold(slow))
	writeFile(t, filepath.Join(dir, "hold"), "")
	term := startOnTerminal(t, dir, "sh", "-mc", `iosweep run x.yaml -o out; echo "then $?"; fg; echo "in the end $?"`)
	l := term.live()
	l.process(t, `slow\.sh`)
	term.types(t, "\x1a")
	term.shows(t, "then 148") // 128 + SIGTSTP
	l.release(t)
	term.shows(t, "in the end ")
	lines := term.exitsWith(t, 0)
	checkLine(t, lines, "in the end 0")
	checkLine(t, lines, journal.NoteRepeated+": ")
	l.checkCleanedUp(t)
	log := l.journal(t)
	if len(log.Trials) != 2 {
		t.Errorf("%d trials in the journal", len(log.Trials))
	}
	for _, trial := range log.Trials {
		if trial.Status != journal.OK {
			t.Errorf("trial %d: %s: %s", trial.Trial, trial.Status, trial.Error)
		}
	}
}

// TestHangUp closes the terminal.
func TestHangUp(t *testing.T) {
	t.Parallel()
	dir := experimentDir(t, endless)
	term := startOnTerminal(t, dir, "iosweep", "run", "x.yaml", "-o", "out")
	term.counts(t)
	noError(t, term.master.Close())
	if got := exitCodeOf(term.cmd.Wait()); got != 129 {
		t.Errorf("exit code %d, expected 129", got)
	}
	l := term.live()
	l.checkCleanedUp(t)
	log := l.journal(t)
	if n := len(log.Notes); n == 0 || log.Notes[n-1].Kind != journal.NoteInterrupted {
		t.Errorf("notes: %+v", log.Notes)
	}
}

// TestNarrowTerminal runs an experiment on a terminal of 40 columns. No line is wider, except one
// with a path that has more columns.
func TestNarrowTerminal(t *testing.T) {
	t.Parallel()
	dir := experimentDir(t, small)
	term := startOnTerminalOf(t, 40, dir, "iosweep", "run", "x.yaml", "-o", "out")
	lines := term.exitsWith(t, exitFailures)
	for _, line := range lines {
		if text.StringWidthWithoutEscSequences(line) > 40 && !strings.Contains(line, dir) {
			t.Errorf("a line has more than 40 columns: %q", line)
		}
	}
	checkLine(t, lines, "[2/4] measured 1: 2 trials, 1 failed,")
	checkLine(t, lines, "  iosweep resume out --retry-failed")
	for redrawn := range strings.SplitSeq(term.text(), "\r") {
		if bar, _, _ := strings.Cut(redrawn, "\n"); text.StringWidthWithoutEscSequences(bar) > 40 && !strings.Contains(bar, dir) {
			t.Errorf("a redrawn line has more than 40 columns: %q", bar)
		}
	}
	if !counted.MatchString(term.text()) {
		t.Error("the progress line counts no trial")
	}
}

// TestContenderOutputIsEscapedOnTerminal: a contender prints several lines with escape
// sequences on standard error. The screen shows them as text on one line above the progress
// bar. The contender cannot open the terminal as /dev/tty.
func TestContenderOutputIsEscapedOnTerminal(t *testing.T) {
	t.Parallel()
	dir := experimentDir(t, `
name: rude
workload: {files: 3, lines: 2}
grid: {operation: copy, strategy: [sequential, rude]}
trials: {repeats: 3, warmup: 0, retries: 0, order: listed}
workspace: ws
commands:
  rude: {operation: copy, run: [sh, '{here}/rude.sh', '{output}']}
`)
	writeFile(t, filepath.Join(dir, "rude.sh"), `
echo owned >/dev/tty
: >"$1/$(printf 'file\nwith\033[2Jname')"
: >"$1/../$(printf 'stray\n\033[2J')"
printf 'first line\nPS1=\033]0;title\007\033[2J\033[H\r\033[31mlast line' >&2
exit 7
`)
	term := startOnTerminal(t, dir, "iosweep", "run", "x.yaml", "-o", "out")
	lines := term.exitsWith(t, exitFailures)
	checkLine(t, lines, `failed: copy/strategy=rude: rude: exit status 7: PS1=\x1b]0;title\a\x1b[2J\x1b[H \x1b[31mlast line`)
	text := term.text()
	for _, sequence := range []string{"\x1b]", "\x1b[2J", "\x1b[H", "\x1b[31mlast", "\x07", "owned"} {
		if strings.Contains(text, sequence) {
			t.Errorf("the terminal received %q:\n%q", sequence, text)
		}
	}
	term.live().checkCleanedUp(t)
}
