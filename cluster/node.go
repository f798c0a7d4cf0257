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
	Name     string // JOB_TASK, or HOST-PID without Slurm
	ID       string
	Restarts int
	Node     string
}

// ThisJob returns the job of this process. The last task of an array to start has the id of the array as its own
// id, so the name has the id of the array and the index.
func ThisJob() Job {
	host, _ := os.Hostname()
	id := os.Getenv("SLURM_JOB_ID")
	if id == "" {
		return Job{Name: fmt.Sprintf("%s-%d", fileName(host), os.Getpid()), Node: host}
	}
	j := Job{Name: id + "_0", ID: id, Node: cmp.Or(os.Getenv("SLURMD_NODENAME"), host)}
	if array := os.Getenv("SLURM_ARRAY_JOB_ID"); array != "" {
		j.Name = array + "_" + os.Getenv("SLURM_ARRAY_TASK_ID")
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
	out, err := slurm(ctx, "", "scontrol", "--oneliner", "show", "job", j.ID)
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

// End returns the time limit of the job. The zero time means that there is none.
func (j *Job) End(ctx context.Context) time.Time {
	if j.ID == "" {
		return time.Time{}
	}
	out, err := slurm(ctx, "", "squeue", "--noheader", "--jobs="+j.ID, "--format=%e")
	if err != nil {
		return time.Time{} // the signal before the end comes in any case
	}
	line, _, _ := strings.Cut(out, "\n")
	end, err := time.ParseInLocation("2006-01-02T15:04:05", strings.TrimSpace(line), time.Local)
	if err != nil {
		return time.Time{}
	}
	return end
}
