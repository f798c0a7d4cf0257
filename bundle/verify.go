package bundle

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"iosweep/internal/format"
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
}

// A Verification is the result of Verify.
type Verification struct {
	Checks []Check
	Head   string       // of the chain over the journal
	Log    *journal.Log // nil if the journal cannot be read
}

// OK reports whether no check found a problem.
func (v *Verification) OK() bool {
	return !slices.ContainsFunc(v.Checks, func(c Check) bool { return c.Problems != nil })
}

func (v *Verification) add(name, found string, problems []string) {
	v.Checks = append(v.Checks, Check{name, found, problems})
}

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
		v.add("journal", "the lines of "+journalName, []string{err.Error()})
		return v, meta, nil
	}
	v.Log = log
	v.add("journal", fmt.Sprintf("%s, numbered without a gap, each line with its checksum", format.Count(len(log.Trials), "trial")), nil)
	v.add("experiment", "experiment.yaml and plan.json with the journal", b.checkExperiment(log))
	scripts, problems := b.checkScripts(log)
	v.add("scripts", fmt.Sprintf("%s with the checksums in the journal", format.Count(scripts, "script")), problems)
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
		case want != hex.EncodeToString(sum[:]):
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
	if f := b.File(planName); f != nil {
		var plan struct {
			Hash  string `json:"plan_hash"`
			Cells []struct {
				Name string `json:"name"`
			} `json:"cells"`
		}
		if err := json.Unmarshal(f.Data, &plan); err != nil {
			return append(problems, planName+" is not JSON: "+err.Error())
		}
		same := plan.Hash == log.Run.PlanHash
		for _, c := range plan.Cells {
			same = same && slices.ContainsFunc(log.Run.Cells, func(known journal.Cell) bool { return known.Name == c.Name })
		}
		if !same {
			problems = append(problems, planName+" is not the plan that the journal has")
		}
	}
	return problems
}

// checkScripts compares the scripts with their checksums in the journal. It returns the number of scripts.
func (b *Bundle) checkScripts(log *journal.Log) (n int, problems []string) {
	sums := map[string]bool{}
	for _, sum := range scriptSums(&log.Run) {
		sums[sum] = true
	}
	for _, f := range b.Files {
		if !isScript(&log.Run, f.Name) {
			continue
		}
		n++
		if sum := sha256.Sum256(f.Data); !sums[hex.EncodeToString(sum[:])] {
			problems = append(problems, f.Name+" is not a script that the run used")
		}
	}
	return n, problems
}

// checkReports makes all reports again and compares them.
func (b *Bundle) checkReports(v *Verification, meta *metadata, version, platform string) error {
	files, err := reports.Files(reports.New(v.Log))
	if err != nil {
		return err
	}
	same := meta.version == version
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
			if same {
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
	if same {
		for _, f := range b.Files {
			if !made[f.Name] && !isDescription(f.Name) && !isScript(&v.Log.Run, f.Name) {
				problems = append(problems, f.Name+" is not a report of this journal")
			}
		}
	}
	found := fmt.Sprintf("%s made again from the journal, byte for byte", format.Count(compared, "report"))
	switch {
	case !same:
		found = fmt.Sprintf("the columns of %s made again; iosweep %s wrote them, and this is %s, so pages and pictures are not compared", format.Count(compared, "CSV file"), meta.version, version)
	case meta.platform != platform:
		found = fmt.Sprintf("%s made again from the journal; they were written on %s, so the last digits of figures may differ", format.Count(compared, "report"), meta.platform)
	}
	v.add("reports", found, problems)
	return nil
}

// isDescription reports whether a file of a bundle describes the run and is no report.
func isDescription(name string) bool {
	return slices.Contains([]string{metadataName, journalName, experimentName, planName, environmentName, readmeName}, name)
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

// Scripts returns the scripts of the run of a bundle.
func (b *Bundle) Scripts(run *journal.Run) (list []File) {
	for _, f := range b.Files {
		if isScript(run, f.Name) {
			list = append(list, f)
		}
	}
	return list
}
