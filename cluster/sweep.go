package cluster

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"iosweep/internal/durable"
	"iosweep/internal/regular"
	"iosweep/internal/workspace"
	"iosweep/journal"
)

// Names of the files in the directory of a sweep.
const (
	planFile       = "shards.json"
	experimentFile = "experiment.yaml"
	programFile    = "iosweep"
	scriptFile     = "job.sh"
	shardsDir      = "shards"
	arraysDir      = "arrays"
)

// formatVersion is the format of shards.json.
const formatVersion = 1

// A Sweep is a plan that is divided into shards, in a directory.
type Sweep struct {
	Dir string // absolute
	Plan
}

// A Plan is the content of shards.json.
type Plan struct {
	Version int `json:"version"`
	// Run is the header of the plan, with all cells and without a machine. Its Machine.CPUs is the value of
	// cpus in the experiment.
	Run    journal.Run `json:"run"`
	Here   string      `json:"here"`   // the value of {here}
	Binary string      `json:"binary"` // SHA-256 of iosweep, in hexadecimal
	Trust  bool        `json:"trust_workspace,omitempty"`
	Slurm  Options     `json:"slurm"`
	Shards []Shard     `json:"shards"`
}

// Program returns the path of the copy of iosweep.
func (s *Sweep) Program() string { return filepath.Join(s.Dir, programFile) }

// Arrays returns the path of the directory with a file for each array. Its lock is held by the submit that adds files.
func (s *Sweep) Arrays() string { return filepath.Join(s.Dir, arraysDir) }

func (s *Sweep) shardDir(shard int) string {
	return filepath.Join(s.Dir, shardsDir, strconv.Itoa(shard))
}

// IsSweep reports whether a directory contains a sweep.
func IsSweep(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, planFile))
	return err == nil
}

// Freeze writes the files of a sweep to its directory, which must exist. program is the path of the program
// to copy. shards.json is written last, so a directory without it has no sweep.
func Freeze(dir, program string, plan Plan) (*Sweep, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s := &Sweep{Dir: abs, Plan: plan}
	s.Version = formatVersion
	if s.Binary, err = copyProgram(s.Program(), program); err != nil {
		return nil, err
	}
	for _, name := range []string{shardsDir, arraysDir} {
		if err := workspace.EnsureDirectory(filepath.Join(abs, name)); err != nil {
			return nil, err
		}
	}
	for n := range s.Shards {
		if err := workspace.EnsureDirectory(s.shardDir(n)); err != nil {
			return nil, err
		}
	}
	data, err := json.Marshal(s.Plan)
	if err != nil {
		return nil, err
	}
	for _, f := range []struct {
		name string
		data []byte
	}{
		{experimentFile, []byte(plan.Run.Origin.Source)},
		{scriptFile, []byte(script)},
		{planFile, append(data, '\n')},
	} {
		if err := durable.WriteFile(filepath.Join(abs, f.name), f.data); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// copyProgram copies an executable file and returns the SHA-256 of its content.
func copyProgram(to, from string) (sum string, err error) {
	f, err := regular.Open(from)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	err = durable.WriteFrom(to, func(w io.Writer) error {
		_, err := io.Copy(io.MultiWriter(w, hash), f)
		return err
	})
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), os.Chmod(to, 0o755)
}

// Sum returns the SHA-256 of the content of a file, in hexadecimal.
func Sum(path string) (string, error) {
	f, err := regular.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// maxPlan is the largest size of shards.json.
const maxPlan = 1 << 30

// Open reads the sweep in a directory.
func Open(dir string) (*Sweep, error) {
	const expected = "expected the directory of a sweep, which iosweep submit makes"
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	data, err := regular.ReadFile(filepath.Join(abs, planFile), maxPlan)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if info, err := os.Stat(abs); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("there is no directory %s; %s", dir, expected)
		}
		return nil, fmt.Errorf("%s contains no sweep: it has no %s; %s", dir, planFile, expected)
	case err != nil:
		return nil, err
	}
	s := &Sweep{Dir: abs}
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&s.Plan); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", filepath.Join(dir, planFile), err)
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", filepath.Join(dir, planFile), err)
	}
	return s, nil
}

func (s *Sweep) check() error {
	if s.Version != formatVersion {
		return fmt.Errorf("its format is %d, but this iosweep reads the format %d", s.Version, formatVersion)
	}
	next := make([]int, len(s.Run.Cells)) // by cell: the first round that no shard has
	for n, shard := range s.Shards {
		if len(shard.Cells) == 0 || shard.First < 1 || shard.Last < shard.First {
			return fmt.Errorf("its shard %d has %d cells and the rounds from %d to %d", n, len(shard.Cells), shard.First, shard.Last)
		}
		for _, cell := range shard.Cells {
			if cell < 0 || cell >= len(s.Run.Cells) {
				return fmt.Errorf("its shard %d names cell %d of %d", n, cell, len(s.Run.Cells))
			}
			if shard.First != max(1, next[cell]) {
				return fmt.Errorf("its shard %d begins with round %d of the cell %s, and the shards before end with round %d", n, shard.First, s.Run.Cells[cell].Name, max(0, next[cell]-1))
			}
			next[cell] = shard.Last + 1
		}
	}
	if cell := slices.Index(next, 0); cell >= 0 || len(s.Shards) == 0 {
		return errors.New("its shards do not have all cells")
	}
	return nil
}
