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
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"iosweep/analysis"
	"iosweep/journal"
)

// metadataName is the name that RO-Crate prescribes.
const metadataName = "ro-crate-metadata.json"

// The specifications that the metadata conforms to, https://w3id.org/ro/crate/1.1 and the Process Run Crate
// profile https://w3id.org/ro/wfrun/process/0.5.
const (
	crateSpec   = "https://w3id.org/ro/crate/1.1"
	processSpec = "https://w3id.org/ro/wfrun/process/0.5"
)

// An entity is an element of the graph. Its keys are terms of schema.org and of RO-Crate.
type entity map[string]any

// reference returns a reference to an entity.
func reference(id string) entity { return entity{"@id": id} }

// idOf returns the identifier of a file: its path as a relative URI.
func idOf(name string) string {
	parts := strings.Split(name, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

const (
	chainID   = "#journal-chain"
	iosweepID = "#iosweep"
	bundlerID = "#iosweep-bundle"
)

// describe returns the metadata of a bundle with these files.
func describe(d *analysis.Data, files []File, opt Options, digest string) ([]byte, error) {
	run := &d.Run
	actionID := "#run-" + run.ID
	var parts, inputs, results []entity
	var graph []entity
	for _, f := range files {
		sum := sha256.Sum256(f.Data)
		e := entity{
			"@id": idOf(f.Name), "@type": "File", "name": path.Base(f.Name), "description": aboutFile(run, f.Name),
			"contentSize": strconv.Itoa(len(f.Data)), "sha256": hex.EncodeToString(sum[:]), "encodingFormat": mediaType(f.Name),
		}
		if f.Name == journalName {
			e["identifier"] = reference(chainID)
		}
		graph = append(graph, e)
		parts = append(parts, reference(idOf(f.Name)))
		switch {
		case f.Name == experimentName || isScript(run, f.Name):
			inputs = append(inputs, reference(idOf(f.Name)))
		case f.Name != readmeName:
			results = append(results, reference(idOf(f.Name)))
		}
	}
	var programs []entity
	for _, name := range slices.Sorted(maps.Keys(run.Programs)) {
		id := "#program-" + url.PathEscape(name)
		e := entity{"@id": id, "@type": "SoftwareApplication", "name": name}
		if sum := run.ProgramDetails[name].SHA256; sum != "" {
			e["sha256"] = sum
		}
		if version := run.VersionOf(name); version != "" {
			e["softwareVersion"] = version
		}
		graph = append(graph, e)
		programs = append(programs, reference(id))
	}
	for _, c := range datasets(run) {
		id := "#inputs-" + c.Inputs
		graph = append(graph, entity{
			"@id": id, "@type": "PropertyValue", "name": fmt.Sprintf("inputs of %s and the cells with the same files: %d files, %d bytes", c.Name, c.Files, c.Bytes),
			"propertyID": "the beginning of the SHA-256 of the manifest of the files", "value": c.Inputs,
		})
		inputs = append(inputs, reference(id))
	}
	root := entity{
		"@id": "./", "@type": "Dataset", "name": "Run of the experiment " + title(run),
		"description":   strings.Join(d.Overview.Sentences, " "),
		"datePublished": opt.Now.UTC().Format(time.RFC3339), "conformsTo": reference(processSpec),
		"hasPart": parts, "mentions": reference(actionID), "identifier": reference(chainID),
	}
	if opt.License != "" {
		root["license"] = reference(opt.License)
		graph = append(graph, entity{"@id": opt.License, "@type": "CreativeWork", "name": path.Base(opt.License)})
	}
	action := entity{
		"@id": actionID, "@type": "CreateAction", "name": "Run of " + run.Name, "description": analysis.RunCommand(run),
		"instrument": reference(iosweepID), "startTime": run.StartedAt.UTC().Format(time.RFC3339), "object": inputs, "result": results,
	}
	if n := len(d.Trials); n > 0 {
		t := d.Trials[n-1]
		action["endTime"] = t.StartedAt.Add(time.Duration(seconds(&t) * float64(time.Second))).UTC().Format(time.RFC3339)
	}
	application := entity{"@id": iosweepID, "@type": "SoftwareApplication", "name": "iosweep", "softwareVersion": run.Iosweep}
	if programs != nil {
		application["softwareRequirements"] = programs
	}
	bundler := entity{
		"@id": bundlerID, "@type": "SoftwareApplication", "name": "iosweep bundle",
		"softwareVersion": opt.Version, "operatingSystem": opt.Platform,
	}
	if opt.Redact {
		bundler["description"] = redactedNote
	}
	first := []entity{
		{"@id": metadataName, "@type": "CreativeWork", "conformsTo": reference(crateSpec), "about": reference("./")},
		root,
		{"@id": processSpec, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
		action, application, bundler,
		{"@id": chainID, "@type": "PropertyValue", "name": chainName, "propertyID": chainName, "value": digest},
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(entity{
		"@context": []string{crateSpec + "/context", "https://w3id.org/ro/terms/workflow-run/context"},
		"@graph":   append(first, graph...),
	})
	return b.Bytes(), err
}

// seconds returns the measured time of a trial, or 0.
func seconds(t *journal.Trial) float64 {
	if t.Measurement == nil {
		return 0
	}
	return t.Measurement.Seconds
}

// title returns the title of a run.
func title(r *journal.Run) string {
	if r.Title != "" {
		return r.Title
	}
	return r.Name
}

// datasets returns a cell for each dataset of a run.
func datasets(r *journal.Run) (list []*journal.Cell) {
	seen := map[string]bool{}
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Inputs != "" && !seen[c.Inputs] {
			seen[c.Inputs] = true
			list = append(list, c)
		}
	}
	return list
}

// aboutFile describes a file by its name.
func aboutFile(run *journal.Run, name string) string {
	switch {
	case name == journalName:
		return "the journal: the record of each trial, from which all reports are made"
	case name == experimentName:
		return "the experiment file"
	case name == readmeName:
		return "how to check and repeat the run"
	case isScript(run, name):
		return "a script of a contender"
	case strings.HasPrefix(name, "plots/"):
		return "a picture of the results"
	}
	return "a report or a description of the run"
}

var mediaTypes = map[string]string{
	".jsonl": "application/jsonl", ".json": "application/json", ".yaml": "application/yaml", ".md": "text/markdown", ".csv": "text/csv",
	".html": "text/html", ".png": "image/png", ".svg": "image/svg+xml", ".pdf": "application/pdf", ".py": "text/x-python", ".sh": "application/x-sh",
}

// mediaType returns the media type of a file by its name.
func mediaType(name string) string {
	return cmp.Or(mediaTypes[path.Ext(name)], "application/octet-stream")
}

// metadata is the part of the metadata that Verify reads.
type metadata struct {
	sums     map[string]string // SHA-256 by file name
	chain    string            // the head
	version  string            // of the iosweep that wrote the bundle
	platform string
}

// readMetadata parses the metadata of a bundle.
func readMetadata(data []byte) (*metadata, error) {
	var crate struct {
		Graph []struct {
			ID       string          `json:"@id"`
			Type     json.RawMessage `json:"@type"`
			SHA256   string          `json:"sha256"`
			Value    string          `json:"value"`
			Version  string          `json:"softwareVersion"`
			Platform string          `json:"operatingSystem"`
		} `json:"@graph"`
	}
	if err := json.Unmarshal(data, &crate); err != nil {
		return nil, fmt.Errorf("%s is not the metadata of a bundle: %w", metadataName, err)
	}
	m := &metadata{sums: map[string]string{}}
	for _, e := range crate.Graph {
		switch {
		case e.ID == chainID:
			m.chain = e.Value
		case e.ID == bundlerID:
			m.version, m.platform = e.Version, e.Platform
		case string(e.Type) == `"File"`:
			name, err := url.PathUnescape(e.ID)
			if err != nil || m.sums[name] != "" {
				return nil, fmt.Errorf("%s describes the file %q twice, or its name is no URI", metadataName, e.ID)
			}
			m.sums[name] = e.SHA256
		}
	}
	if m.chain == "" || len(m.sums) == 0 {
		return nil, errors.New(metadataName + " has no head of the chain, or describes no file; expected the one that iosweep bundle writes")
	}
	return m, nil
}
