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
	"io/fs"
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
	outputExt  = ".out" // of its job, in the name of the job alone
)

// An Attempt is one try to run a shard.
type Attempt struct {
	Name  string // JOB_TASK.rRESTART-RANDOM
	Shard int
	dir   string

	// Run is the header of its journal. It is zero if the attempt failed before it had a journal.
	Run     journal.Run
	Done    *Done
	Failure *Failure
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
	return &Attempt{
		Name: fmt.Sprintf("%s.r%d-%s", job, restarts, hex.EncodeToString(random[:])), Shard: shard, dir: s.shardDir(shard),
	}
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

// Attempts returns the attempts of a shard, by their start, without their journals.
func (s *Sweep) Attempts(shard int) ([]*Attempt, error) {
	entries, err := os.ReadDir(s.shardDir(shard))
	if err != nil {
		return nil, err
	}
	byName := map[string]*Attempt{}
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		name, _ := strings.CutSuffix(e.Name(), ext)
		if strings.HasPrefix(name, ".") || ext != journalExt && ext != doneExt && ext != failedExt {
			continue
		}
		a := byName[name]
		if a == nil {
			a = &Attempt{Name: name, Shard: shard, dir: s.shardDir(shard)}
			byName[name] = a
		}
		if err := a.read(ext); err != nil {
			return nil, err
		}
	}
	var list []*Attempt
	for _, a := range byName {
		if a.Run.Version != 0 || a.Failure != nil { // the first line may not be there yet
			list = append(list, a)
		}
	}
	slices.SortFunc(list, (*Attempt).compare)
	return list, nil
}

// read reads one of the files of an attempt, but only the first line of its journal.
func (a *Attempt) read(ext string) (err error) {
	switch ext {
	case journalExt:
		a.Run, err = readHeader(a.Journal())
		if a.Run.Attempt == nil || errors.Is(err, journal.ErrNoRun) || errors.Is(err, fs.ErrNotExist) {
			a.Run, err = journal.Run{}, nil
		}
	case doneExt:
		err = a.readNote(ext, &a.Done)
	case failedExt:
		err = a.readNote(ext, &a.Failure)
	}
	return err
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

// Newer returns an attempt of the same shard that began later, or nil. An error of the file system counts as none:
// it may recover, and a twin does no harm to the journal.
func (s *Sweep) Newer(a *Attempt) *Attempt {
	list, err := s.Attempts(a.Shard)
	own := slices.IndexFunc(list, func(other *Attempt) bool { return other.Name == a.Name })
	if err != nil || own < 0 {
		return nil
	}
	for _, other := range list[own+1:] {
		if other.Run.Version != 0 && other.Failure == nil {
			return other
		}
	}
	return nil
}

// isDone reports whether a list of attempts of a shard has one that is done, with all its files. It does not
// read journals.
func isDone(list []*Attempt) bool {
	return slices.ContainsFunc(list, func(a *Attempt) bool {
		if a.Done == nil || a.Run.Version == 0 {
			return false
		}
		info, err := os.Stat(a.Journal())
		return err == nil && info.Size() >= a.Done.Bytes && !slices.ContainsFunc(a.Done.Earlier, func(name string) bool {
			return !slices.ContainsFunc(list, func(e *Attempt) bool { return e.Name == name && e.Run.Version != 0 })
		})
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
			a.Damage = s.matches(a)
		}
		if a.Damage != nil {
			a.Log = nil
			continue
		}
		a.Run = a.Log.Run // the first header does not have the cells that are skipped because a setup failed
	}
}

// matches returns an error if an attempt does not belong to the plan of the sweep.
func (s *Sweep) matches(a *Attempt) error {
	shard, run := s.Shards[a.Shard], &a.Log.Run
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

// KilledOn returns the headers of the attempts on a machine that ended without a last note. They may have left
// files and processes there.
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
