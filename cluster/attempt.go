package cluster

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"iosweep/internal/durable"
	"iosweep/internal/regular"
	"iosweep/journal"
)

// Extensions of the files of an attempt. Its journal is there from its start.
const (
	journalExt = ".jsonl"
	doneExt    = ".done"
	failedExt  = ".failed"
)

// An Attempt is one try to run a shard.
type Attempt struct {
	Name  string // JOB_TASK.rRESTART-RANDOM
	Shard int
	dir   string
	older map[string]bool // the attempts that were there before this process began

	// Run is the header of its journal. It is zero if the attempt failed before it had a journal.
	Run     journal.Run
	Done    *Done
	Failure *Failure
	// Problem says which of its other files cannot be used: a damaged .done or .failed, or a copy of the
	// attempt under another name. The attempt counts without it.
	Problem error
	// Log is its journal, or nil if it was not read. Damage says why it cannot be used.
	Log    *journal.Log
	Damage error
}

// Done is the content of the file .done of an attempt, which says that the shard is done.
type Done struct {
	Records int    `json:"records"` // trials and notes of its journal
	Bytes   int64  `json:"bytes"`   // the size of its journal
	SHA256  string `json:"sha256"`
	// Earlier are the names of the attempts whose rounds this one did not run again.
	Earlier []string `json:"earlier,omitempty"`
}

// Failure is the content of the file .failed of an attempt that could not run its shard.
type Failure struct {
	Node string    `json:"node"`
	At   time.Time `json:"at"`
	Why  string    `json:"error"`
	// Skips are the names of the cells that the node could not run. If a second attempt could not run
	// them either, they are skipped.
	Skips []string `json:"skips,omitempty"`
}

// NewAttempt returns a new attempt of a shard for a job of this name, such as 12_3 or a host and a process.
func (s *Sweep) NewAttempt(shard int, job string, restarts int) *Attempt {
	var random [4]byte
	_, _ = rand.Read(random[:])
	a := &Attempt{
		Name: fmt.Sprintf("%s.r%d-%s", job, restarts, hex.EncodeToString(random[:])), Shard: shard, dir: s.shardDir(shard),
		older: map[string]bool{},
	}
	entries, _ := os.ReadDir(a.dir) // an error appears again when the attempts are read
	for _, e := range entries {
		a.older[strings.TrimSuffix(e.Name(), journalExt)] = true
	}
	return a
}

// Journal returns the path of the journal of the attempt.
func (a *Attempt) Journal() string { return a.path(journalExt) }

func (a *Attempt) path(ext string) string { return filepath.Join(a.dir, a.Name+ext) }

// Finish marks the shard as done by this attempt, which has written its whole journal.
func (a *Attempt) Finish(earlier []*Attempt) error {
	log, err := journal.ReadFile(a.Journal())
	if err != nil {
		return err
	}
	done := Done{Records: len(log.Trials) + len(log.Notes), Bytes: log.End}
	if done.SHA256, err = Sum(a.Journal()); err != nil {
		return err
	}
	for _, e := range earlier {
		done.Earlier = append(done.Earlier, e.Name)
	}
	return a.write(doneExt, done)
}

// Fail records why the attempt could not run its shard.
func (a *Attempt) Fail(f Failure) error { return a.write(failedExt, f) }

// write writes a file of the attempt. NFS may report that a rename failed although it was done, so the
// content is what decides.
func (a *Attempt) write(ext string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	data = append(data, '\n')
	err = durable.WriteFile(a.path(ext), data)
	if written, readErr := regular.ReadFile(a.path(ext), int64(len(data))+1); readErr == nil && bytes.Equal(written, data) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%s does not have the content that was written", a.path(ext))
	}
	return err
}

// maxNote is the largest size of a file .done or .failed.
const maxNote = 1 << 20

// Attempts returns the attempts of a shard, by their start, without their journals. A damaged file of one attempt
// does not hide the others.
func (s *Sweep) Attempts(shard int) ([]*Attempt, error) {
	entries, err := os.ReadDir(s.shardDir(shard))
	if err != nil {
		return nil, err
	}
	byName := map[string]*Attempt{}
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		name, _ := strings.CutSuffix(e.Name(), ext)
		if strings.HasPrefix(e.Name(), ".") || ext != journalExt && ext != doneExt && ext != failedExt {
			continue
		}
		a := byName[name]
		if a == nil {
			a = &Attempt{Name: name, Shard: shard, dir: s.shardDir(shard)}
			byName[name] = a
		}
		a.read(ext)
	}
	var list []*Attempt
	for _, a := range byName {
		if a.Run.Version != 0 || a.Failure != nil { // the first line may not be there yet
			list = append(list, a)
		}
	}
	slices.SortFunc(list, (*Attempt).compare)
	return withoutCopies(list), nil
}

// withoutCopies removes copies of an attempt under other names, which a user may have made as a backup. Their
// trials are not measured twice, and their attempt is no twin.
func withoutCopies(list []*Attempt) []*Attempt {
	best := map[string]*Attempt{}
	better := func(a, b *Attempt) bool {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(b.Name, a.Name)) > 0
	}
	for _, a := range list {
		if b := best[a.Run.ID]; b == nil || better(a, b) {
			best[a.Run.ID] = a
		}
	}
	return slices.DeleteFunc(list, func(a *Attempt) bool {
		b := best[a.Run.ID]
		if a == b || a.Run.Version == 0 {
			return false
		}
		b.Problem = errors.Join(b.Problem, fmt.Errorf("%s is a copy of %s", a.Journal(), b.Name))
		return true
	})
}

// rank orders copies of an attempt: the one that is done comes last, and then the longest.
func (a *Attempt) rank() int64 {
	info, err := os.Stat(a.Journal())
	switch {
	case err != nil:
		return 0
	case a.Done != nil:
		return info.Size() + 1<<60
	}
	return info.Size()
}

// read reads one of the files of an attempt, but only the first line of its journal.
func (a *Attempt) read(ext string) {
	var err error
	switch ext {
	case journalExt:
		if a.Run, err = readHeader(a.Journal()); err != nil || a.Run.Attempt == nil {
			a.Run = journal.Run{} // its first line may not be there yet
		}
	case doneExt:
		if err = a.readNote(ext, &a.Done); err != nil {
			a.Done, a.Problem = nil, errors.Join(a.Problem, err)
		}
	case failedExt:
		if err = a.readNote(ext, &a.Failure); err != nil {
			a.Failure, a.Problem = &Failure{Why: err.Error()}, errors.Join(a.Problem, err)
		}
	}
}

func (a *Attempt) readNote(ext string, v any) error {
	data, err := regular.ReadFile(a.path(ext), maxNote)
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", a.path(ext), err)
	}
	return nil
}

// readHeader reads the first line of a journal.
func readHeader(path string) (journal.Run, error) {
	f, err := regular.Open(path)
	if err != nil {
		return journal.Run{}, err
	}
	defer f.Close()
	line, _ := bufio.NewReader(f).ReadBytes('\n')
	log, err := journal.Read(bytes.NewReader(line))
	if err != nil {
		return journal.Run{}, fmt.Errorf("%s: %w", path, err)
	}
	return log.Run, nil
}

// Start returns the time at which the attempt began.
func (a *Attempt) Start() time.Time {
	if a.Run.Version == 0 {
		return a.Failure.At
	}
	return a.Run.StartedAt
}

// Node returns the name of the node of the attempt.
func (a *Attempt) Node() string {
	if a.Run.Version == 0 {
		return a.Failure.Node
	}
	return a.Run.Attempt.Name
}

// compare orders attempts by their start, and then by name. Job numbers do not give the order: Slurm uses them
// again after a crash of its controller.
func (a *Attempt) compare(b *Attempt) int {
	return cmp.Or(a.Start().Compare(b.Start()), cmp.Compare(a.Name, b.Name))
}

// Newer returns an attempt of the same shard that began later, or nil. An attempt that was there when a began is
// not newer, whatever the clock of its node says. An error of the file system counts as none: it may recover, and a
// twin does no harm to the journal.
func (s *Sweep) Newer(a *Attempt) *Attempt {
	list, err := s.Attempts(a.Shard)
	own := slices.IndexFunc(list, func(other *Attempt) bool { return other.Name == a.Name })
	if err != nil || own < 0 {
		return nil
	}
	for _, other := range list[own+1:] {
		if other.Run.Version != 0 && other.Failure == nil && !a.older[other.Name] {
			return other
		}
	}
	return nil
}

// isDone reports whether a list of attempts of a shard has one that is done, with all its files. It does not
// read journals.
func (s *Sweep) isDone(list []*Attempt) bool {
	return slices.ContainsFunc(list, func(a *Attempt) bool {
		if a.Done == nil || a.Run.Version == 0 || s.matches(a) != nil {
			return false
		}
		info, err := os.Stat(a.Journal())
		return err == nil && info.Size() >= a.Done.Bytes && a.hasEarlier(list, func(e *Attempt) bool { return e.Run.Version != 0 })
	})
}

// isIntact reports whether a shard is done and the journals that it needs are as they were written. It reads them.
func (s *Sweep) isIntact(list []*Attempt) bool {
	intact := func(a *Attempt) bool {
		if a.Done == nil {
			s.load([]*Attempt{a})
			good := a.Log != nil
			a.Log = nil // not all journals at once
			return good
		}
		sum, err := Sum(a.Journal())
		return err == nil && sum == a.Done.SHA256 && s.matches(a) == nil
	}
	return slices.ContainsFunc(list, func(a *Attempt) bool { return a.Done != nil && intact(a) && a.hasEarlier(list, intact) })
}

// hasEarlier reports whether the list has the attempts whose rounds this one did not run again, and they are good.
func (a *Attempt) hasEarlier(list []*Attempt, good func(*Attempt) bool) bool {
	return !slices.ContainsFunc(a.Done.Earlier, func(name string) bool {
		return !slices.ContainsFunc(list, func(e *Attempt) bool { return e.Name == name && good(e) })
	})
}

// load reads the journals of attempts, and checks them against their files .done.
func (s *Sweep) load(list []*Attempt) {
	for _, a := range list {
		if a.Run.Version == 0 || a.Log != nil {
			continue
		}
		a.Log, a.Damage = journal.ReadFile(a.Journal())
		if a.Damage == nil && a.Done != nil {
			if sum, err := Sum(a.Journal()); err != nil {
				a.Damage = err
			} else if sum != a.Done.SHA256 {
				a.Damage = fmt.Errorf("%s has the SHA-256 %.16s, and %s says %.16s: it was changed since", a.Journal(), sum, a.path(doneExt), a.Done.SHA256)
			}
		}
		if a.Damage == nil {
			a.Run = a.Log.Run // the first header does not have the cells that are skipped because a setup failed
			a.Damage = s.matches(a)
		}
		if a.Damage != nil {
			a.Log = nil
		}
	}
}

// matches returns an error if an attempt does not belong to the plan of the sweep.
func (s *Sweep) matches(a *Attempt) error {
	shard, run := s.Shards[a.Shard], &a.Run
	switch {
	case run.PlanHash != s.Run.PlanHash:
		return fmt.Errorf("%s belongs to another plan (%.12s, and the plan of the sweep is %.12s)", a.Journal(), run.PlanHash, s.Run.PlanHash)
	case run.Attempt == nil || run.Attempt.Shard != a.Shard || len(run.Cells) != len(shard.Cells):
		return fmt.Errorf("%s does not belong to shard %d", a.Journal(), a.Shard)
	}
	for i, cell := range shard.Cells {
		if run.Cells[i].Name != s.Run.Cells[cell].Name {
			return fmt.Errorf("%s has the cell %q, and the plan has %q", a.Journal(), run.Cells[i].Name, s.Run.Cells[cell].Name)
		}
	}
	return nil
}

// KilledOn returns the headers of the attempts on a machine that have no file .done. If they were killed, they may
// have left files and processes there. An attempt that still runs holds a lock, which the caller checks.
func (s *Sweep) KilledOn(host string) (list []journal.Run) {
	for n := range s.Shards {
		attempts, _ := s.Attempts(n)
		for _, a := range attempts {
			if a.Run.Version != 0 && a.Done == nil && a.Run.Machine.Host == host {
				list = append(list, a.Run)
			}
		}
	}
	return list
}
