package journal

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"

	"iosweep/internal/regular"
)

// ErrNoRun says of a journal that its first line was never written whole:
// nothing was measured yet.
var ErrNoRun = errors.New("it holds no run: its first line was never written whole")

// A DamageError says that a journal is damaged elsewhere than at its torn end.
// Nothing after the damage is trusted, and nothing is to be written behind it.
type DamageError struct {
	Line   int
	Offset int64 // of the line's first byte
	Reason string
}

func (e *DamageError) Error() string {
	text := fmt.Sprintf("line %d, at byte %d, is damaged: %s", e.Line, e.Offset, e.Reason)
	if e.Line > 1 {
		text += fmt.Sprintf("; the %d before it are whole: to go on from there, keep a copy and cut the file to its first %d bytes", e.Line-1, e.Offset)
	}
	return text
}

// A newerError says that a journal is not damaged but too new.
type newerError struct{ version int }

func (e *newerError) Error() string {
	return fmt.Sprintf("it is of format %d and this iosweep reads up to %d: use a newer one", e.version, FormatVersion)
}

// ReadDir reads the journal of a run's directory.
func ReadDir(dir string) (*Log, error) { return ReadFile(filepath.Join(dir, FileName)) }

// ReadFile reads a journal by its own path.
func ReadFile(path string) (*Log, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	log, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return log, nil
}

// Read reads a journal. Damage is a *DamageError; a torn end is not damage.
func Read(r io.Reader) (*Log, error) {
	in := reader{lines: newLines(r), log: &Log{}, seen: map[[sha256.Size]byte]int{}}
	log, size, sized := in.log, sizeOf(r), false
	for in.next() {
		if err := in.take(); err != nil {
			return nil, err
		}
		if len(log.Trials) == 1 && !sized {
			log.expect((size - log.End) / in.size)
			sized = true
		}
	}
	if in.err != nil {
		return nil, in.err
	}
	if log.Run.Version == 0 {
		return nil, ErrNoRun
	}
	return log, nil
}

// sizeOf is the size of a file, and 0 for anything else.
func sizeOf(r io.Reader) int64 {
	f, ok := r.(*os.File)
	if !ok {
		return 0
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return info.Size()
}

// A reader makes a log of lines.
type reader struct {
	*lines
	log *Log
	// seen are the numbers of the lines that hold runs and notes, by their content;
	// trials have numbers of their own.
	seen map[[sha256.Size]byte]int
	run  [sha256.Size]byte // the last run's content
	// resumed: a note behind the last run says that somebody has gone on with it.
	resumed bool
}

// take takes the line into the log.
func (in *reader) take() error {
	payload, bad := in.payload()
	if bad != nil && in.last() {
		whole := in.entry()
		if whole == 0 && in.torn() {
			in.log.Torn = int(in.size)
			return nil
		}
		if whole > 0 {
			in.log.Torn = int(in.size) - whole
			payload, bad = unframe(in.text)
		}
	}
	if bad == nil {
		bad = in.decode(payload)
	}
	if newer := (*newerError)(nil); errors.As(bad, &newer) {
		return newer
	}
	if bad != nil {
		// The library may quote all of a key, and a line may have 256 MiB.
		return &DamageError{Line: in.number, Offset: in.at, Reason: fmt.Sprintf("%.300s", bad.Error())}
	}
	in.log.End = in.at + in.size - int64(in.log.Torn)
	return nil
}

// decode takes the JSON of an entry into the log. The library is the mirror of
// encoding/json/v2, which Go 1.27 has: it reads a journal of a million trials in half
// the time of encoding/json, and refuses keys that stand twice.
func (in *reader) decode(payload []byte) error {
	var e Entry
	if err := json.Unmarshal(payload, &e); err != nil {
		return err
	}
	if err := in.repeats(&e, payload); err != nil {
		return err
	}
	return in.log.add(&e)
}

// repeats returns an error if an entry stands in an earlier line, word for word: notes
// have their time, and a run whose plan is as before is not written again. But a plan
// may change and change back, each time when somebody resumes the run.
func (in *reader) repeats(e *Entry, payload []byte) error {
	if e.Trial != nil {
		return nil
	}
	sum := sha256.Sum256(payload)
	line, again := in.seen[sum]
	if again && !(e.Run != nil && in.resumed && sum != in.run) {
		return fmt.Errorf("it is line %d once more", line)
	}
	in.seen[sum] = in.number
	if e.Run != nil {
		in.run, in.resumed = sum, false
	}
	in.resumed = in.resumed || e.Note != nil && e.Note.Kind == NoteResumed
	return nil
}
