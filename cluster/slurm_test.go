package cluster

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestNotice checks that a job has time to end, and most of its limit to measure.
func TestNotice(t *testing.T) {
	for _, test := range []struct{ limit, want time.Duration }{
		{0, 2 * time.Minute}, {time.Minute, 20 * time.Second}, {3 * time.Minute, 2 * time.Minute}, {2 * time.Hour, 2 * time.Minute},
	} {
		if got := notice(test.limit); got != test.want {
			t.Errorf("limit %v: got %v, want %v", test.limit, got, test.want)
		}
	}
}

func TestDeadline(t *testing.T) {
	for _, test := range []struct{ start, end, want string }{
		{"2026-01-02T03:00:00", "2026-01-02T05:00:00", "2026-01-02T04:58:00"},
		{"2026-01-02T03:00:00", "2026-01-02T03:01:00", "2026-01-02T03:00:40"},
		{"2026-01-02T03:00:00", "N/A", ""},
		{"", "", ""},
	} {
		var want time.Time
		if test.want != "" {
			want, _ = time.ParseInLocation("2006-01-02T15:04:05", test.want, time.Local)
		}
		if got := deadlineOf(test.start + " " + test.end + "\n"); !got.Equal(want) {
			t.Errorf("from %s to %s: got %v, want %v", test.start, test.end, got, want)
		}
	}
}

// TestThisJob checks that the last task of an array is not taken for the whole array.
func TestThisJob(t *testing.T) {
	for name, value := range map[string]string{
		"SLURM_JOB_ID": "7", "SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "3", "SLURM_RESTART_COUNT": "1", "SLURMD_NODENAME": "n1",
	} {
		t.Setenv(name, value)
	}
	if got, want := ThisJob(), (Job{Name: "7_3", ID: "7", Task: "7_3", Restarts: 1, Node: "n1"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestDivide checks that no index reaches the size of an array.
func TestDivide(t *testing.T) {
	got := divide([]int{0, 1, 3, 4, 9}, 4)
	if len(got) != 3 || !slices.Equal(got[0].Indices, []int{0, 1, 3}) || !slices.Equal(got[1].Indices, []int{0}) || !slices.Equal(got[2].Shards(), []int{9}) || got[2].Offset != 8 {
		t.Errorf("got %+v", got)
	}
}

func TestRanges(t *testing.T) {
	if got := ranges([]int{0, 1, 2, 3, 7, 9, 10}); got != "0-3,7,9-10" {
		t.Errorf("got %q", got)
	}
}

func TestParseQueue(t *testing.T) {
	got := parseQueue("a-0|7|0|FAILED|n1|16896|NonZeroExitCode|see a|b|\na-0|7|1|PENDING||0|Resources||\na-0|7|2|CANCELLED|n1|15|None|(null)|\nb|8|N/A|RUNNING|n1|0|None||\n")
	want := []Task{
		{Array: "a-0", Job: "7", State: "FAILED", Node: "n1", Why: "NonZeroExitCode, see a|b", Code: 66},
		{Array: "a-0", Job: "7", Index: 1, State: "PENDING", Why: "Resources"},
		{Array: "a-0", Job: "7", Index: 2, State: "CANCELLED", Node: "n1", Died: 15},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestKilledCommand checks that a request whose command was killed counts as one that Slurm may have accepted.
func TestKilledCommand(t *testing.T) {
	_, err := slurm(t.Context(), "sh", "-c", "kill -9 $$")
	if rejected := (&RejectedError{Array: Array{Indices: []int{2}}, Err: err}).Error(); !isUnanswered(err) || !strings.Contains(rejected, "shard 2, which may be queued") {
		t.Errorf("got %v: %s", err, rejected)
	}
	full := &RejectedError{Array: Array{Indices: []int{2}}, Err: errors.New("no space left on device")}
	if text := full.Error(); strings.Contains(text, "Slurm") || !strings.Contains(text, "shard 2 was not submitted: no space") {
		t.Errorf("an error of the file system is %q", text)
	}
	if _, err := slurm(t.Context(), "sh", "-c", "exit 1"); err == nil || isUnanswered(err) {
		t.Errorf("got %v, want an answer", err)
	}
}
