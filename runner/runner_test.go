package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"iosweep/experiments"
	"iosweep/journal"
)

// TestMain makes this test binary its own child processes: a trial is
// os.Executable() with the argument "trial", and a worker likewise.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case "trial":
			exitWith(Trial(context.Background(), os.Stdin, os.Stdout))
		case "worker":
			exitWith(Worker(context.Background(), os.Stdin, os.Stdout))
		}
	}
	// A program with the race detector sleeps a second before it ends.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	os.Exit(m.Run())
}

func exitWith(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// parse is an experiment that must be right.
func parse(t testing.TB, source string, set ...string) *experiments.Experiment {
	t.Helper()
	e, err := experiments.Parse([]byte(source), experiments.Options{
		File: "test.yaml", Catalogue: Catalogue(), CPUs: 2, Set: set,
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// silent is a Progress that keeps what was said for tests.
type silent struct{ kept []string }

func (*silent) Preparing(string)          {}
func (*silent) Begun(Turn)                {}
func (*silent) Ended(Turn, journal.Trial) {}

func (s *silent) Noted(n journal.Note) {
	if n.Kind == journal.NoteKept {
		s.kept = append(s.kept, n.Text)
	}
}

// runIt runs an experiment in a workspace of its own and returns the journal.
func runIt(t testing.TB, ctx context.Context, source string, change ...func(*Options)) (Ending, *journal.Log, string) {
	t.Helper()
	space := t.TempDir()
	opt := Options{Origin: journal.Origin{Source: source, Dir: space}, Here: space, Out: filepath.Join(t.TempDir(), "out"), Progress: &silent{}}
	for _, c := range change {
		c(&opt)
	}
	prep, err := Prepare(ctx, NewPlan(parse(t, source, "workspace="+space)), Base{Here: space, Dir: space}, opt.Progress)
	if err != nil {
		t.Fatal(err)
	}
	ending, err := Run(ctx, prep, opt)
	if err != nil {
		t.Fatal(err)
	}
	log, err := journal.ReadDir(opt.Out)
	if err != nil {
		t.Fatal(err)
	}
	return ending, log, space
}

// empty checks that nothing is left in a workspace.
func empty(t *testing.T, space string) {
	t.Helper()
	left, err := os.ReadDir(space)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		t.Errorf("left behind: %s", e.Name())
	}
}

const small = `
name: small
workload: {files: 5, lines: 3}
grid:
  - {operation: [write, read], strategy: [sequential, threads, processes], workers: 2}
trials: {repeats: 3, warmup: 1}
`

func TestARunFollowsItsPlan(t *testing.T) {
	ending, log, space := runIt(t, t.Context(), small)
	if ending.Kind != journal.NoteFinished || ending.Failed != 0 || ending.Trials != 24 || ending.Undone != 0 {
		t.Errorf("it ended with %+v", ending)
	}
	empty(t, space)
	var at int
	plan := NewPlan(parse(t, small))
	for n := range plan.Rounds {
		round := plan.Round(n)
		for _, cell := range plan.Order(n) {
			trial := log.Trials[at]
			if trial.Cell != cell || trial.Phase != round.Phase || trial.Round != round.Number || trial.Trial != at+1 {
				t.Errorf("trial %d is of cell %d in %s %d, planned was cell %d in %s %d",
					trial.Trial, trial.Cell, trial.Phase, trial.Round, cell, round.Phase, round.Number)
			}
			at++
		}
	}
	for _, trial := range log.Trials {
		m := trial.Measurement
		if m == nil || m.Seconds <= 0 || m.Files != 5 || m.Bytes <= 0 || m.MaxRSS == nil || m.LatencyMax == nil {
			t.Errorf("%s: %+v", trial.Name, m)
		}
		if started := *m.Startup > 0; strings.Contains(trial.Name, "processes") && (!started || m.Seconds < *m.Startup+m.Work) {
			t.Errorf("%s: a cold pool whose start is not counted: %+v", trial.Name, m)
		}
	}
}

func TestAWarmPoolDoesNotCountItsStart(t *testing.T) {
	_, log, _ := runIt(t, t.Context(), `
name: warm
workload: {files: 3, lines: 1}
grid:
  - {operation: write, strategy: sequential}
  - {operation: write, strategy: processes, workers: 2, pool: warm}
trials: {repeats: 1, warmup: 0}
`)
	for _, trial := range log.Trials {
		if m := trial.Measurement; strings.Contains(trial.Name, "warm") && (m.Seconds != m.Work || *m.Startup <= 0) {
			t.Errorf("seconds %v, work %v, startup %v", m.Seconds, m.Work, *m.Startup)
		}
	}
}

func TestEveryRoundIsAPermutationOfItsOwn(t *testing.T) {
	p := NewPlan(parse(t, small, "trials.repeats=20"))
	seen := map[string]bool{}
	for n := range p.Rounds {
		order := p.Order(n)
		for i, cell := range slices.Sorted(slices.Values(order)) {
			if i != cell {
				t.Fatalf("round %d runs the cells %v", n, order)
			}
		}
		seen[fmt.Sprint(order)] = true
	}
	if len(seen) < 15 {
		t.Errorf("only %d different orders in %d rounds", len(seen), p.Rounds)
	}
	listed := NewPlan(parse(t, small, "trials.order=listed"))
	if fmt.Sprint(listed.Order(0)) != "[0 1 2 3 4 5]" {
		t.Errorf("listed order is %v", listed.Order(0))
	}
}

// TestPlansAreThoseOfEarlierVersions: a run that an earlier version began goes on in
// the order that was planned then.
func TestPlansAreThoseOfEarlierVersions(t *testing.T) {
	for _, test := range []struct {
		set          []string
		trials       int
		hash, orders string // orders: the SHA-256 of all rounds
	}{
		{nil, 24, "22972ba29db3436e63d4cef9d47455dca7cb22cf65db53f3a7776b9fac92f260", "614071f9e045d900a8f1da0ecb7789186b595968b9d8298f44b6658bbe930a25"},
		{
			[]string{"trials.repeats=20", "trials.seed=-3"},
			126,
			"43ce6de16beee81b3a2a0c73ae808e7785a85c9266c4063ee9455efb747efed2", "da3d4df7f1e527d23845a4c1cd707c52b4404a3309803ad8909eef03ded06662",
		},
		{
			[]string{"trials.order=listed", "trials.warmup=0"},
			18,
			"a16e832f4a4e4cdd7135240e5ac0f0b61adcab86be389e64739ad9cfdb876589", "71446ec4adf1fb0d2b0b2522e30bb79051cefa0ac0ead295dd93e4cf3dfd8055",
		},
		{
			[]string{"trials.repeats={min: 2, max: 50, ci: 2%}", "trials.warmup=3", "grid.workers={from: 1, to: 50, step: 1}"},
			10706,
			"6da359769fcf8655f97965238d2855930315d40579a7af47852810c5d79afe35", "af66fe26e5ebca7c6c6b2b9ef48bcb47302bca14da862e07afd09de1a0cae965",
		},
	} {
		p := NewPlan(parse(t, small, test.set...))
		sum := sha256.New()
		for n := range p.Rounds {
			round := p.Round(n)
			fmt.Fprintln(sum, round.Phase, round.Number, p.Order(n))
			if p.indexOf(round) != n {
				t.Fatalf("%q: round %d is %s %d, and that is round %d", test.set, n, round.Phase, round.Number, p.indexOf(round))
			}
		}
		if orders := hex.EncodeToString(sum.Sum(nil)); p.Hash != test.hash || orders != test.orders || p.Trials() != test.trials {
			t.Errorf("%q: %d trials, the plan %s, the orders %s; want %d, %s, %s", test.set, p.Trials(), p.Hash, orders, test.trials, test.hash, test.orders)
		}
	}
}

func TestThePlanHashKnowsWhatIsMeasured(t *testing.T) {
	base := NewPlan(parse(t, small)).Hash
	for set, same := range map[string]bool{
		"title=Another":            true,
		"reports.plots=time":       true,
		"trials.timeout=1h":        true,
		"workload.files=6":         false,
		"workload.seed=9":          false,
		"trials.repeats=4":         false,
		"trials.seed=2":            false,
		"trials.order=listed":      false,
		"grid.workers=1":           false,
		"grid.strategy=sequential": false,
	} {
		if got := NewPlan(parse(t, small, set)).Hash; (got == base) != same {
			t.Errorf("--set %s: same plan is %v, want %v", set, got == base, same)
		}
	}
}

func TestAnInterruptedTrialIsNotRecorded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ending, log, space := runIt(t, ctx, strings.Replace(small, "files: 5", "files: 400", 1), func(o *Options) {
		o.Progress = &cancelling{after: 3, cancel: cancel}
	})
	if ending.Kind != journal.NoteInterrupted || ending.Undone != 21 {
		t.Errorf("it ended with %+v", ending)
	}
	if len(log.Trials) != 3 {
		t.Errorf("%d trials are in the journal, want the 3 that ended", len(log.Trials))
	}
	for _, trial := range log.Trials {
		if trial.Status != journal.OK {
			t.Errorf("trial %d is %s: %s", trial.Trial, trial.Status, trial.Error)
		}
	}
	empty(t, space)
}

// cancelling ends the run while the trial after so many is under way.
type cancelling struct {
	silent
	after  int
	cancel func()
}

func (c *cancelling) Begun(t Turn) {
	if t.Number > c.after {
		time.AfterFunc(5*time.Millisecond, c.cancel)
	}
}

func TestForecast(t *testing.T) {
	f := emptyForecast(2)
	f.expect(0, 2)
	f.expect(1, 2)
	if f.remaining() != 0 || f.of(0) != 0 {
		t.Error("it knows something before anything has run")
	}
	f.saw(0, 2*time.Second)
	if got := f.remaining(); got != 6*time.Second {
		t.Errorf("after one trial of 2 s of four, %v is left, want 6s", got)
	}
	f.saw(1, 10*time.Second)
	if got := f.remaining(); got != 12*time.Second {
		t.Errorf("with one trial of 2 s and one of 10 s left it says %v", got)
	}
	f.saw(0, 4*time.Second)
	f.saw(1, time.Second)
	if got := f.remaining(); got != 0 {
		t.Errorf("with nothing left it says %v", got)
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var tl tail
	for i := range 10000 {
		fmt.Fprintf(&tl, "line %d\n", i)
	}
	if len(tl.buf) != saidSize || tl.quoted() != ": line 9999" {
		t.Errorf("it keeps %d bytes and quotes %q", len(tl.buf), tl.quoted())
	}
	if (&tail{}).quoted() != "" {
		t.Error("it quotes what was never said")
	}
}

func TestConcurrency(t *testing.T) {
	e := parse(t, `
name: c
workload: {files: 5, lines: 3}
grid:
  - {operation: write, strategy: [sequential, async-unbounded, background-thread]}
  - {operation: write, strategy: [threads, pipeline, processes+threads], workers: 4, threads: 3}
`)
	want := map[string]int{
		"sequential": 1, "async-unbounded": 0, "background-thread": 1,
		"threads": 4, "pipeline": 12, "processes+threads": 12,
	}
	for _, c := range e.Cells {
		name := c.Level(experiments.Strategy)
		if got := concurrency(c); got != want[name] {
			t.Errorf("%s: %d at once, want %d", name, got, want[name])
		}
	}
}
