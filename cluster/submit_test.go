package cluster

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"testing"
	"time"

	"iosweep/journal"
)

// writeArray writes the file of an array with these shards.
func writeArray(t *testing.T, s *Sweep, number int, shards ...int) {
	t.Helper()
	data, err := json.Marshal(Array{Name: s.arrayName(number), Indices: shards})
	if err == nil {
		err = os.WriteFile(s.arrayPath(number), data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// ending adds a last note to the journal of a fake attempt.
func ending(kind string) func(*journal.Log) {
	return func(log *journal.Log) {
		log.Notes = append(log.Notes, journal.Note{At: epoch.Add(time.Hour), Kind: kind, After: len(log.Trials)})
	}
}

// TestRemaining checks which shards of a sweep are submitted again, and without which nodes.
func TestRemaining(t *testing.T) {
	s, plan := freeze(t, gridOf(9, 3, 4), 0, nil)
	attempt := func(shard int, node string, hour, rounds int, change func(*journal.Log)) *Attempt {
		return fake{Sweep: s, plan: plan, shard: shard, node: node, start: epoch.Add(time.Duration(hour) * time.Hour), seed: uint64(hour), rounds: rounds, change: change}.write(t)
	}
	attempt(0, "n1", 0, 0, nil)                             // done
	attempt(1, "n1", 0, 3, nil)                             // killed after two rounds
	attempt(2, "n1", 0, 1, ending(journal.NoteInterrupted)) // was asked to end, and added nothing
	attempt(3, "n1", 0, 1, nil)
	attempt(3, "n2", 1, 1, ending(journal.NoteFault))
	attempt(3, "n1", 2, 1, ending(journal.NoteBudget))
	if err := s.NewAttempt(4, "1_4", 0).Fail(Failure{Node: "n1", At: epoch, Why: "the workspace is missing"}); err != nil {
		t.Fatal(err)
	}
	if err := attempt(4, "n2", 1, 1, ending(journal.NoteInterrupted)).Fail(Failure{Node: "n2", At: epoch, Why: "the disk is full"}); err != nil {
		t.Fatal(err)
	}
	attempt(8, "n2", 0, 1, ending(journal.NoteBudget)) // the time limit of its job
	for number := range 3 {
		writeArray(t, s, number, 0, 5) // no attempt of shard 5 has begun
	}
	for number := 3; number < 6; number++ {
		writeArray(t, s, number, 6) // nor of shard 6, but its arrays were cancelled
	}
	arrays, err := s.arrays()
	if err != nil || len(arrays) != 6 {
		t.Fatalf("got %v, %d arrays", err, len(arrays))
	}
	var tasks []ShardTask
	for number := 3; number < 6; number++ {
		tasks = append(tasks, ShardTask{Task: Task{Array: s.arrayName(number), Job: fmt.Sprint(number)}, Shard: 6})
	}
	if err := s.noteCancelled(arrays, tasks); err != nil {
		t.Fatal(err)
	}
	if arrays, err = s.arrays(); err != nil {
		t.Fatal(err)
	}
	states, err := s.states(arrays)
	if err != nil {
		t.Fatal(err)
	}
	var tries []int
	for _, st := range states {
		tries = append(tries, st.Tries)
	}
	if want := []int{0, 0, 1, 3, 2, 3, 0, 0, 1}; !reflect.DeepEqual(tries, want) {
		t.Errorf("got the tries %v, want %v", tries, want)
	}
	r := &Remaining{}
	r.sort(states, map[int]bool{7: true}, DefaultTries)
	want := []Missing{{Shards: []int{1}, Without: []string{"n1"}}, {Shards: []int{2, 6, 8}}, {Shards: []int{4}, Without: []string{"n1", "n2"}}}
	if !reflect.DeepEqual(r.Missing, want) || r.Done != 1 || r.Queued != 1 || !reflect.DeepEqual(r.GivenUp, []int{3, 5}) {
		t.Errorf("got %+v, want %+v, 1 done, 1 queued, and 3 and 5 given up", r, want)
	}
	if failed := states[3].Failed; !reflect.DeepEqual(failed, []string{"n1", "n2"}) {
		t.Errorf("shard 3 has failed on %v", failed)
	}
	if r, err = s.Remaining(t.Context(), false, 1); err != nil || r.Done != 1 || len(r.GivenUp) > 0 {
		t.Errorf("without Slurm: got %v, %+v; want nothing given up", err, r)
	}
}
