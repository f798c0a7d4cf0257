package journal

// Published is a published table that the run is compared with. The plan of the run
// decides which cells belong to which row, so a report needs no experiment file.
type Published struct {
	Source string `json:"source,omitempty"`
	// Bundle is set if the table has the results of a bundle, and not the printed figures of the experiment file. It is the
	// head of the chain over the journal of the bundle.
	Bundle string `json:"bundle,omitempty"`
	CPUs   int    `json:"cpus,omitempty"` // of the machine that was used; 0: unknown
	OS     string `json:"os,omitempty"`
	Python string `json:"python,omitempty"` // the version on that machine
	// Measure is the kind of its figures: MeasureSeconds or MeasureBlocked.
	Measure string `json:"measure"`
	// Tolerance is the largest distance of a speed-up from 1 that counts as no
	// difference.
	Tolerance float64 `json:"tolerance"`
	// Baseline is the index of the row that speed-ups refer to; -1 if no row is compared
	// with another.
	Baseline int            `json:"baseline"`
	Rows     []PublishedRow `json:"rows"`
	// FileSize and TotalSize are the printed sizes of a file and of all files.
	FileSize  *PrintedSize `json:"file_size,omitempty"`
	TotalSize *PrintedSize `json:"total_size,omitempty"`
	// Workload has the sizes that the workload really has, in the experiment file without
	// profile and overrides. It is nil if no size was printed, or if they are unknown.
	Workload *WorkloadSizes `json:"workload,omitempty"`
}

// A PrintedSize is a printed number of bytes with the unit in which it was printed, such as
// MB.
type PrintedSize struct {
	Figure
	Name  string `json:"name"`
	About bool   `json:"about,omitempty"` // printed with a ~
}

// WorkloadSizes are the sizes of the files of a workload in bytes.
type WorkloadSizes struct {
	Smallest int64 `json:"smallest"`
	Largest  int64 `json:"largest"`
	Total    int64 `json:"total"`
	// Estimated is set if the sizes were computed from a sample of the files.
	Estimated bool `json:"estimated,omitempty"`
}

// Measures of a published table.
const (
	MeasureSeconds = "seconds"         // the time until all work was done
	MeasureBlocked = "blocked_seconds" // the time until the caller could continue
)

// PublishedRow is one method of a published table, as it was printed.
type PublishedRow struct {
	Method string   `json:"method"`
	Runs   []Figure `json:"runs,omitempty"` // seconds, one for each run
	Mean   *Figure  `json:"mean,omitempty"` // seconds, as printed
	// Speedup contains the two ends of the printed factor, equal for a single number. It
	// is empty if none was printed.
	Speedup []Figure `json:"speedup,omitempty"`
	// Claim is one of the constants below, such as ClaimFaster. It is empty if the claim of
	// the row follows from its figures.
	Claim string `json:"claim,omitempty"`
	// Error is the printed error of a program that fails.
	Error string `json:"error,omitempty"`
	// WhenFaster is the conclusion if a built-in strategy is faster than the row claims:
	// a sentence for the report.
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
	ClaimFails        = "fails"   // the program fails as its command expects
	ClaimNone         = "none"    // nothing: the row is not judged
)

// A Figure is a printed number, with the unit of its last printed digit: for "63.4" the
// unit is 0.1. The true number is known only to within half a unit.
type Figure struct {
	Value float64 `json:"value"`
	Unit  float64 `json:"unit"`
}

// PublishedCell is a cell that does the work of a published row, or a variant of it.
type PublishedCell struct {
	Cell int `json:"cell"` // index into Run.Cells
	// Baseline is the cell that the speed-up refers to. It belongs to the baseline row,
	// does the same work and, where possible, is of the same kind. It is -1 if the row is
	// not compared.
	Baseline int `json:"baseline"`
	// Program is set if a separate program does the published work, or if the table has the results
	// of a bundle: the cell is the same program then. Otherwise it is one of iosweep's own strategies. Its result never contradicts the row, because the
	// row is about a program.
	Program bool `json:"program,omitempty"`
	// Differs is the difference between the work of a variant and the published work. A
	// variant does not judge the row. It is empty for the other cells.
	Differs string `json:"differs,omitempty"`
}
