package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"iosweep/internal/durable"
)

// DefaultTries is the usual number of attempts of a shard that may add no whole round.
const DefaultTries = 3

// A Missing is a list of shards that are neither done nor queued, and that have failed on the same nodes.
type Missing struct {
	Shards  []int
	Without []string
}

// Remaining is what a sweep still needs.
type Remaining struct {
	Missing []Missing
	Done    int
	Queued  int   // waiting or running, as Slurm says
	GivenUp []int // too many tries
	active  []string
	arrays  []Array
}

// Remaining finds the shards that have to be submitted, but none with this number of tries. Without Slurm, all
// shards that are not done are missing.
func (s *Sweep) Remaining(ctx context.Context, withSlurm bool, tries int) (*Remaining, error) {
	arrays, err := s.arrays()
	if err != nil {
		return nil, err
	}
	states, err := s.states(arrays)
	if err != nil {
		return nil, err
	}
	for n := range states {
		states[n].Done = states[n].Done && s.isIntact(states[n].Attempts)
	}
	r := &Remaining{arrays: arrays}
	queued := map[int]bool{}
	if !withSlurm {
		tries = math.MaxInt
	} else {
		tasks, err := s.tasks(ctx, arrays)
		if err != nil {
			return nil, err
		}
		tasks = slices.DeleteFunc(tasks, func(t ShardTask) bool { return t.ended() })
		for _, t := range tasks {
			queued[t.Shard] = true
		}
		r.active = jobsOf(tasks)
	}
	r.sort(states, queued, tries)
	return r, nil
}

// sort finds what each shard needs.
func (r *Remaining) sort(states []State, queued map[int]bool, tries int) {
	byNodes := map[string]int{}
	for n := range states {
		st := &states[n]
		switch {
		case st.Done:
			r.Done++
		case queued[n]:
			r.Queued++
		case st.Tries >= tries:
			r.GivenUp = append(r.GivenUp, n)
		default:
			key := strings.Join(st.Failed, ",")
			at, known := byNodes[key]
			if !known {
				at = len(r.Missing)
				byNodes[key] = at
				r.Missing = append(r.Missing, Missing{Without: st.Failed})
			}
			r.Missing[at].Shards = append(r.Missing[at].Shards, n)
		}
	}
}

// A ShardTask is a task of Slurm and its shard.
type ShardTask struct {
	Task
	Shard int
}

// tasks returns the tasks of the sweep that Slurm knows.
func (s *Sweep) tasks(ctx context.Context, arrays []Array) (list []ShardTask, err error) {
	byName := map[string]Array{}
	var names []string
	for _, a := range arrays {
		byName[a.Name] = a
		names = append(names, a.Name)
	}
	tasks, err := queue(ctx, names)
	for _, t := range tasks {
		if a, ok := byName[t.Array]; ok {
			list = append(list, ShardTask{t, a.Offset + t.Index})
		}
	}
	return list, err
}

// A Submitted is a job array that Slurm has accepted.
type Submitted struct {
	Array
	Job string
}

// A RejectedError reports that Slurm rejected an array. The arrays before it are submitted.
type RejectedError struct {
	Array  Array
	Before []Submitted
	Err    error
}

func (e *RejectedError) Unwrap() error { return e.Err }

func (e *RejectedError) Error() string {
	shards := Describe(e.Array.Shards())
	text := fmt.Sprintf("Slurm rejected the job array with %s: %v", shards, e.Err)
	if _, answered := errors.AsType[*slurmError](e.Err); !answered { // its file cannot be written
		text = fmt.Sprintf("the job array with %s was not submitted: %v", shards, e.Err)
	}
	if isUnanswered(e.Err) {
		text = fmt.Sprintf("Slurm has not answered for the job array with %s, which may be queued: %v", shards, e.Err)
	} else if len(e.Before) == 0 {
		return text + "\nnothing was submitted"
	}
	for _, b := range e.Before {
		text += fmt.Sprintf("\njob %s with %s was submitted before", b.Job, Describe(b.Shards()))
	}
	return text
}

// Submit submits missing shards as job arrays, and calls progress after each. With MaxParallel, an array begins
// after those before it have ended, because Slurm limits the tasks of each array by itself.
func (s *Sweep) Submit(ctx context.Context, r *Remaining, opt Options, progress func(Submitted)) error {
	if len(r.Missing) == 0 {
		return nil // Slurm need not answer
	}
	size, err := maxArraySize(ctx)
	if err != nil {
		return err
	}
	var before []Submitted
	after := slices.Clone(r.active)
	number := 0
	if len(r.arrays) > 0 {
		number = s.numberOf(r.arrays[len(r.arrays)-1]) + 1
	}
	for _, m := range r.Missing {
		for _, a := range divide(m.Shards, size) {
			a.Name, a.At, a.Options, a.Without = s.arrayName(number), time.Now().UTC(), opt, m.Without
			job, err := s.submitArray(ctx, &a, number, after)
			if err != nil {
				return &RejectedError{a, before, err}
			}
			number++
			before = append(before, Submitted{a, job})
			after = append(after, job)
			progress(before[len(before)-1])
		}
	}
	return nil
}

// divide divides shards into arrays whose indices are less than size.
func divide(shards []int, size int) (list []Array) {
	for _, n := range shards {
		offset := n / size * size
		if len(list) == 0 || list[len(list)-1].Offset != offset {
			list = append(list, Array{Offset: offset})
		}
		last := &list[len(list)-1]
		last.Indices = append(last.Indices, n-offset)
	}
	return list
}

// submitArray submits an array and returns its job. If Slurm has no other node, the nodes that failed its shards
// are used again.
func (s *Sweep) submitArray(ctx context.Context, a *Array, number int, after []string) (job string, err error) {
	path := s.arrayPath(number)
	data, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	// Two processes that submit at the same time must not take the same number.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%s is there: another iosweep submit is working on this sweep", path)
	}
	if err == nil {
		err = f.Close()
	}
	if err == nil {
		err = durable.WriteFile(path, data)
	}
	if err != nil {
		return "", err
	}
	if job, err = s.sbatch(ctx, a, after); err != nil && len(a.Without) > 0 && !IsUnreachable(err) && !isUnanswered(err) {
		a.Without = nil
		job, err = s.sbatch(ctx, a, after)
	}
	// If sbatch got no answer, the array may be queued all the same.
	if err != nil && !isUnanswered(err) {
		err = errors.Join(err, os.Remove(path))
	}
	return job, err
}

// sbatch runs sbatch for an array and returns its job.
func (s *Sweep) sbatch(ctx context.Context, a *Array, after []string) (job string, err error) {
	opt := &a.Options
	tasks := ranges(a.Indices)
	if opt.MaxParallel > 0 {
		tasks += "%" + strconv.Itoa(opt.MaxParallel)
	}
	args := []string{
		"--parsable", "--job-name=" + a.Name, "--array=" + tasks, "--exclusive", "--mem=0", "--nodes=1", "--requeue", "--open-mode=append",
		fmt.Sprintf("--signal=B:TERM@%d", int(notice(opt.Time).Seconds())), "--output=/dev/null", "--chdir=/",
	}
	if opt.Partition != "" {
		args = append(args, "--partition="+opt.Partition)
	}
	if opt.Constraint != "" {
		args = append(args, "--constraint="+opt.Constraint)
	}
	if opt.Time > 0 {
		seconds := int(opt.Time.Seconds())
		args = append(args, fmt.Sprintf("--time=%d:%02d", seconds/60, seconds%60))
	}
	if len(a.Without) > 0 {
		args = append(args, "--exclude="+strings.Join(a.Without, ","))
	}
	if opt.MaxParallel > 0 && len(after) > 0 {
		args = append(args, "--dependency=afterany:"+strings.Join(after, ":"))
	}
	args = append(args, filepath.Join(s.Dir, scriptFile), s.Dir, strconv.Itoa(a.Offset))
	out, err := slurm(ctx, "sbatch", args...)
	job, _, _ = strings.Cut(out, ";") // ID or ID;CLUSTER
	return job, err
}
