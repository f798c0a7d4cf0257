package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"iosweep/internal/sysinfo"
	"iosweep/internal/units"
	"iosweep/journal"
)

// The words for the state of a shard.
const (
	ShardDone    = "done"
	ShardRunning = "running"
	ShardWaiting = "waiting"
	ShardStopped = "stopped" // its attempts were asked to end; it has to be submitted again
	ShardFailed  = "failed"  // its latest attempt failed or was killed
)

// A Status describes a sweep.
type Status struct {
	Shards []ShardStatus
	Nodes  []NodeStatus
	// Left is the time until all shards are done, if as many run at once as now. 0: unknown.
	Left time.Duration
	// Free is the number of bytes that are free in the directory of the sweep; -1: unknown.
	Free int64
	// Submitted reports whether any array was submitted to Slurm.
	Submitted bool
	// Slurm is the error of squeue, or nil. The states then come from the files alone.
	Slurm error
}

// A ShardStatus describes a shard.
type ShardStatus struct {
	Shard    int
	State    string
	Node     string // of the latest attempt, or of the running task
	Attempts int
	Trials   int // recorded in rounds that count
	Of       int // planned; with adaptive repeats the maximum
	Left     time.Duration
	Slurm    string // the state that Slurm gives
	Note     string // why it failed or stopped
}

// A NodeStatus counts the shards of a node by state.
type NodeStatus struct {
	Node                           string
	Done, Running, Stopped, Failed int
}

// Counts returns the number of shards in each state.
func (st *Status) Counts() map[string]int {
	counts := map[string]int{}
	for i := range st.Shards {
		counts[st.Shards[i].State]++
	}
	return counts
}

// silence is the least time without a record after which an attempt counts as killed if Slurm is not asked. A
// listing of NFS may lag by a minute.
const silence = 2 * time.Minute

// Status describes the shards from the files. If Slurm answers, its states are beside them.
func (s *Sweep) Status(ctx context.Context) (*Status, error) {
	arrays, err := s.arrays()
	if err != nil {
		return nil, err
	}
	states, err := s.states(arrays)
	if err != nil {
		return nil, err
	}
	st := &Status{Free: -1, Submitted: len(arrays) > 0}
	if space, err := sysinfo.SpaceOf(s.Dir); err == nil && space.Known {
		st.Free = space.Free
	}
	tasksOf := map[int][]ShardTask{}
	if len(arrays) > 0 {
		var tasks []ShardTask
		tasks, st.Slurm = s.tasks(ctx, arrays)
		for _, t := range tasks {
			tasksOf[t.Shard] = append(tasksOf[t.Shard], t)
		}
	}
	for n := range states {
		task := states[n].task(tasksOf[n])
		st.Shards = append(st.Shards, s.shardStatus(n, &states[n], task, len(arrays) > 0 && st.Slurm == nil))
	}
	st.countNodes()
	st.estimate()
	return st, nil
}

// task returns the task that matters for a shard: the one that waits or runs, or the one of the latest attempt. It
// returns nil if there is none.
func (state *State) task(tasks []ShardTask) *ShardTask {
	for i := range tasks {
		if !tasks[i].ended() {
			return &tasks[i]
		}
	}
	for i := range tasks {
		if n := len(state.Attempts); n == 0 || strings.HasPrefix(state.Attempts[n-1].Name, fmt.Sprintf("%s_%d.", tasks[i].Job, tasks[i].Index)) {
			return &tasks[i]
		}
	}
	return nil
}

func (s *Sweep) shardStatus(n int, state *State, task *ShardTask, asked bool) ShardStatus {
	shard := &s.Shards[n]
	st := ShardStatus{Shard: n, State: ShardWaiting, Attempts: len(state.Attempts), Of: s.trials(shard)}
	var last *Attempt
	if len(state.Attempts) > 0 {
		last = state.Attempts[len(state.Attempts)-1]
		st.Node = last.Node()
		s.load(state.Attempts)
		whole, unused := wholeRounds(state.Attempts)
		st.count(s, shard, whole)
		for _, r := range unused {
			if r.of == last && !r.whole {
				st.Trials += len(r.trials)
			}
		}
		st.Trials = min(st.Trials, st.Of)
	} else if shard.Seconds > 0 {
		st.Left = seconds(shard.Seconds)
	}
	live := task != nil && !task.ended()
	if task != nil {
		if st.Slurm = task.State; !task.ended() && task.Why != "" {
			st.Slurm += " (" + task.Why + ")"
		}
		if task.Node != "" {
			st.Node = task.Node
		}
	}
	switch {
	case state.Done:
		st.State, st.Left = ShardDone, 0
	case live && task.State == "PENDING":
		st.State = ShardWaiting
	case live:
		st.State = ShardRunning
	case last == nil && task != nil:
		st.State, st.Note = ShardFailed, task.failure()
	case last == nil:
	case last.Failure != nil:
		st.State, st.Note = ShardFailed, last.Failure.Why
	case last.Damage != nil:
		st.State, st.Note = ShardFailed, last.Damage.Error()
	case last.ending() == journal.NoteInterrupted || last.ending() == journal.NoteBudget:
		st.State, st.Note = ShardStopped, last.Log.Notes[len(last.Log.Notes)-1].Text
	case last.ending() == journal.NoteFinished:
		st.State, st.Note = ShardFailed, "it has finished, but its file .done could not be written: the directory of the sweep may have been full"
	case last.ending() != "":
		st.State, st.Note = ShardFailed, last.Log.Notes[len(last.Log.Notes)-1].Text
	case !asked && time.Since(last.latest()) < last.patience():
		st.State = ShardRunning
	default:
		st.State, st.Note = ShardFailed, "killed, or the directory was full: its latest record is of "+last.latest().Local().Format(time.DateTime)
	}
	return st
}

// failure describes a task that ended without an attempt.
func (t *ShardTask) failure() string {
	if t.Code == exitUnseen {
		return fmt.Sprintf("the node %s does not see the directory of the sweep, which must be on a file system that all nodes share", t.Node)
	}
	text := fmt.Sprintf("the job %s_%d ended without an attempt: Slurm says %s, exit code %d", t.Job, t.Index, t.State, t.Code)
	if t.Died != 0 {
		text += fmt.Sprintf(", signal %d", t.Died)
	}
	if t.Why != "" {
		text += " (" + t.Why + ")"
	}
	return text
}

// trials returns the number of trials of a shard, or the maximum if repeats are adaptive.
func (s *Sweep) trials(shard *Shard) (n int) {
	for _, cell := range shard.Cells {
		n += s.Run.Warmup + max(0, min(shard.Last, s.Run.RepeatsOf(&s.Run.Cells[cell]))-shard.First+1)
	}
	return n
}

// count adds the trials of whole rounds, and estimates the time of the others.
func (st *ShardStatus) count(s *Sweep, shard *Shard, whole []round) {
	var took time.Duration
	measured := 0
	for _, r := range whole {
		st.Trials += len(r.trials)
		start, end := r.span()
		took += end.Sub(start)
		measured += len(r.trials)
	}
	if left := st.Of - st.Trials; left > 0 && measured > 0 {
		st.Left = took / time.Duration(measured) * time.Duration(left)
	} else if left > 0 {
		st.Left = seconds(shard.Seconds)
	}
}

func seconds(x float64) time.Duration { return time.Duration(x * float64(time.Second)) }

// latest returns the time of the latest record of an attempt.
func (a *Attempt) latest() (at time.Time) {
	at = a.Start()
	if a.Log == nil {
		return at
	}
	for i := range a.Log.Trials {
		at = latest(at, endOf(&a.Log.Trials[i]))
	}
	for i := range a.Log.Notes {
		at = latest(at, a.Log.Notes[i].At)
	}
	return at
}

// patience returns the time without a record after which an attempt counts as killed: twice the time of its longest
// trial so far, and a listing that lags.
func (a *Attempt) patience() time.Duration {
	longest := time.Duration(0)
	for i := range a.Log.Trials {
		t := &a.Log.Trials[i]
		longest = max(longest, endOf(t).Sub(t.StartedAt))
	}
	return silence + 2*longest
}

func (st *Status) countNodes() {
	for i := range st.Shards {
		shard := &st.Shards[i]
		if shard.Node == "" || shard.State == ShardWaiting {
			continue
		}
		at := slices.IndexFunc(st.Nodes, func(n NodeStatus) bool { return n.Node == shard.Node })
		if at < 0 {
			at = len(st.Nodes)
			st.Nodes = append(st.Nodes, NodeStatus{Node: shard.Node})
		}
		n := &st.Nodes[at]
		switch shard.State {
		case ShardDone:
			n.Done++
		case ShardRunning:
			n.Running++
		case ShardStopped:
			n.Stopped++
		case ShardFailed:
			n.Failed++
		}
	}
	slices.SortFunc(st.Nodes, func(a, b NodeStatus) int { return compareNames(a.Node, b.Node) })
}

// estimate computes the time left. A shard without an estimate counts as the average of the others.
func (st *Status) estimate() {
	var sum time.Duration
	known, unknown, running := 0, 0, 0
	for i := range st.Shards {
		shard := &st.Shards[i]
		if shard.State == ShardRunning {
			running++
		}
		switch {
		case shard.State == ShardDone:
		case shard.Left > 0:
			sum += shard.Left
			known++
		default:
			unknown++
		}
	}
	if known == 0 || running == 0 {
		return
	}
	sum += sum / time.Duration(known) * time.Duration(unknown)
	st.Left = sum / time.Duration(running)
}

// compareNames orders names with numbers as people do: n2 before n10.
func compareNames(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	if a < b {
		return -1
	} else if a > b {
		return 1
	}
	return 0
}

// Describe describes a list of shards by their numbers.
func Describe(shards []int) string {
	if len(shards) == 1 {
		return fmt.Sprintf("shard %d", shards[0])
	}
	return fmt.Sprintf("%s %s", units.Count(len(shards), "shard"), ranges(slices.Sorted(slices.Values(shards))))
}
