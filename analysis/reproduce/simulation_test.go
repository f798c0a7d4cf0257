package reproduce

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"golang.org/x/sync/errgroup"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

var simulated = flag.Int("simulate", 0, "number of simulated runs of each kind; 0: a few hundred")

// trueRows is the number of rows of a simulated table.
const trueRows = 40

// A simulatedTable is a table of true claims: every row claims claim, and the true speed-up of
// each is one of truths in turn. The time of one trial has a standard deviation of a tenth of
// its mean.
type simulatedTable struct {
	name, claim string
	truths      []float64
	rounds      int
	drift       float64 // of the machine over all rounds
	logNormal   bool
}

// run returns whether one simulated run contradicts the table, and whether it would without a
// correction for the number of rows.
func (s simulatedTable) run(log *journal.Log, random *rand.Rand) (contradicted, uncorrected bool) {
	draw := func() float64 {
		if s.logNormal {
			return math.Exp(0.1*random.NormFloat64() - 0.005)
		}
		return 1 + 0.1*random.NormFloat64()
	}
	for i := range log.Trials {
		t := &log.Trials[i]
		seconds := draw() * (1 + s.drift*float64(t.Round))
		if t.Cell > 0 {
			seconds /= s.truths[t.Cell%len(s.truths)]
		}
		t.Measurement = &journal.Measurement{Seconds: seconds, Files: 1}
	}
	r := New(analysis.New(log))
	low, high, _ := claimRange(s.claim, r.Table.Tolerance)
	for _, a := range r.attempts()[1:] {
		uncorrected = uncorrected || excludes(a.Speedup.CI, low, high)
	}
	return len(r.Contradicted()) > 0, uncorrected
}

// log returns a run of programs with a baseline and trueRows rows.
func (s simulatedTable) log() *journal.Log {
	cells := []analysistest.Cell{{Levels: "operation=write strategy=python-sequential", Seconds: make([]float64, s.rounds)}}
	rows := []analysistest.Row{{Method: "Sequential", Programs: analysistest.OneCell(0, 0)}}
	for i := range trueRows {
		cells = append(cells, analysistest.Cell{Levels: fmt.Sprintf("operation=write strategy=python-%d", i), Seconds: make([]float64, s.rounds)})
		rows = append(rows, analysistest.Row{Method: fmt.Sprint("Method ", i), Claim: s.claim, Programs: analysistest.OneCell(i+1, 0)})
	}
	log := analysistest.WithTable(analysistest.Log(s.rounds, cells...), "A true table", rows...)
	for i := range log.Trials {
		log.Trials[i].Status, log.Trials[i].Error = journal.OK, ""
	}
	return log
}

// TestVerdictsOnTrueTables simulates runs of tables whose rows are all true, with true speed-ups
// at the end of the claimed range, which is the worst case, and inside it. Chance may contradict
// a table in at most 5% of the runs.
func TestVerdictsOnTrueTables(t *testing.T) {
	runs := *simulated
	if runs == 0 {
		runs = 300
		if testing.Short() {
			t.Skip("simulating hundreds of runs takes long")
		}
	}
	const tolerance = 0.05
	faster, slower, equal := journal.ClaimFaster, journal.ClaimSlower, journal.ClaimNoDifference
	tables := []simulatedTable{
		{"at the end", faster, []float64{1 + tolerance}, 5, 0, false},
		{"at the end", slower, []float64{1 - tolerance}, 5, 0, false},
		{"at both ends", equal, []float64{1 - tolerance, 1 + tolerance}, 5, 0, false},
		{"at the end, 3 rounds", faster, []float64{1 + tolerance}, 3, 0, false},
		{"at the end, 10 rounds", faster, []float64{1 + tolerance}, 10, 0, false},
		{"at the end, 30 rounds", equal, []float64{1 + tolerance}, 30, 0, false},
		{"at the end, drifting", faster, []float64{1 + tolerance}, 5, 0.1, false},
		{"at the end, log-normal", slower, []float64{1 - tolerance}, 5, 0, true},
		{"at the end and inside", faster, []float64{1 + tolerance, 2, 3}, 5, 0, false},
		{"inside", equal, []float64{1}, 5, 0, false},
		{"inside", faster, []float64{2}, 5, 0, false},
	}
	type counts struct{ contradicted, uncorrected int }
	results := make([]counts, len(tables))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, table := range tables {
		group.Go(func() error {
			log, random := table.log(), rand.New(rand.NewPCG(uint64(i), 15))
			for range runs {
				contradicted, uncorrected := table.run(log, random)
				if contradicted {
					results[i].contradicted++
				}
				if uncorrected {
					results[i].uncorrected++
				}
			}
			return nil
		})
	}
	group.Wait() // no call fails
	t.Logf("%d runs each of a table of %d true rows: runs that contradict it", runs, trueRows)
	share := func(n int) float64 { return float64(n) / float64(runs) }
	chance := 3 * math.Sqrt(estimate.Significance*(1-estimate.Significance)/float64(runs))
	for i, r := range results {
		s := tables[i]
		t.Logf("%-14s %-24s %5.2f%%, uncorrected %5.2f%%", s.claim, s.name, 100*share(r.contradicted), 100*share(r.uncorrected))
		if share(r.contradicted) > estimate.Significance+chance {
			t.Errorf("%s, %s: %.2f%% of the runs contradict a true table, want at most 5%%", s.claim, s.name, 100*share(r.contradicted))
		}
	}
	if share(results[0].uncorrected) < 3*estimate.Significance {
		t.Errorf("without the correction %.2f%% of the runs contradict a true table: the test shows nothing", 100*share(results[0].uncorrected))
	}
}

// TestVerdictsOnFalseTables checks that the correction leaves the power to contradict.
func TestVerdictsOnFalseTables(t *testing.T) {
	s := simulatedTable{"half as fast", journal.ClaimFaster, []float64{0.5}, 5, 0, false}
	if contradicted, _ := s.run(s.log(), rand.New(rand.NewPCG(1, 15))); !contradicted {
		t.Error("no row of a false table is contradicted")
	}
}
