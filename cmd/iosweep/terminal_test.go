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

	"golang.org/x/sys/unix"

	"iosweep/journal"
)

// A terminal is a pseudo terminal with a program at it, and what stands on its screen:
// pty(7).
type terminal struct {
	dir    string
	cmd    *exec.Cmd
	master *os.File

	mu   sync.Mutex
	said []byte        // all of it, as it was written
	over chan struct{} // closed when nobody has the terminal open any more
}

// at starts a program at a terminal of its own, as a terminal emulator would: it leads
// the session, and the terminal controls it.
func at(t *testing.T, dir string, name string, args ...string) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there are no pseudo terminals: %v", err)
	}
	fd := int(master.Fd())
	must0(t, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)) // unlockpt(3)
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)        // ptsname(3)
	must0(t, err)
	must0(t, unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 120}))
	slave, err := os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|unix.O_NOCTTY, 0)
	must0(t, err)
	defer slave.Close()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	colourful := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "NO_COLOR=") })
	cmd.Env = append(colourful, "WORK="+dir, "TERM=xterm")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	must0(t, cmd.Start())
	term := &terminal{dir: dir, cmd: cmd, master: master, over: make(chan struct{})}
	t.Cleanup(func() { _ = cmd.Process.Kill(); master.Close() })
	go term.read()
	return term
}

// read takes what is written until the last process has closed the terminal, which
// master ends are told of by EIO.
func (term *terminal) read() {
	defer close(term.over)
	buf := make([]byte, 4096)
	for {
		n, err := term.master.Read(buf)
		term.mu.Lock()
		term.said = append(term.said, buf[:n]...)
		term.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (term *terminal) text() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return string(term.said)
}

// shows waits until the terminal has been written a text.
func (term *terminal) shows(t *testing.T, text string) {
	t.Helper()
	eventually(t, "the terminal shows "+strconv.Quote(text), func() bool { return strings.Contains(term.text(), text) })
}

// counted is the count of the bar, once a trial has ended. The bar is not drawn for every
// trial, so no number is certain to be seen.
var counted = regexp.MustCompile(`\([1-9][0-9]*/[0-9]+\)`)

// counts waits until the bar shows that a trial has ended.
func (term *terminal) counts(t *testing.T) {
	t.Helper()
	eventually(t, "the bar counts a trial", func() bool { return counted.MatchString(term.text()) })
}

func (term *terminal) types(t *testing.T, keys string) {
	t.Helper()
	_, err := term.master.WriteString(keys)
	must0(t, err)
}

// leaveAlone has the terminal neither show what is typed nor, at a Ctrl-C, throw away
// what the program has written: termios(3). A Ctrl-C may be typed after the program's
// last line, and before that is read.
func (term *terminal) leaveAlone(t *testing.T) {
	t.Helper()
	fd := int(term.master.Fd())
	settings, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	must0(t, err)
	settings.Lflag &^= unix.ECHO
	settings.Lflag |= unix.NOFLSH
	must0(t, unix.IoctlSetTermios(fd, unix.TCSETS, settings))
}

// ends waits for the program and returns the lines of the screen. It checks that the
// terminal was left as it was found: with its cursor to be seen, at the beginning of a
// line that is empty.
func (term *terminal) ends(t *testing.T, code int) (lines []string) {
	t.Helper()
	<-term.over
	if got := exitCodeOf(term.cmd.Wait()); got != code {
		t.Errorf("exit code %d, expected %d", got, code)
	}
	said := term.text()
	if hide, show := strings.LastIndex(said, "\x1b[?25l"), strings.LastIndex(said, "\x1b[?25h"); hide > show {
		t.Error("the cursor is hidden")
	}
	lines = screen(said)
	if last := lines[len(lines)-1]; last != "" {
		t.Errorf("the cursor stands in the line %q", last)
	}
	if t.Failed() {
		t.Logf("the screen:\n%s", strings.Join(lines, "\n"))
	}
	return lines
}

var escape = regexp.MustCompile(`^\x1b\[[0-9;?]*[A-Za-z]`)

// screen is what a terminal shows after text has been written to it, as far as lines,
// their beginnings and their erasure are concerned. The last line is that of the cursor.
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

// begins says that the screen has a line that begins so.
func begins(t *testing.T, lines []string, text string) {
	t.Helper()
	for _, line := range lines {
		if strings.HasPrefix(line, text) {
			return
		}
	}
	t.Errorf("no line begins with %q:\n%s", text, strings.Join(lines, "\n"))
}

func (term *terminal) live() *live { return &live{dir: term.dir, cmd: term.cmd} }

// TestScreen is about the screen of these tests.
func TestScreen(t *testing.T) {
	got := screen("one\r\nlonger\rshort\r\nbar [=>]\r\x1b[Kmessage\r\nab\r\x1b[2K\rc")
	if want := "one|shortr|message|c"; strings.Join(got, "|") != want {
		t.Errorf("%q, want %q", strings.Join(got, "|"), want)
	}
}

// TestControlC types what ends a program: Ctrl-C, and Ctrl-\, which must not end it with
// a dump of goroutines and leave the workspace.
func TestControlC(t *testing.T) {
	for name, key := range map[string]struct {
		typed string
		code  int
	}{"interrupt": {"\x03", 130}, "quit": {"\x1c", 131}} {
		t.Run(name, func(t *testing.T) {
			if name != "interrupt" {
				long(t)
			}
			t.Parallel()
			dir := place(t, endless)
			term := at(t, dir, "iosweep", "run", "x.yaml", "-o", "out")
			term.counts(t)
			term.types(t, key.typed)
			lines := term.ends(t, key.code)
			begins(t, lines, "iosweep: interrupted: ")
			if text := term.text(); !counted.MatchString(text) || strings.Contains(text, "goroutine ") {
				t.Errorf("there was no bar, or a dump of goroutines:\n%q", text)
			}
			term.live().leavesNothing(t)
		})
	}
}

func TestControlCTwice(t *testing.T) {
	long(t)
	t.Parallel()
	// As in endedTwice: what is removed too soon tests nothing.
	for files := 8000; files < 200_000; files *= 2 {
		dir := place(t, strings.Replace(endless, "files: 40, lines: 20", fmt.Sprintf("files: %d, lines: 1", files), 1))
		term := at(t, dir, "iosweep", "run", "x.yaml", "-o", "out")
		term.leaveAlone(t)
		term.counts(t)
		eventually(t, "it ends", func() bool {
			term.types(t, "\x03") // those that come together count as one
			return stateOf(term.cmd.Process.Pid) == "Z"
		})
		lines := term.ends(t, 130)
		if strings.Contains(term.text(), "iosweep: interrupted: ") {
			continue
		}
		begins(t, lines, "iosweep: ended at once by a second signal (interrupt)")
		term.live().noneLeft(t)
		term.live().journal(t)
		return
	}
	t.Error("it ended before the second Ctrl-C, which tests nothing")
}

// TestControlZ stops the run in a shell with job control, and takes it up again: the
// trial in flight is done again, and the run comes to its end.
func TestControlZ(t *testing.T) {
	t.Parallel()
	dir := place(t, lasting(slow))
	writeFile(t, filepath.Join(dir, "hold"), "")
	term := at(t, dir, "sh", "-mc", `iosweep run x.yaml -o out; echo "then $?"; fg; echo "in the end $?"`)
	l := term.live()
	l.process(t, `slow\.sh`)
	term.types(t, "\x1a")
	term.shows(t, "then 148") // 128 + SIGTSTP
	l.release(t)
	term.shows(t, "in the end ")
	lines := term.ends(t, 0)
	begins(t, lines, "in the end 0")
	begins(t, lines, journal.NoteRepeated+": ")
	l.leavesNothing(t)
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
	dir := place(t, endless)
	term := at(t, dir, "iosweep", "run", "x.yaml", "-o", "out")
	term.counts(t)
	must0(t, term.master.Close())
	if got := exitCodeOf(term.cmd.Wait()); got != 129 {
		t.Errorf("exit code %d, expected 129", got)
	}
	l := term.live()
	l.leavesNothing(t)
	log := l.journal(t)
	if n := len(log.Notes); n == 0 || log.Notes[n-1].Kind != journal.NoteInterrupted {
		t.Errorf("notes: %+v", log.Notes)
	}
}

// TestTerminalIsNotObeyed: what a contender says on standard error, over several lines
// and with escape sequences, stands on the screen as text, on a line of its own above
// the bar. Nor does a contender reach the terminal by its name.
func TestTerminalIsNotObeyed(t *testing.T) {
	t.Parallel()
	dir := place(t, `
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
	term := at(t, dir, "iosweep", "run", "x.yaml", "-o", "out")
	lines := term.ends(t, exitFailures)
	begins(t, lines, `failed: copy/strategy=rude: rude: exit status 7: PS1=\x1b]0;title\a\x1b[2J\x1b[H \x1b[31mlast line`)
	text := term.text()
	for _, sequence := range []string{"\x1b]", "\x1b[2J", "\x1b[H", "\x1b[31mlast", "\x07", "owned"} {
		if strings.Contains(text, sequence) {
			t.Errorf("the terminal was sent %q:\n%q", sequence, text)
		}
	}
	term.live().leavesNothing(t)
}
