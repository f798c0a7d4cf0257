package cluster

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"iosweep/internal/sysinfo"
	"iosweep/journal"
)

// A Job is the job of Slurm that this process runs in. Without Slurm it is zero, except for Name.
type Job struct {
	Name string // JOB_TASK, or HOST-PID without Slurm
	ID   string
	// Task names this job for squeue and scontrol. The ID of the last task of an array to start is the id of
	// the array, which stands for all its tasks.
	Task     string
	Restarts int
	Node     string
}

// ThisJob returns the job of this process.
func ThisJob() Job {
	host, _ := os.Hostname()
	id := os.Getenv("SLURM_JOB_ID")
	if id == "" {
		return Job{Name: fmt.Sprintf("%s-%d", fileName(host), os.Getpid()), Node: host}
	}
	j := Job{Name: id + "_0", ID: id, Task: id, Node: cmp.Or(os.Getenv("SLURMD_NODENAME"), host)}
	if array := os.Getenv("SLURM_ARRAY_JOB_ID"); array != "" {
		j.Task = array + "_" + os.Getenv("SLURM_ARRAY_TASK_ID")
		j.Name = j.Task
	}
	j.Restarts, _ = strconv.Atoi(os.Getenv("SLURM_RESTART_COUNT"))
	return j
}

// fileName returns a text without the characters that a name of a file cannot have.
func fileName(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r == ':' || r < ' ' {
			return '-'
		}
		return r
	}, text)
}

// ThisNode describes this machine.
func (j *Job) ThisNode() journal.Node {
	n := journal.Node{Name: j.Node, Microcode: sysinfo.Host.Microcode(), Usable: sysinfo.Host.UsableCPUs()}
	n.Quota, _ = sysinfo.Host.Quota()
	n.MemoryLimit, _ = sysinfo.Host.MemoryLimit()
	return n
}

// CheckWhole returns an error if the job shares its node with other jobs, or may use only a part of it.
func (j *Job) CheckWhole(ctx context.Context, n *journal.Node) error {
	if j.ID == "" {
		return nil
	}
	const advice = "\nask for a whole node: a partition with OverSubscribe=NO (scontrol show partition), and no limits of cpus for a job that has all of them"
	out, err := slurm(ctx, "scontrol", "--oneliner", "show", "job", j.Task)
	if err != nil {
		return err
	}
	for field := range strings.FieldsSeq(out) {
		if value, ok := strings.CutPrefix(field, "OverSubscribe="); ok && value != "NO" {
			return fmt.Errorf("the node %s is not this job's alone, although --exclusive was asked for: Slurm says OverSubscribe=%s, so other jobs would disturb the measurement%s", j.Node, value, advice)
		}
	}
	given, _ := strconv.Atoi(os.Getenv("SLURM_CPUS_ON_NODE"))
	if usable := sysinfo.CountCPUs(n.Usable); usable > 0 && usable < given {
		return fmt.Errorf("the job is bound to the cpus %s of the node %s, although it has %d cpus%s", n.Usable, j.Node, given, advice)
	}
	ofJob := strings.Contains(sysinfo.Host.ControlGroups(), "job_"+j.ID)
	if ofJob && n.Quota > 0 && n.Quota < float64(given) {
		return fmt.Errorf("the control group of the job limits it to %.3g of the %d cpus of the node %s%s", n.Quota, given, j.Node, advice)
	}
	return nil
}

// Deadline returns the time at which Slurm asks the job to end, before its time limit. The zero time means that
// there is no limit.
func (j *Job) Deadline(ctx context.Context) time.Time {
	if j.ID == "" {
		return time.Time{}
	}
	out, err := slurm(ctx, "squeue", "--noheader", "--jobs="+j.Task, "--format=%S %e")
	if err != nil {
		return time.Time{} // the signal comes in any case
	}
	return deadlineOf(out)
}

// deadlineOf reads the start and the end of a job. The notice depends on the limit of this job, which can be another
// one than the limit of the first submit.
func deadlineOf(text string) time.Time {
	const format = "2006-01-02T15:04:05"
	from, to, _ := strings.Cut(strings.TrimSpace(text), " ")
	start, err1 := time.ParseInLocation(format, from, time.Local)
	end, err2 := time.ParseInLocation(format, to, time.Local)
	if err1 != nil || err2 != nil {
		return time.Time{} // squeue prints N/A if there is no limit
	}
	return end.Add(-notice(end.Sub(start)))
}
