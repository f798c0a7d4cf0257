package bundle

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"iosweep/internal/format"
	"iosweep/internal/lazyregexp"
	"iosweep/journal"
	"iosweep/reports"
)

// A Check is one thing that Verify looked at.
type Check struct {
	Name string // one word
	// Found describes the compared things.
	Found string
	// Problems are the differences; nil: there is none.
	Problems []string
	// Omitted describes things that could not be compared; empty: all were.
	Omitted string
}

// A Verification is the result of Verify.
type Verification struct {
	Checks []Check
	Head   string       // of the chain over the journal
	Log    *journal.Log // nil if the journal cannot be read
}

func (v *Verification) add(name, found string, problems []string) {
	v.Checks = append(v.Checks, Check{Name: name, Found: found, Problems: problems})
}

// omit describes things that the last check could not compare.
func (v *Verification) omit(what string) { v.Checks[len(v.Checks)-1].Omitted = what }

// Verify compares the parts of a bundle with each other. It runs nothing. wanted is the head that the authors
// published; empty: none is known. version and platform describe this iosweep. Another version may write
// other reports, so only the columns of CSV files that both have are compared then.
func (b *Bundle) Verify(wanted, version, platform string) (*Verification, error) {
	v, meta, err := b.verifyRecord(wanted)
	if err != nil || v.Log == nil {
		return v, err
	}
	return v, b.checkReports(v, meta, version, platform)
}

// verifyRecord compares everything but the reports.
func (b *Bundle) verifyRecord(wanted string) (*Verification, *metadata, error) {
	text, err := b.data(metadataName)
	if err != nil {
		return nil, nil, err
	}
	meta, err := readMetadata(text)
	if err != nil {
		return nil, nil, err
	}
	record, err := b.data(journalName)
	if err != nil {
		return nil, nil, err
	}
	v := &Verification{}
	v.add("files", fmt.Sprintf("%s with the checksums in %s", format.Count(len(meta.sums), "file"), metadataName), b.checkSums(meta))
	v.checkChain(record, meta, wanted)
	log, err := journal.Read(bytes.NewReader(record))
	if err == nil && log.Torn > 0 {
		err = errors.New("its last line is incomplete")
	}
	if err != nil {
		reason, _, _ := strings.Cut(err.Error(), "\n") // its further lines are about a results directory
		v.add("journal", "the lines of "+journalName, []string{reason})
		return v, meta, nil
	}
	v.Log = log
	v.add("journal", fmt.Sprintf("%s, numbered without a gap, each line with its checksum", format.Count(len(log.Trials), "trial")), nil)
	v.add("experiment", b.among(experimentName, planName, environmentName)+" with the journal", b.checkExperiment(log))
	found, absent, problems := b.checkScripts(log)
	v.add("scripts", found, problems)
	if absent > 0 {
		v.omit(fmt.Sprintf("the bundle has no copy of %s that the run used", format.Count(absent, "script")))
	}
	return v, meta, nil
}

// checkSums compares all files with the metadata.
func (b *Bundle) checkSums(meta *metadata) (problems []string) {
	seen := map[string]bool{metadataName: true}
	for _, f := range b.Files {
		sum := sha256.Sum256(f.Data)
		switch want, ok := meta.sums[f.Name]; {
		case seen[f.Name]:
		case !ok:
			problems = append(problems, f.Name+" is not in the metadata")
		case !strings.EqualFold(want, hex.EncodeToString(sum[:])):
			problems = append(problems, fmt.Sprintf("%s has the SHA-256 %x, and the metadata says %s", f.Name, sum, want))
		}
		seen[f.Name] = true
	}
	for name := range meta.sums {
		if !seen[name] {
			problems = append(problems, name+" is missing")
		}
	}
	slices.Sort(problems)
	return problems
}

// checkChain compares the head of the chain with the metadata and with the published one.
func (v *Verification) checkChain(record []byte, meta *metadata, wanted string) {
	digest, lines := head(record)
	v.Head = digest
	found := fmt.Sprintf("%s of the journal with the head in the metadata", format.Count(lines, "line"))
	var problems []string
	if digest != meta.chain {
		problems = append(problems, fmt.Sprintf("the head is %s, and the metadata says %s: a line was changed, added or left out", digest, meta.chain))
	}
	if wanted != "" {
		found += " and with --head"
		if !strings.EqualFold(digest, wanted) {
			problems = append(problems, fmt.Sprintf("the head is %s, and --head is %s: this is not the journal that was published", digest, wanted))
		}
	}
	v.add("chain", found, problems)
}

// checkExperiment compares the experiment and the plan with the journal.
func (b *Bundle) checkExperiment(log *journal.Log) (problems []string) {
	source := log.Run.Origin.Source // a journal of format 1 does not have it
	if f := b.File(experimentName); f == nil && source != "" {
		problems = append(problems, experimentName+" is missing")
	} else if f != nil && source != "" && string(f.Data) != source {
		problems = append(problems, experimentName+" is not the experiment that the journal has")
	}
	if f := b.File(planName); f != nil && !isPlanOf(&log.Run, f.Data) {
		problems = append(problems, planName+" is not the plan that the journal has")
	}
	if f := b.File(environmentName); f != nil && !isMachineOf(&log.Run, f.Data) {
		problems = append(problems, environmentName+" does not describe the machine that the journal has")
	}
	return problems
}

// isMachineOf reports whether environment.json describes the machine of a run.
func isMachineOf(run *journal.Run, data []byte) bool {
	var m struct {
		journal.Machine
		Programs map[string]string `json:"programs"`
	}
	if json.Unmarshal(data, &m) != nil || m.OS != run.Machine.OS || m.CPUs != run.Machine.CPUs {
		return false
	}
	if run.RevisedAt != nil {
		return true // the file is from the first session, and a resumed run may have another kernel or name
	}
	want := run.Machine
	m.Filesystem, m.Mount, m.Governor = want.Filesystem, want.Mount, want.Governor // the file has them by workspace
	return m.Machine == want && maps.Equal(m.Programs, run.Programs)
}

// isPlanOf reports whether plan.json is the plan of a run. Its order of rounds follows from the seed.
func isPlanOf(run *journal.Run, data []byte) bool {
	var plan struct {
		Hash      string   `json:"plan_hash"`
		Seed      int64    `json:"seed"`
		Order     string   `json:"order"`
		Profile   string   `json:"profile"`
		Overrides []string `json:"overrides"`
		Only      []string `json:"only"`
		Cells     []struct {
			Name     string            `json:"name"`
			Levels   map[string]string `json:"levels"`
			Baseline int               `json:"baseline"`
			Skip     string            `json:"skip"`
		} `json:"cells"`
	}
	if json.Unmarshal(data, &plan) != nil || plan.Hash != run.PlanHash || plan.Seed != run.Seed || plan.Order != run.Order ||
		plan.Profile != run.Profile || !slices.Equal(plan.Overrides, run.Overrides) || !slices.Equal(plan.Only, run.Only) {
		return false
	}
	known := map[string]*journal.Cell{}
	planned := 0
	for i := range run.Cells {
		known[run.Cells[i].Name] = &run.Cells[i]
		if !run.Cells[i].Retired {
			planned++
		}
	}
	for _, c := range plan.Cells {
		cell := known[c.Name]
		if cell == nil || !maps.Equal(c.Levels, cell.Levels) || c.Skip != cell.Skip || c.Baseline < 0 || c.Baseline >= len(plan.Cells) ||
			plan.Cells[c.Baseline].Name != run.Cells[cell.Baseline].Name {
			return false
		}
	}
	return len(plan.Cells) == planned
}

// among lists the names of files that the bundle has.
func (b *Bundle) among(names ...string) string {
	return strings.Join(slices.DeleteFunc(names, func(name string) bool { return b.File(name) == nil }), ", ")
}

// checkScripts compares the scripts with their checksums in the journal. absent scripts are not in the bundle.
func (b *Bundle) checkScripts(log *journal.Log) (found string, absent int, problems []string) {
	all := scripts(&log.Run, b.Files)
	n := 0
	for _, f := range b.Files {
		want, ok := all[f.Name]
		if !ok {
			continue
		}
		n++
		if sum := sha256.Sum256(f.Data); want != hex.EncodeToString(sum[:]) {
			problems = append(problems, f.Name+" is not the script that the run used")
		}
	}
	return format.Count(n, "script") + " with the checksums in the journal", len(all) - n, problems
}

// checkReports makes all reports again and compares them.
func (b *Bundle) checkReports(v *Verification, meta *metadata, version, platform string) error {
	d := reports.New(v.Log)
	files, err := reports.Files(d)
	if err != nil {
		return err
	}
	same := meta.version == version
	opt := Options{Redact: meta.redacted, Version: meta.version, Platform: meta.platform, License: meta.license, Now: meta.published}
	_, lines := head(b.File(journalName).Data)
	files = append(files, reports.File{Name: readmeName, Data: readme(d.Data, opt, &Summary{Head: v.Head, Lines: lines})})
	made := map[string]bool{}
	var problems []string
	compared := 0
	for _, want := range files {
		made[want.Name] = true
		if !same && path.Ext(want.Name) != ".csv" {
			continue
		}
		found := b.File(want.Name)
		if found == nil {
			if same || want.Name == "summary.csv" || want.Name == "trials.csv" {
				problems = append(problems, want.Name+" is missing")
			}
			continue
		}
		compared++
		var where string
		switch {
		case bytes.Equal(want.Data, found.Data):
		case !same:
			where = reports.ColumnDifference(want.Data, found.Data)
		case meta.platform != platform:
			where = reports.Difference(want, found.Data)
		default:
			where = cmp.Or(reports.Difference(want, found.Data), " in the last digits of figures")
		}
		if where != "" {
			problems = append(problems, want.Name+" differs from the journal"+where)
		}
	}
	all := scripts(&v.Log.Run, b.Files)
	for _, f := range b.Files {
		if !made[f.Name] && !isDescription(f.Name) && all[f.Name] == "" && (same || !otherReport().MatchString(f.Name)) {
			problems = append(problems, f.Name+" is not a report of this journal")
		}
	}
	if same {
		files := slices.DeleteFunc(slices.Clone(b.Files), func(f File) bool { return f.Name == metadataName })
		want, err := describe(d.Data, files, opt, v.Head)
		if err != nil {
			return err
		}
		if what := meta.lacks(want); what != "" {
			problems = append(problems, fmt.Sprintf("%s differs from the journal in the %s", metadataName, what))
		}
	}
	found := fmt.Sprintf("%s made again from the journal, byte for byte", format.Count(compared, "report"))
	switch {
	case !same:
		found = fmt.Sprintf("the columns of %s made again from the journal", format.Count(compared, "CSV file"))
	case meta.platform != platform:
		found = fmt.Sprintf("%s made again from the journal; they were written on %s, so the last digits of figures may differ", format.Count(compared, "report"), meta.platform)
	}
	v.add("reports", found, problems)
	if !same {
		v.omit(fmt.Sprintf("pages, pictures and README.md were not compared, because the bundle says that iosweep %s wrote them, and this is %s", meta.version, version))
	}
	return nil
}

// otherReport matches the names that reports of another version may have.
var otherReport = lazyregexp.New(`^(plots/)?[A-Za-z0-9 ,=+._-]+\.(csv|md|html|png|svg|pdf)$`)

// isDescription reports whether a file of a bundle describes the run and is no report.
func isDescription(name string) bool {
	return slices.Contains([]string{metadataName, journalName, experimentName, planName, environmentName}, name)
}

// VerifyRecord is Verify without the reports. Its error is the first problem.
func (b *Bundle) VerifyRecord() (*Verification, error) {
	v, _, err := b.verifyRecord("")
	if err != nil {
		return nil, err
	}
	for _, c := range v.Checks {
		if c.Problems != nil {
			return nil, fmt.Errorf("it is not as iosweep bundle wrote it: %s\nto see every check: iosweep verify FILE", c.Problems[0])
		}
	}
	return v, nil
}

// Here returns the directory of the unpacked bundle that {here} stands for.
func (b *Bundle) Here(run *journal.Run) string {
	return kept(run, upsOf(b.Files), ".")
}

// Scripts returns the scripts of the run of a bundle.
func (b *Bundle) Scripts(run *journal.Run) (list []File) {
	all := scripts(run, b.Files)
	for _, f := range b.Files {
		if all[f.Name] != "" {
			list = append(list, f)
		}
	}
	return list
}
