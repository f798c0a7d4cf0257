package journal

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/internal/durable"
)

const (
	lossyJournal = "out/" + FileName
	lossyReport  = "out/report.md"
)

// A sitting is what a process of a run does to the disk until the power fails.
type sitting struct {
	entries  []Entry // of the journal, in the end
	acked    int     // of them, those that were acknowledged
	reports  int     // that were acknowledged
	starting error
}

// scenario makes a journal of entries, and a report of it twice.
func scenario(fsys *strictFS, entries []Entry) sitting {
	s := sitting{entries: entries}
	w, err := create(fsys, lossyJournal)
	if err != nil {
		s.starting = err
		return s
	}
	s.append(w)
	w.Close()
	for s.acked == len(entries) && s.reports < 2 && durable.WriteFileOn(fsys, lossyReport, report(s.reports+1)) == nil {
		s.reports++
	}
	return s
}

// append goes on with the first entry that is not there, until one fails.
func (s *sitting) append(w *Writer) {
	for s.acked < len(s.entries) && w.Append(s.entries[s.acked]) == nil {
		s.acked++
	}
}

// report is a version of the report; 0 is none at all.
func report(version int) []byte {
	if version == 0 {
		return nil
	}
	return []byte(strings.Repeat(fmt.Sprintf("version %d\n", version), 100*version))
}

// TestAPowerFailureLosesNothing cuts the power after every operation of the
// scenario. On each disk that may be left, every entry that was acknowledged must
// be there, and the report old or new. Then the run goes on from that disk, and
// the power is cut again.
func TestAPowerFailureLosesNothing(t *testing.T) {
	entries := sampleEntries()
	third := *entries[1].Trial
	third.Trial = 3
	entries = append(entries, Entry{Trial: &third}, Entry{Trial: &Trial{Trial: 4, Round: 1, Phase: Measured, Status: Failed, Stderr: strings.Repeat("last words ", 60)}})
	disks, again := 0, 5 // on each fifth disk the run goes on
	if testing.Short() {
		again = 50
	}
	for cut, more := 0, true; more; cut++ {
		fsys := newStrictFS(nil)
		fsys.CutPowerAfter(cut)
		s := scenario(fsys, entries)
		more = s.reports < 2
		for disk := range fsys.Disks() {
			log := s.check(t, fsys, disk)
			if disks++; log != nil && disks%again == 0 {
				goOnWithoutPower(t, entries, disk, log)
			}
		}
	}
	if disks < 500 {
		t.Errorf("only %d disks were looked at", disks)
	}
}

// check reads what a disk holds; nil if that is no journal yet.
func (s *sitting) check(t *testing.T, fsys *strictFS, disk map[string][]byte) *Log {
	t.Helper()
	fail := func(format string, a ...any) {
		t.Helper()
		t.Fatalf("power cut after %s:\n%s", strings.Join(fsys.Done, ", "), fmt.Sprintf(format, a...))
	}
	data, there := disk[lossyJournal]
	if !there && s.starting == nil {
		fail("the journal is gone")
	}
	if found := disk[lossyReport]; !bytes.Equal(found, report(s.reports)) && !bytes.Equal(found, report(s.reports+1)) {
		fail("the report is neither version %d nor the next one: %d bytes", s.reports, len(found))
	}
	log, err := Read(bytes.NewReader(data))
	if errors.Is(err, ErrNoRun) && s.acked == 0 {
		return nil
	}
	if err != nil {
		fail("%d entries were acknowledged: %v", s.acked, err)
	}
	found := len(entriesOf(log))
	if found != s.acked && found != s.acked+1 {
		fail("%d entries were acknowledged and %d are there", s.acked, found)
	}
	want, err := Read(bytes.NewReader(encode(t, s.entries[:found]...)))
	if err != nil {
		fail("%v", err)
	}
	want.End, want.Torn = log.End, log.Torn
	if !reflect.DeepEqual(want, log) {
		fail("%s", cmp.Diff(want, log))
	}
	return log
}

// goOnWithoutPower opens the journal on a disk and appends the rest of the
// entries, and the power is cut after every operation of that.
func goOnWithoutPower(t *testing.T, entries []Entry, disk map[string][]byte, log *Log) {
	t.Helper()
	there := len(entriesOf(log))
	for cut, more := 0, true; more; cut++ {
		fsys := newStrictFS(disk)
		fsys.CutPowerAfter(cut)
		s := sitting{entries: entries, acked: there}
		if bytes.Equal(disk[lossyReport], report(1)) {
			s.reports = 1
		} else if disk[lossyReport] != nil {
			s.reports = 2
		}
		w, err := open(fsys, lossyJournal, log)
		if err == nil {
			s.append(w)
		}
		more = err != nil || s.acked < len(entries)
		for left := range fsys.Disks() {
			s.check(t, fsys, left)
		}
		if cut > 4 { // the rest is as in the first sitting
			return
		}
	}
}

// A file is written twice, and the power fails after every single operation.
func TestAPowerFailureLeavesTheWholeOldOrTheWholeNewFile(t *testing.T) {
	const path = "out/report.md"
	versions := []string{"", strings.Repeat("first ", 200), strings.Repeat("the second, longer one ", 200)}
	for cut, more := 0, true; more; cut++ {
		fsys := newStrictFS(nil)
		fsys.CutPowerAfter(cut)
		written := 0 // versions that were acknowledged
		for written+1 < len(versions) && durable.WriteFileOn(fsys, path, []byte(versions[written+1])) == nil {
			written++
		}
		more = written+1 < len(versions)
		for disk := range fsys.Disks() {
			content, ok := disk[path]
			switch {
			case written == 0 && !ok, ok && string(content) == versions[written]:
			case ok && more && string(content) == versions[written+1]:
			default:
				t.Fatalf("with %d versions written and the power cut after %q the file holds %.40q… (%d bytes)", written, fsys.Done, content, len(content))
			}
			if len(disk) > 2 {
				t.Fatalf("the disk holds %d files: the temporary ones of one writer pile up", len(disk))
			}
		}
	}
}
