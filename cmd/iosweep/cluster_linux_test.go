package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"iosweep/cluster/slurmtest"
	"iosweep/journal"
)

// A clusterTest runs the program with a real Slurm cluster. Its directory dir has the experiment x.yaml, and the
// sweep is in dir/sweep.
type clusterTest struct {
	*testing.T
	*slurmtest.Cluster
	program string
	dir     string
	merged  int // the exit code of merge if all shards are done
}

// newClusterTest starts a cluster.
func newClusterTest(t *testing.T, options slurmtest.Options) *clusterTest {
	t.Helper()
	skipIfShort(t)
	t.Parallel() // such a test mostly waits
	return &clusterTest{T: t, Cluster: slurmtest.Start(t, options), program: build(t)}
}

// with runs a subtest with an experiment and a workspace of its own. At its end, no file may be outside of the
// sweep, and no process may be left.
func (c *clusterTest) with(name, experiment string, test func(c *clusterTest)) {
	c.T.Run(name, func(t *testing.T) {
		sub := &clusterTest{T: t, Cluster: c.Cluster, program: c.program, dir: experimentDir(t, experiment)}
		test(sub)
		if t.Failed() {
			sub.log()
			return
		}
		sub.cancelAll()
		sub.checkNothingLeft()
	})
}

// log logs the files of the sweep, for a failed test.
func (c *clusterTest) log() {
	cmd := exec.Command("sh", "-c", `find sweep/shards sweep/arrays -type f | sort; for f in sweep/shards/*/*.out sweep/shards/*/*.failed; do echo "== $f"; tail -5 "$f"; done`)
	cmd.Dir = c.dir
	out, _ := cmd.CombinedOutput()
	c.Logf("%s", out)
}

// cancelAll cancels the jobs that a test has left.
func (c *clusterTest) cancelAll() {
	c.Helper()
	_, _ = c.Cluster.Run("scancel", "--user=root")
	c.WaitIdle()
}

// iosweep runs the program in dir and returns its output. It fails the test if the exit code is another one.
func (c *clusterTest) iosweep(code int, args ...string) string {
	c.Helper()
	cmd := c.command(args...)
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != code {
		c.Fatalf("iosweep %q: exit code %d (%v), want %d\n%s", args, got, err, code, out)
	}
	return string(out)
}

func (c *clusterTest) command(args ...string) *exec.Cmd {
	cmd := exec.Command(c.program, args...)
	cmd.Dir, cmd.Env = c.dir, c.Env()
	return cmd
}

// A sweepStatus is the output of iosweep status --format json.
type sweepStatus struct {
	Counts map[string]int
	Shards []struct {
		Shard, Trials, Of, Attempts int
		State, Node, Slurm, Note    string
	}
}

func (c *clusterTest) status() (st sweepStatus) {
	c.Helper()
	cmd := c.command("status", "sweep", "--format", "json")
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &st)
	}
	if err != nil {
		c.Fatalf("status: %v\n%s", err, out)
	}
	return st
}

// waitTrials waits until a shard runs and has this number of trials.
func (c *clusterTest) waitTrials(shard, trials int) {
	c.Helper()
	slurmtest.WaitFor(c, fmt.Sprintf("%d trials of shard %d", trials, shard), func() bool {
		s := c.status().Shards[shard]
		return s.State == "running" && s.Trials >= trials
	})
}

// ended waits until no job is queued or running.
func (c *clusterTest) ended() {
	c.Helper()
	slurmtest.WaitFor(c, "the end of all jobs", func() bool {
		out, err := c.Cluster.Run("squeue", "-h")
		return err == nil && out == ""
	})
}

// shardPID returns the process of the latest attempt of a shard.
func (c *clusterTest) shardPID(shard int) int {
	c.Helper()
	pids := pidsNaming(filepath.Join(c.dir, "sweep", "iosweep"), "shard", filepath.Join(c.dir, "sweep"), strconv.Itoa(shard))
	if len(pids) != 1 {
		c.Fatalf("the processes of shard %d are %v, want one", shard, pids)
	}
	return pids[0]
}

// pidsNaming returns the processes with this command line.
func pidsNaming(argv ...string) (pids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range files {
		if text, err := os.ReadFile(f); err == nil && strings.TrimRight(string(text), "\x00") == strings.Join(argv, "\x00") {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(f)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// finish submits the sweep until all its shards are done, and merges it. Each trial of the plan must be in the
// journal once.
func (c *clusterTest) finish() *journal.Log {
	c.Helper()
	isDone := func() bool { st := c.status(); return st.Counts["done"] == len(st.Shards) }
	for range 5 {
		// After a crash, slurmctld may show a job as running whose process has ended.
		slurmtest.WaitFor(c, "the end of all jobs, or all shards", func() bool {
			out, err := c.Cluster.Run("squeue", "-h")
			return err == nil && out == "" || isDone()
		})
		if isDone() {
			return c.merge()
		}
		c.iosweep(0, "submit", "sweep")
	}
	c.Fatalf("the sweep is not done: %+v", c.status())
	return nil
}

// merge merges a sweep that is done, and counts lost and doubled trials.
func (c *clusterTest) merge() *journal.Log {
	c.Helper()
	c.iosweep(c.merged, "merge", "sweep")
	log, err := journal.ReadDir(filepath.Join(c.dir, "sweep"))
	noError(c.T, err)
	type slot struct {
		phase       journal.Phase
		round, cell int
	}
	seen := map[slot]int{}
	for i := range log.Trials {
		if t := &log.Trials[i]; t.Attempt == 1 {
			seen[slot{t.Phase, t.Round, t.Cell}]++
		}
	}
	lost, doubled := 0, 0
	for cell := range log.Run.Cells {
		if log.Run.Cells[cell].Skip != "" {
			continue
		}
		for _, p := range []struct {
			phase  journal.Phase
			rounds int
		}{{journal.Warmup, log.Run.Warmup}, {journal.Measured, log.Run.Repeats}} {
			for round := 1; round <= p.rounds; round++ {
				switch n := seen[slot{p.phase, round, cell}]; {
				case n == 0:
					lost++
				case n > 1:
					doubled += n - 1
				}
			}
		}
	}
	if lost > 0 || doubled > 0 || !log.Finished() {
		c.Errorf("%d trials are lost and %d doubled, finished %v; want none, and finished", lost, doubled, log.Finished())
	}
	notUsed := "none"
	for _, n := range log.Notes {
		if strings.HasPrefix(n.Text, "Not used are ") || strings.HasPrefix(n.Text, "Two attempts ") {
			notUsed = n.Text
		}
	}
	c.Logf("%d trials, %d lost, %d doubled; not used: %s", len(log.Trials), lost, doubled, notUsed)
	return log
}

// checkNothingLeft fails the test if a process of the sweep runs, or a file is outside of the sweep.
func (c *clusterTest) checkNothingLeft() {
	c.Helper()
	var left []string
	slurmtest.WaitFor(c, "the end of all processes of the sweep", func() bool {
		left = waitForNoneNaming(c.dir)
		return len(left) == 0
	})
	noError(c.T, filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(c.dir, path)
		switch {
		case err != nil:
			return err
		case name == "sweep":
			return filepath.SkipDir
		case !slices.Contains([]string{".", "x.yaml", "ws"}, name):
			c.Errorf("%s is left", path)
		}
		return nil
	}))
}

// waits returns an experiment with this number of tables. Its trials wait for a tenth of a second or two.
func waits(tables, repeats int) string {
	var parts []string
	for i := range tables {
		parts = append(parts, strconv.Itoa(i))
	}
	return fmt.Sprintf(`name: waits
workload: {files: 1, lines: 1}
workspace: ws
operations:
  wait: {verify: none}
commands:
  short: {operation: wait, run: [sleep, "0.1{part}"]}
  long: {operation: wait, run: [sleep, "0.2{part}"]}
grid:
  - {operation: wait, strategy: [short, long], part: [%s]}
baseline: {strategy: short}
trials: {repeats: %d, warmup: 1}
`, strings.Join(parts, ", "), repeats)
}

// TestClusterEndToEnd runs sweeps on two nodes: one array, and one that is larger than MaxArraySize with one
// shard at a time.
func TestClusterEndToEnd(t *testing.T) {
	c := newClusterTest(t, slurmtest.Options{MinJobAge: 3600, SlurmdTimeout: 3600})
	c.with("two nodes", waits(4, 5), func(c *clusterTest) {
		out := c.iosweep(0, "submit", "x.yaml", "--partition", "p", "--time", "10m", "-o", "sweep")
		if !strings.Contains(out, "4 shards 0-3") {
			t.Errorf("submit prints %q", out)
		}
		for _, variable := range []string{"", "SQUEUE_ACCOUNT=other", "SQUEUE_QOS=other"} { // with these, squeue shows none of the jobs
			again := c.command("submit", "sweep")
			again.Env = append(again.Env, variable)
			if out, err := again.CombinedOutput(); err != nil || strings.Contains(string(out), "job ") || !strings.Contains(string(out), "0 shards done, 4 waiting or running") {
				c.Errorf("%s: a second submit prints %q (%v)", variable, out, err)
			}
		}
		// With the measured rounds of one table only, merge would write pictures with other names, and they would stay.
		slurmtest.WaitFor(c, "measured rounds of two tables", func() bool {
			st := c.status()
			return st.Shards[0].Trials >= 4 && st.Shards[1].Trials >= 4
		})
		c.Logf("%s", c.iosweep(0, "status", "sweep"))
		c.iosweep(3, "merge", "sweep") // some rounds are there
		log := c.finish()
		if len(log.Run.Nodes) != 2 {
			c.Errorf("the nodes are %v, want two", log.Run.Nodes)
		}
		journalFile := filepath.Join(c.dir, "sweep", journal.FileName)
		first, err := os.ReadFile(journalFile)
		noError(c.T, err)
		noError(c.T, os.Remove(journalFile))
		c.iosweep(0, "merge", "sweep")
		if second, err := os.ReadFile(journalFile); err != nil || string(first) != string(second) {
			c.Errorf("a second merge gives another journal: %v", err)
		}
		if out := c.iosweep(0, "submit", "sweep"); !strings.Contains(out, "all shards are done") {
			c.Errorf("submit of a sweep that is done prints %q", out)
		}
		if out := c.iosweep(2, "resume", "sweep"); !strings.Contains(out, "iosweep submit sweep") {
			c.Errorf("resume prints %q", out)
		}
		c.iosweep(0, "report", "sweep", "--check")
	})
	c.with("25 shards", waits(25, 1), func(c *clusterTest) {
		out := c.iosweep(0, "submit", "x.yaml", "--max-parallel", "1", "-o", "sweep")
		c.Logf("%s", out)
		if strings.Count(out, "job ") != 3 || !strings.Contains(out, "11 shards 0-10\n") || !strings.Contains(out, "3 shards 22-24") {
			c.Errorf("submit prints %q, want three arrays", out)
		}
		c.finish()
		c.checkNoOverlap()
	})
}

// checkNoOverlap fails the test if two attempts ran at the same time.
func (c *clusterTest) checkNoOverlap() {
	c.Helper()
	type span struct {
		name       string
		start, end time.Time
	}
	var spans []span
	files, _ := filepath.Glob(filepath.Join(c.dir, "sweep", "shards", "*", "*.jsonl"))
	for _, f := range files {
		log, err := journal.ReadFile(f)
		noError(c.T, err)
		spans = append(spans, span{filepath.Base(f), log.Run.StartedAt, log.Notes[len(log.Notes)-1].At})
	}
	slices.SortFunc(spans, func(a, b span) int { return a.start.Compare(b.start) })
	for i := 1; i < len(spans); i++ {
		if spans[i].start.Before(spans[i-1].end) {
			c.Errorf("%s began before %s had ended", spans[i].name, spans[i-1].name)
		}
	}
	c.Logf("%d attempts, none at the same time as another", len(spans))
}

// TestClusterFaults kills and cancels tasks and the submitter, and breaks the sweep in other ways.
func TestClusterFaults(t *testing.T) {
	// With linuxproc, Slurm signals the programs of a trial too.
	c := newClusterTest(t, slurmtest.Options{MaxArraySize: 4, MinJobAge: 3600, SlurmdTimeout: 3600, ProctrackType: "linuxproc"})
	submit := func(c *clusterTest) {
		c.iosweep(0, "submit", "x.yaml", "--time", "10m", "-o", "sweep")
	}
	c.with("kill -9 of a task", waits(2, 6), func(c *clusterTest) {
		submit(c)
		c.waitTrials(0, 5)
		pid := c.shardPID(0)
		noError(c.T, killProcess(pid))
		c.ended()
		st := c.status()
		if s := st.Shards[0]; s.State != "failed" || !strings.Contains(s.Note, "killed") || s.Trials < 4 {
			c.Errorf("the killed shard is %+v", s)
		}
		out := c.iosweep(0, "submit", "sweep")
		if !strings.Contains(out, "without "+st.Shards[0].Node) {
			c.Errorf("submit prints %q, want it without %s", out, st.Shards[0].Node)
		}
		log := c.finish()
		if s := c.status().Shards[0]; s.Node == st.Shards[0].Node {
			c.Errorf("the shard ran again on %s, which failed it", s.Node)
		}
		if len(log.Run.Nodes) != 2 {
			c.Errorf("the nodes are %v", log.Run.Nodes)
		}
	})
	c.with("scontrol requeue", waits(2, 6), func(c *clusterTest) {
		submit(c)
		c.waitTrials(1, 5)
		c.slurm("scontrol", "requeue", c.taskOf(1))
		slurmtest.WaitFor(c, "the second attempt", func() bool { return c.status().Shards[1].Attempts == 2 })
		c.finish()
		c.noAbandonedTrial()
	})
	c.with("scancel of one task", waits(2, 6), func(c *clusterTest) {
		submit(c)
		c.waitTrials(1, 5)
		c.slurm("scancel", c.taskOf(1))
		c.ended()
		if s := c.status().Shards[1]; s.State != "stopped" {
			c.Errorf("the cancelled shard is %+v, want it stopped", s)
		}
		c.finish()
		c.noAbandonedTrial()
	})
	c.with("cancel", waits(4, 6), func(c *clusterTest) {
		submit(c)
		c.waitTrials(0, 2)
		if out := c.iosweep(0, "cancel", "sweep"); !strings.Contains(out, "4 jobs cancelled") {
			c.Errorf("cancel prints %q", out)
		}
		if out, _ := c.Cluster.Run("squeue", "-h"); out != "" {
			c.Errorf("after cancel there are jobs: %s", out)
		}
		c.finish()
		c.noAbandonedTrial()
	})
	c.with("kill -9 of the submitter", waits(6, 1), func(c *clusterTest) {
		cmd := c.command("submit", "x.yaml", "-o", "sweep")
		out, err := cmd.StdoutPipe()
		noError(c.T, err)
		noError(c.T, cmd.Start())
		_, err = out.Read(make([]byte, 1)) // the first array is submitted
		noError(c.T, err)
		noError(c.T, cmd.Process.Kill())
		_ = cmd.Wait()
		before := c.queued()
		c.Logf("after the kill %d tasks are queued", len(before))
		c.iosweep(0, "submit", "sweep")
		c.finish()
		files, _ := filepath.Glob(filepath.Join(c.dir, "sweep", "shards", "*", "*.jsonl"))
		if len(files) != 6 {
			c.Errorf("there are %d attempts, want one of each of 6 shards", len(files))
		}
	})
	c.with("rejected", waits(6, 1), func(c *clusterTest) {
		out := c.iosweep(2, "submit", "x.yaml", "--partition", "nosuch", "-o", "sweep")
		c.Logf("%s", out)
		if !strings.Contains(out, "invalid partition") || !strings.Contains(out, "nothing was submitted") {
			c.Errorf("submit to a partition that does not exist prints %q", out)
		}
		// The second array goes to that partition.
		wrapper := filepath.Join(c.Dir, "reject")
		noError(c.T, os.MkdirAll(wrapper, 0o755))
		real, err := exec.LookPath("sbatch")
		noError(c.T, err)
		writeFile(c.T, filepath.Join(wrapper, "sbatch"), "#!/bin/sh\nif mkdir "+wrapper+"/first 2>/dev/null; then exec "+real+" \"$@\"; fi\nexec "+real+" --nodelist=nosuch \"$@\"\n")
		noError(c.T, os.Chmod(filepath.Join(wrapper, "sbatch"), 0o755))
		cmd := c.command("submit", "sweep", "--partition", "p")
		cmd.Env = append(cmd.Env, "PATH="+wrapper+":"+os.Getenv("PATH"))
		text, _ := cmd.CombinedOutput()
		c.Logf("%s", text)
		if cmd.ProcessState.ExitCode() != exitIncomplete || !strings.Contains(string(text), "with 4 shards 0-3 was submitted before") {
			c.Errorf("submit with a rejected array: exit code %d, %s", cmd.ProcessState.ExitCode(), text)
		}
		c.iosweep(0, "submit", "sweep", "--partition", "p")
		c.finish()
	})
	c.with("two binaries", waits(1, 3), func(c *clusterTest) {
		c.iosweep(0, "submit", "x.yaml", "--print", "-o", "sweep")
		program := filepath.Join(c.dir, "sweep", "iosweep")
		data, err := os.ReadFile(program)
		noError(c.T, err)
		noError(c.T, os.WriteFile(program+".new", append(data, 0), 0o755))
		noError(c.T, os.Rename(program, program+".old"))
		noError(c.T, os.Rename(program+".new", program))
		c.iosweep(0, "submit", "sweep")
		c.ended()
		if s := c.status().Shards[0]; s.State != "failed" || !strings.Contains(s.Note, "is not the iosweep of this sweep") {
			c.Errorf("with another program the shard is %+v", s)
		}
		noError(c.T, os.Rename(program+".old", program))
		c.finish()
	})
	c.with("missing program", strings.Replace(waits(1, 2), "run: [sleep, \"0.2{part}\"]", "run: [no-such-program, \"{part}\"]", 1), func(c *clusterTest) {
		submit(c)
		c.ended()
		if s := c.status().Shards[0]; s.State != "failed" || !strings.Contains(s.Note, "no-such-program") {
			c.Errorf("with a missing program the shard is %+v", s)
		}
		c.merged = exitFailures // a cell is skipped
		c.finish()
	})
	c.with("missing workspace", waits(1, 2), func(c *clusterTest) {
		noError(c.T, os.Rename(filepath.Join(c.dir, "ws"), filepath.Join(c.dir, "hidden")))
		submit(c)
		c.ended()
		if s := c.status().Shards[0]; s.State != "failed" || !strings.Contains(s.Note, "ws") {
			c.Errorf("without a workspace the shard is %+v", s)
		}
		noError(c.T, os.Rename(filepath.Join(c.dir, "hidden"), filepath.Join(c.dir, "ws")))
		c.finish()
	})
}

// queued returns the indices of the queued and running tasks.
func (c *clusterTest) queued() []string {
	return strings.Fields(c.slurm("squeue", "-h", "-r", "-o", "%K"))
}

// slurm runs a command of Slurm.
func (c *clusterTest) slurm(name string, args ...string) string {
	c.Helper()
	out, err := c.Cluster.Run(name, args...)
	noError(c.T, err)
	return out
}

// taskOf returns the id of the task of a shard, if there is one array.
func (c *clusterTest) taskOf(shard int) string {
	c.Helper()
	for _, line := range strings.Split(c.slurm("squeue", "-h", "-r", "-o", "%F %K"), "\n") {
		if id, index, _ := strings.Cut(line, " "); index == strconv.Itoa(shard) {
			return id + "_" + index
		}
	}
	c.Fatalf("there is no task of shard %d", shard)
	return ""
}

// noAbandonedTrial fails the test if an attempt has recorded a trial that the signal of its job has ended.
func (c *clusterTest) noAbandonedTrial() {
	c.Helper()
	files, _ := filepath.Glob(filepath.Join(c.dir, "sweep", "shards", "*", "*.jsonl"))
	for _, f := range files {
		log, err := journal.ReadFile(f)
		noError(c.T, err)
		for i := range log.Trials {
			if t := &log.Trials[i]; t.Status != journal.OK {
				c.Errorf("%s has a trial that is %s: %s", filepath.Base(f), t.Status, t.Error)
			}
		}
	}
}

func killProcess(pid int) error {
	p, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return p.Kill()
}

// TestClusterDaemonsDie kills the daemons of Slurm.
func TestClusterDaemonsDie(t *testing.T) {
	c := newClusterTest(t, slurmtest.Options{MinJobAge: 3600, SlurmdTimeout: 3600})
	submit := func(c *clusterTest) {
		c.iosweep(0, "submit", "x.yaml", "--time", "30m", "-o", "sweep")
	}
	c.with("slurmd is restarted", waits(2, 8), func(c *clusterTest) {
		submit(c)
		c.waitTrials(0, 3)
		node := c.nodeOf(0)
		c.KillNode(node)
		c.StartNode(node)
		c.finish()
		if s := c.status().Shards[0]; s.Attempts != 1 {
			c.Errorf("the shard has %d attempts, want one: its task continues", s.Attempts)
		}
	})
	c.with("slurmctld after it has saved", waits(2, 8), func(c *clusterTest) {
		submit(c)
		c.waitTrials(0, 3)
		c.SaveState(c.arrayID())
		c.KillController()
		out := c.iosweep(0, "status", "sweep")
		if !strings.Contains(out, "Slurm does not answer") || !strings.Contains(out, "running") {
			c.Errorf("without slurmctld status prints %q", out)
		}
		c.StartController()
		c.finish()
	})
	c.with("slurmctld at once", waits(2, 8), func(c *clusterTest) {
		submit(c)
		c.KillController()
		if out := c.iosweep(3, "submit", "sweep"); !strings.Contains(out, "Unable to contact slurm controller") {
			c.Errorf("without slurmctld submit prints %q", out)
		}
		c.StartController()
		// It may show jobs as running whose processes have ended, and never learn of their end.
		c.slurm("scancel", "--user=root")
		c.finish()
	})
	c.with("slurmstepd", waits(2, 8), func(c *clusterTest) {
		submit(c)
		c.waitTrials(0, 3)
		parent := parentOf(c.T, c.shardPID(0))
		noError(c.T, killProcess(parent))
		slurmtest.WaitFor(c, "the end of the shard without its slurmstepd", func() bool { return c.status().Shards[0].State == "done" })
		c.slurm("scancel", "--user=root") // Slurm shows the job as running
		c.finish()
	})
}

// TestClusterTwins kills the slurmd of a node for good. Slurm runs the task again on the other node while the first
// process still runs. The older attempt ends itself.
func TestClusterTwins(t *testing.T) {
	c := newClusterTest(t, slurmtest.Options{MinJobAge: 3600})
	c.with("slurmd stays dead", waits(1, 2000), func(c *clusterTest) {
		c.iosweep(0, "submit", "x.yaml", "--time", "3h", "-o", "sweep")
		c.waitTrials(0, 3)
		first, pid := c.nodeOf(0), c.shardPID(0)
		c.KillNode(first)
		slurmtest.WaitFor(c, "the second attempt", func() bool { return c.status().Shards[0].Attempts == 2 })
		slurmtest.WaitFor(c, "the end of the first attempt", func() bool { _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); return err != nil })
		c.wantOutput(0, "a newer attempt of the shard runs on n"+strconv.Itoa(3-first))
		c.cancelAtOnce()
		c.StartNode(first)
		c.WaitIdle()
		c.iosweep(3, "merge", "sweep")
		log, err := journal.ReadDir(filepath.Join(c.dir, "sweep"))
		noError(c.T, err)
		c.checkDoubled(log)
		c.Logf("%d trials of both attempts, none doubled", len(log.Trials))
	})
}

// nodeOf returns the number of the node on which a shard runs.
func (c *clusterTest) nodeOf(shard int) int {
	c.Helper()
	n, err := strconv.Atoi(strings.TrimPrefix(c.status().Shards[shard].Node, "n"))
	noError(c.T, err)
	return n
}

// arrayID returns the id of the only array.
func (c *clusterTest) arrayID() string {
	c.Helper()
	return strings.Fields(c.slurm("squeue", "-h", "-o", "%F"))[0]
}

// cancelAtOnce cancels all jobs and does not wait until they have ended.
func (c *clusterTest) cancelAtOnce() {
	c.Helper()
	c.slurm("scancel", "--user=root")
}

// checkDoubled fails the test if a trial is in the journal twice.
func (c *clusterTest) checkDoubled(log *journal.Log) {
	c.Helper()
	seen := map[string]bool{}
	for i := range log.Trials {
		t := &log.Trials[i]
		key := fmt.Sprint(t.Phase, t.Round, t.Cell, t.Attempt)
		if seen[key] {
			c.Errorf("%s %d of %s is there twice", t.Phase, t.Round, t.Name)
		}
		seen[key] = true
	}
}

// wantOutput fails the test if no job of a shard has printed a text.
func (c *clusterTest) wantOutput(shard int, text string) {
	c.Helper()
	files, _ := filepath.Glob(filepath.Join(c.dir, "sweep", "shards", strconv.Itoa(shard), "*.out"))
	var all strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(f)
		noError(c.T, err)
		all.Write(data)
	}
	if !strings.Contains(all.String(), text) {
		c.Errorf("the jobs of shard %d have not printed %q:\n%s", shard, text, all.String())
	}
}

// parentOf returns the parent of a process.
func parentOf(t *testing.T, pid int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	noError(t, err)
	_, rest, _ := strings.Cut(string(text), "PPid:")
	line, _, _ := strings.Cut(rest, "\n")
	parent, err := strconv.Atoi(strings.TrimSpace(line))
	noError(t, err)
	return parent
}

// TestClusterTimeLimit runs a shard that is longer than the time limit of its job. Slurm sends its signal 36 s after
// the start, and the second attempt continues.
func TestClusterTimeLimit(t *testing.T) {
	c := newClusterTest(t, slurmtest.Options{MinJobAge: 3600, SlurmdTimeout: 3600})
	c.with("one minute", waits(1, 110), func(c *clusterTest) {
		c.iosweep(0, "submit", "x.yaml", "--time", "1m", "-o", "sweep")
		c.ended()
		s := c.status().Shards[0]
		if s.State != "stopped" || s.Trials < 4 {
			c.Errorf("after the time limit the shard is %+v, want it stopped", s)
		}
		c.Logf("after the time limit: %+v", s)
		c.finish()
		c.noAbandonedTrial()
		if s := c.status().Shards[0]; s.Attempts < 2 {
			c.Errorf("the shard has %d attempts", s.Attempts)
		}
	})
}

// TestClusterSharedNode submits to a partition whose nodes are shared although --exclusive is asked for.
func TestClusterSharedNode(t *testing.T) {
	c := newClusterTest(t, slurmtest.Options{OverSubscribe: "FORCE:2", MinJobAge: 3600, SlurmdTimeout: 3600})
	c.with("FORCE", waits(1, 2), func(c *clusterTest) {
		c.iosweep(0, "submit", "x.yaml", "-o", "sweep")
		c.ended()
		if s := c.status().Shards[0]; s.State != "failed" || !strings.Contains(s.Note, "OverSubscribe=YES") || !strings.Contains(s.Note, "ask for a whole node") {
			c.Errorf("on a shared node the shard is %+v", s)
		}
	})
}

// TestClusterDirectory breaks the directory of a sweep: it is full, or a node does not see it.
func TestClusterDirectory(t *testing.T) {
	c := newClusterTest(t, slurmtest.Options{MinJobAge: 3600, SlurmdTimeout: 3600})
	many := strings.NewReplacer("0.1{part}", "0.0{part}", "0.2{part}", "0.0{part}").Replace(waits(2, 150)) // more records than a journal reserves space for
	c.with("full", many, func(c *clusterTest) {
		at := mountTmpfs(c.T, c.dir, "sweep", "size=64m")
		c.iosweep(0, "submit", "x.yaml", "-o", "sweep")
		c.waitTrials(0, 3)
		filler := filepath.Join(at, "filler")
		_ = exec.Command("sh", "-c", `cat /dev/zero >"$0"`, filler).Run() // until the file system is full
		c.ended()
		for _, s := range c.status().Shards {
			if s.State != "failed" || !strings.Contains(s.Note, "directory was full") && !strings.Contains(s.Note, "no space left") {
				c.Errorf("in a full directory shard %d is %+v", s.Shard, s)
			}
			c.Logf("%s: %s", s.State, s.Note)
		}
		if out := c.iosweep(0, "status", "sweep"); !strings.Contains(out, "warning: ") || !strings.Contains(out, "free") {
			c.Errorf("status of a full directory prints %s", out)
		}
		noError(c.T, os.Remove(filler))
		c.finish()
	})
	c.with("not seen", waits(1, 2), func(c *clusterTest) {
		// Only this shell sees the file system with the sweep.
		shell := c.command()
		shell.Path, shell.Args = "/bin/sh", []string{"sh", "-c", `mkdir sweep && exec unshare --mount sh -ec '
mount -t tmpfs none sweep
"$0" submit x.yaml -o sweep
until [ -z "$(squeue -h)" ]; do sleep 0.2; done
"$0" status sweep
' "$0"`, c.program}
		out, err := shell.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "does not see the directory of the sweep") {
			c.Errorf("%v: %s", err, out)
		}
		c.Logf("%s", out)
	})
}

// TestClusterOtherLauncher runs the commands of --print with GNU parallel, and submits without Slurm.
func TestClusterOtherLauncher(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	c := &clusterTest{T: t, program: build(t), dir: experimentDir(t, waits(3, 2)), Cluster: nil}
	run := func(code int, path string, line string) string {
		cmd := exec.Command("sh", "-c", line)
		cmd.Dir, cmd.Env = c.dir, append(os.Environ(), "PATH="+path, "P="+c.program)
		out, err := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Fatalf("%s: exit code %d (%v), want %d\n%s", line, got, err, code, out)
		}
		return string(out)
	}
	path := os.Getenv("PATH")
	empty := t.TempDir()
	if out := run(2, empty, `"$P" submit x.yaml -o sweep`); !strings.Contains(out, "sbatch is not in PATH") || !strings.Contains(out, "--print") {
		t.Errorf("without Slurm submit prints %q", out)
	}
	if _, err := os.Stat(filepath.Join(c.dir, "sweep")); err == nil {
		t.Error("without Slurm a directory was made")
	}
	out := run(0, path, `"$P" submit x.yaml --print -o sweep >lines && wc -l <lines && parallel --will-cite -j 2 <lines`)
	run(0, path, `"$P" merge sweep && rm lines`)
	t.Logf("%s", out)
	log, err := journal.ReadDir(filepath.Join(c.dir, "sweep"))
	noError(t, err)
	if len(log.Trials) != 3*2*3 || !log.Finished() {
		t.Errorf("the journal has %d trials, finished %v; want 18, finished", len(log.Trials), log.Finished())
	}
	if out := run(0, path, `"$P" submit sweep --print`); strings.Contains(out, "shard") && strings.Contains(out, " shard /") {
		t.Errorf("the lines of a sweep that is done are %q", out)
	}
	c.checkNothingLeft()
}
