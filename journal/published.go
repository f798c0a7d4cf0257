package journal

// Published is a table from elsewhere that the run is held against. Which cells
// stand for which row was settled when the run was planned, so that a report
// needs no experiment file.
type Published struct {
	Source string `json:"source,omitempty"`
	CPUs   int    `json:"cpus,omitempty"` // of the machine it was made on; 0: not known
	OS     string `json:"os,omitempty"`
	// Measure is what its figures are: MeasureSeconds or MeasureBlocked.
	Measure string `json:"measure"`
	// Tolerance is how far from 1 a speed-up still counts as no difference.
	Tolerance float64 `json:"tolerance"`
	// Baseline is the index of the row that speed-ups are against; -1 if no row
	// is compared with another.
	Baseline int            `json:"baseline"`
	Rows     []PublishedRow `json:"rows"`
}

// Measures of a published table.
const (
	MeasureSeconds = "seconds"         // until all work was done
	MeasureBlocked = "blocked_seconds" // until the caller could go on
)

// PublishedRow is one method of a published table, as it was printed.
type PublishedRow struct {
	Method string   `json:"method"`
	Runs   []Figure `json:"runs,omitempty"` // seconds, one for each run
	Mean   *Figure  `json:"mean,omitempty"` // seconds, as the table has it
	// Speedup is the printed factor: its two ends, equal for a single number;
	// empty if none was printed.
	Speedup []Figure `json:"speedup,omitempty"`
	// Claim is what the row says where its figures do not: one of the Claims;
	// empty where it follows from the figures.
	Claim string `json:"claim,omitempty"`
	// WhenFaster is what follows if a built-in strategy is faster than the row
	// claims: a sentence for the report.
	WhenFaster string          `json:"when_faster,omitempty"`
	Cells      []PublishedCell `json:"cells,omitempty"`
}

// Claims of a published row.
const (
	ClaimFaster       = "faster"
	ClaimSlower       = "slower"
	ClaimNoDifference = "no difference"
	ClaimIntact       = "intact"  // no item comes out corrupt
	ClaimCorrupt      = "corrupt" // some items do
)

// A Figure is a printed number, with the unit of its last printed digit: of
// "63.4" it is 0.1. What was printed is known no better than to half of that.
type Figure struct {
	Value float64 `json:"value"`
	Unit  float64 `json:"unit"`
}

// PublishedCell is a cell that does what a published row says.
type PublishedCell struct {
	Cell int `json:"cell"` // index into Run.Cells
	// Baseline is the cell that its speed-up is against: of the baseline row,
	// with the same work, and of the same kind where there is one.
	// -1: none, because the row is not compared.
	Baseline int `json:"baseline"`
	// Program: a program of its own does what was published. Else it is one of
	// iosweep's own strategies, which may contradict freely.
	Program bool `json:"program,omitempty"`
}
