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

// ErrNoRun reports that the first line of a journal is incomplete, so nothing was
// measured yet.
var ErrNoRun = errors.New("it contains no run: its first line is incomplete")

// A DamageError reports damage in a journal other than a torn end. Nothing after the
// damage is trusted, and nothing may be appended.
type DamageError struct {
	Line   int
	Offset int64 // of the first byte of the line
	Reason string
}

func (e *DamageError) Error() string {
	text := fmt.Sprintf("line %d, at byte %d, is damaged: %s", e.Line, e.Offset, e.Reason)
	if e.Line == 1 {
		return text
	}
	intact := "line 1 is intact"
	if e.Line > 2 {
		intact = fmt.Sprintf("lines 1 to %d are intact", e.Line-1)
	}
	return text + fmt.Sprintf("\n%s; to continue from there, keep a copy and truncate the file to its first %d bytes", intact, e.Offset)
}

// A newerError reports a journal that is not damaged but has a newer format.
type newerError struct{ version int }

func (e *newerError) Error() string {
	return fmt.Sprintf("its format is %d, but this iosweep reads formats up to %d: use a newer iosweep", e.version, FormatVersion)
}

// ReadDir reads the journal in a results directory.
func ReadDir(dir string) (*Log, error) { return ReadFile(filepath.Join(dir, FileName)) }

// ReadFile reads the journal at a path.
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
			log.growTrials((size - log.End) / in.size)
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

// sizeOf returns the size of a regular file, and 0 for any other reader.
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

// A reader builds a log from lines.
type reader struct {
	*lines
	log *Log
	// seen maps the checksum of each run or note to its line number. Trials have numbers
	// of their own in the journal.
	seen map[[sha256.Size]byte]int
	run  [sha256.Size]byte // checksum of the last run
	// resumed is set if a note after the last run records that the run was resumed.
	resumed bool
}

// take adds the current line to the log.
func (in *reader) take() error {
	payload, bad := in.payload()
	if bad != nil && in.last() {
		whole := in.wholeEntry()
		if whole == 0 && in.torn() {
			in.log.Torn = int(in.size)
			return nil
		}
		if whole > 0 {
			in.log.Torn = int(in.size) - whole
			payload, bad = unframe(in.text[:whole])
		}
	}
	if bad == nil {
		bad = in.decode(payload)
	}
	if newer := (*newerError)(nil); errors.As(bad, &newer) {
		return newer
	}
	if cause := rewrittenBy(in.lines); bad != nil && cause != "" {
		bad = errors.New(cause)
	}
	if bad != nil {
		// The library may quote a whole key, and a line may have 256 MiB.
		return &DamageError{Line: in.number, Offset: in.at, Reason: fmt.Sprintf("%.300s", bad.Error())}
	}
	in.log.End = in.at + in.size - int64(in.log.Torn)
	return nil
}

// decode adds the JSON of an entry to the log. The library is a mirror of
// encoding/json/v2, a package of Go 1.27. It reads a journal of a million trials in half
// the time of encoding/json, and refuses duplicate keys.
func (in *reader) decode(payload []byte) error {
	var e Entry
	if err := json.Unmarshal(payload, &e); err != nil {
		return err
	}
	if err := in.checkRepeated(&e, payload); err != nil {
		return err
	}
	return in.log.add(&e)
}

// checkRepeated returns an error if a note or a run repeats an earlier line. Two notes always
// differ in their time.
//
// A run may repeat an earlier one, but not the latest one, if the run was resumed since the
// latest one. A plan may change at one resumption and change back at the next.
func (in *reader) checkRepeated(e *Entry, payload []byte) error {
	if e.Trial != nil {
		return nil
	}
	sum := sha256.Sum256(payload)
	line, again := in.seen[sum]
	if again && !(e.Run != nil && in.resumed && sum != in.run) {
		return fmt.Errorf("it repeats line %d", line)
	}
	in.seen[sum] = in.number
	if e.Run != nil {
		in.run, in.resumed = sum, false
	}
	in.resumed = in.resumed || e.Note != nil && e.Note.Kind == NoteResumed
	return nil
}
