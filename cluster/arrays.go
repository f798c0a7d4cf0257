package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"iosweep/internal/regular"
)

// An Array is the content of a file in the directory arrays: the tasks of one job array. The file is made before
// the array is submitted, and removed if Slurm rejects it. So its name finds the jobs, whenever the submitter ends.
type Array struct {
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
	Offset  int       `json:"offset"` // the shard of index 0
	Indices []int     `json:"indices"`
	Without []string  `json:"without,omitempty"` // nodes that failed these shards
	Options Options   `json:"options"`
	// Cancelled is set by Cancel. A task that did not begin then has not failed.
	Cancelled bool `json:"cancelled,omitempty"`
}

// Shards returns the shards of the array.
func (a *Array) Shards() (list []int) {
	for _, i := range a.Indices {
		list = append(list, a.Offset+i)
	}
	return list
}

// arrays returns the arrays that were submitted, or were about to be, in order.
func (s *Sweep) arrays() (list []Array, err error) {
	entries, err := os.ReadDir(filepath.Join(s.Dir, arraysDir))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".json") || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(s.Dir, arraysDir, e.Name())
		data, err := regular.ReadFile(path, maxNote)
		if errors.Is(err, fs.ErrNotExist) {
			continue // another process removed it
		}
		if err == nil && len(data) == 0 {
			// The submitter was killed before it ran sbatch. The number stays taken.
			list = append(list, Array{Name: s.arrayName(numberIn(e.Name()))})
			continue
		}
		var a Array
		if err == nil {
			err = json.Unmarshal(data, &a)
		}
		if err == nil {
			err = s.checkArray(&a, e.Name())
		}
		if err != nil {
			return nil, fmt.Errorf("%s is damaged: %w", path, err)
		}
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b Array) int { return s.numberOf(a) - s.numberOf(b) })
	return list, nil
}

// checkArray returns an error if a file does not describe an array of the sweep.
func (s *Sweep) checkArray(a *Array, file string) error {
	if name := s.arrayName(numberIn(file)); a.Name != name {
		return fmt.Errorf("its array is %q, want %q", a.Name, name)
	}
	for _, n := range a.Shards() {
		if n < 0 || n >= len(s.Shards) {
			return fmt.Errorf("it has shard %d, and the sweep has the shards 0 to %d", n, len(s.Shards)-1)
		}
	}
	return nil
}

// arrayName returns the name of an array. It has no comma, because squeue takes a name as a list.
func (s *Sweep) arrayName(number int) string {
	return fmt.Sprintf("iosweep-%s-%d", s.Run.ID, number)
}

func (s *Sweep) arrayPath(number int) string {
	return filepath.Join(s.Dir, arraysDir, strconv.Itoa(number)+".json")
}

func (s *Sweep) numberOf(a Array) int { return numberIn(a.Name[strings.LastIndex(a.Name, "-")+1:]) }

// numberIn returns the number of an array in the name of its file.
func numberIn(name string) int {
	n, _ := strconv.Atoi(strings.TrimSuffix(name, ".json"))
	return n
}
