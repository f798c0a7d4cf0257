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

// A session is the effect of one process of a run on the disk until the power fails.
type session struct {
	entries  []Entry // of the complete journal
	acked    int     // number of acknowledged entries
	reports  int     // number of acknowledged reports
	starting error
}

// scenario writes a journal of entries, and then two versions of its report.
func scenario(fsys *strictFS, entries []Entry) session {
	s := session{entries: entries}
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

// append appends the remaining entries until one fails.
func (s *session) append(w *Writer) {
	for s.acked < len(s.entries) && w.Append(s.entries[s.acked]) == nil {
		s.acked++
	}
}

// report returns a version of the report; version 0 is no report.
func report(version int) []byte {
	if version == 0 {
		return nil
	}
	return []byte(strings.Repeat(fmt.Sprintf("version %d\n", version), 100*version))
}

// TestPowerFailureLosesNothing cuts the power after every operation of the scenario. On
// every disk state that may result, all acknowledged entries must exist, and the report
// must be old or new. Then the run continues from that disk, and the power is cut again.
func TestPowerFailureLosesNothing(t *testing.T) {
	entries := sampleEntries()
	third := *entries[1].Trial
	third.Trial = 3
	entries = append(entries, Entry{Trial: &third}, Entry{Trial: &Trial{Trial: 4, Round: 1, Phase: Measured, Status: Failed, Stderr: strings.Repeat("end of stderr ", 50)}})
	disks, again := 0, 5 // the run continues on every fifth disk
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
				continueAndCutPower(t, entries, disk, log)
			}
		}
	}
	if disks < 500 {
		t.Errorf("only %d disks were checked, want at least 500", disks)
	}
}

// check reads the journal of a disk. It returns nil if there is no journal yet.
func (s *session) check(t *testing.T, fsys *strictFS, disk map[string][]byte) *Log {
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

// continueAndCutPower opens the journal on a disk and appends the remaining entries. It
// cuts the power after every operation of that.
func continueAndCutPower(t *testing.T, entries []Entry, disk map[string][]byte, log *Log) {
	t.Helper()
	there := len(entriesOf(log))
	for cut, more := 0, true; more; cut++ {
		fsys := newStrictFS(disk)
		fsys.CutPowerAfter(cut)
		s := session{entries: entries, acked: there}
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
		if cut > 4 { // the remaining operations are as in the first session
			return
		}
	}
}

// TestPowerFailureLeavesOldOrNewFile writes a file twice, and cuts the power after every
// operation.
func TestPowerFailureLeavesOldOrNewFile(t *testing.T) {
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
				t.Fatalf("with %d versions written and the power cut after %q the file contains %.40q… (%d bytes)", written, fsys.Done, content, len(content))
			}
			if len(disk) > 2 {
				t.Fatalf("the disk has %d files: temporary files of one writer accumulate", len(disk))
			}
		}
	}
}
