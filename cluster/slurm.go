package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Options are the settings of jobs.
type Options struct {
	Partition   string        `json:"partition,omitempty"`
	Constraint  string        `json:"constraint,omitempty"`
	MaxParallel int           `json:"max_parallel,omitempty"` // shards that run at once; 0: no limit
	Time        time.Duration `json:"time,omitempty"`         // of a job; 0: the default of the partition
}

// script is the batch script of a task. Its arguments are the directory of the sweep and the number that is
// added to the task's index. Slurm keeps a copy, so it also runs on a node that does not see the directory.
// Slurm cannot start a task whose output file it cannot open, so the script opens it. It ends in exec: the
// signal before the time limit goes to the batch process alone.
const script = `#!/bin/sh
shard=$(($2 + SLURM_ARRAY_TASK_ID))
if ! [ -x "$1/iosweep" ] || ! [ -d "$1/shards/$shard" ]; then
	scontrol update JobId="$SLURM_JOB_ID" Comment="$(uname -n) does not see $1, which must be on a file system that all nodes share" 2>/dev/null
	exit 66
fi
exec "$1/iosweep" shard "$1" "$shard" >>"$1/shards/$shard/${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID.out" 2>&1
`

// exitUnseen is the exit code of the script on a node that does not see the directory.
const exitUnseen = 66

// notice returns the time between the signal that asks a job to end and its time limit. slurmctld looks every
// 30 s, so the signal may come up to a minute earlier.
func notice(limit time.Duration) time.Duration {
	const usual = 2 * time.Minute
	if limit == 0 || limit >= 3*time.Minute {
		return usual
	}
	return limit / 3
}

// A slurmError is the message of a command of Slurm.
type slurmError struct {
	command string
	text    string
	killed  bool // by a signal, such as the one of Ctrl-C
}

func (e *slurmError) Error() string { return e.command + ": " + e.text }

// IsUnreachable reports whether Slurm did not answer, so that the same command may succeed later.
func IsUnreachable(err error) bool {
	var slurm *slurmError
	return errors.As(err, &slurm) && (strings.Contains(slurm.text, "Unable to contact slurm controller") || strings.Contains(slurm.text, "Socket timed out"))
}

// isUnanswered reports whether a request was sent and may have been accepted.
func isUnanswered(err error) bool {
	var slurm *slurmError
	return errors.As(err, &slurm) && (slurm.killed || strings.Contains(slurm.text, "Socket timed out"))
}

// slurm runs a command of Slurm and returns its output.
func slurm(ctx context.Context, command string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Env = append(slurmEnviron(command), "LC_ALL=C")
	var out, problem bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problem
	err := cmd.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return "", fmt.Errorf("%s is not installed on this machine, or not in PATH\nrun this on a machine of the Slurm cluster; for other launchers, --print writes a command for each shard", command)
	}
	if err != nil {
		text := strings.TrimSpace(problem.String())
		for _, prefix := range []string{command + ": error: ", command + ": "} {
			text = strings.ReplaceAll(text, prefix, "")
		}
		text = strings.ReplaceAll(text, "\n", "; ")
		if text == "" {
			text = err.Error()
		}
		exit, ok := errors.AsType[*exec.ExitError](err)
		return "", &slurmError{command, text, ok && !exit.Exited()}
	}
	return strings.TrimSpace(out.String()), nil
}

// slurmEnviron returns the environment of a command of Slurm. People set variables such as SQUEUE_PARTITION and
// SLURM_TIME_FORMAT for their own use. With them squeue hides jobs, whose shards would be submitted twice, scancel
// spares jobs, and times have another format. sbatch gets the whole environment, because the jobs inherit it.
func slurmEnviron(command string) []string {
	if command == "sbatch" {
		return os.Environ()
	}
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "SQUEUE_") || strings.HasPrefix(v, "SCANCEL_") || strings.HasPrefix(v, "SLURM_TIME_FORMAT=")
	})
}

// maxArraySize returns the number of indices that a job array can have. Slurm caps the index at one less.
func maxArraySize(ctx context.Context) (int, error) {
	out, err := slurm(ctx, "scontrol", "show", "config")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(out) {
		if name, value, ok := strings.Cut(line, "="); ok && strings.TrimSpace(name) == "MaxArraySize" {
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if err == nil && n < 2 {
				err = fmt.Errorf("this cluster has no job arrays: its MaxArraySize is %d", n)
			}
			return n, err
		}
	}
	return 0, errors.New("scontrol show config does not tell MaxArraySize")
}

// A Task is a queued or running task of a job array.
type Task struct {
	Array string // the name of the array
	Job   string // the id of the array
	Index int
	State string // as Slurm has it: PENDING, RUNNING
	Node  string
	Why   string // why it waits or has failed, as Slurm has it, and the comment of the job
	Code  int    // the exit code
	Died  int    // the signal that ended it; 0: none
}

// ended reports whether a task does not run and will not. Slurm keeps such tasks for a while.
func (t *Task) ended() bool {
	return !slices.Contains([]string{"PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "REQUEUED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESIZING", "SIGNALING", "STAGE_OUT", "REQUEUE_FED"}, t.State)
}

// queue returns the tasks of arrays with these names, also those that have ended a short while ago.
func queue(ctx context.Context, names []string) (list []Task, err error) {
	if len(names) == 0 {
		return nil, nil
	}
	const format = "Name:|,ArrayJobID:|,ArrayTaskID:|,State:|,NodeList:|,exit_code:|,Reason:|,Comment:|"
	out, err := slurm(ctx, "squeue", "--noheader", "--array", "--states=all", "--name="+strings.Join(names, ","), "--Format="+format)
	if err != nil {
		return nil, err
	}
	return parseQueue(out), nil
}

// parseQueue reads the output of squeue.
func parseQueue(out string) (list []Task) {
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "|")
		f := strings.SplitN(line, "|", 8) // a comment may be empty, or have the separator
		if len(f) < 8 {
			continue
		}
		index, err := strconv.Atoi(f[2])
		if err != nil {
			continue
		}
		t := Task{Array: f[0], Job: f[1], Index: index, State: f[3], Node: f[4]}
		if code, err := strconv.Atoi(f[5]); err == nil { // as wait(2) returns it
			t.Code, t.Died = code>>8&0xff, code&0x7f
		}
		for _, text := range f[6:8] {
			if text != "None" && text != "(null)" && text != "" {
				t.Why = strings.TrimPrefix(t.Why+", "+text, ", ")
			}
		}
		list = append(list, t)
	}
	return list
}

// ranges writes a sorted list of numbers as Slurm does: 0-3,7,9-10.
func ranges(list []int) string {
	var b strings.Builder
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(&b, list[i])
		if j > i {
			fmt.Fprintf(&b, "-%d", list[j])
		}
		i = j + 1
	}
	return b.String()
}
