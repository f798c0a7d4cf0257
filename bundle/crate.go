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
	"reflect"
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
	rootID    = "./"
	chainID   = "#journal-chain"
	iosweepID = "#iosweep"
	bundlerID = "#iosweep-bundle"
)

// noLicense is the license of results without one, because RO-Crate requires the property and allows text.
const noLicense = "The authors state no license: ask them before you use the results."

// A crate is metadata that is being made.
type crate struct {
	graph []entity
	parts []entity // references to all files
	// inputs and results are references to what the run read and made.
	inputs, results []entity
}

// describe returns the metadata of a bundle with these files.
func describe(d *analysis.Data, files []File, opt Options, digest string) ([]byte, error) {
	run := &d.Run
	var c crate
	c.addFiles(run, files)
	application := entity{"@id": iosweepID, "@type": "SoftwareApplication", "name": "iosweep", "softwareVersion": run.Iosweep}
	if programs := c.addPrograms(run); programs != nil {
		application["softwareRequirements"] = programs
	}
	c.addDatasets(run)
	root := c.root(d, opt)
	bundler := entity{
		"@id": bundlerID, "@type": "SoftwareApplication", "name": "iosweep bundle",
		"softwareVersion": opt.Version, "operatingSystem": opt.Platform,
	}
	if opt.Redact {
		bundler["description"] = redactedNote
	}
	first := []entity{
		{"@id": metadataName, "@type": "CreativeWork", "conformsTo": reference(crateSpec), "about": reference(rootID)},
		root,
		{"@id": processSpec, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
		c.action(d), application, bundler,
		{"@id": chainID, "@type": "PropertyValue", "name": chainName, "propertyID": chainName, "value": digest},
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(entity{
		"@context": []string{crateSpec + "/context", "https://w3id.org/ro/terms/workflow-run/context"},
		"@graph":   append(first, c.graph...),
	})
	return b.Bytes(), err
}

// addFiles adds an entity for each file.
func (c *crate) addFiles(run *journal.Run, files []File) {
	scripts := scripts(run, files)
	for _, f := range files {
		sum := sha256.Sum256(f.Data)
		e := entity{
			"@id": idOf(f.Name), "@type": "File", "name": path.Base(f.Name), "description": aboutFile(f.Name, scripts[f.Name] != ""),
			"contentSize": strconv.Itoa(len(f.Data)), "sha256": hex.EncodeToString(sum[:]), "encodingFormat": mediaType(f.Name),
		}
		if f.Name == journalName {
			e["identifier"] = reference(chainID)
		}
		c.graph = append(c.graph, e)
		c.parts = append(c.parts, reference(idOf(f.Name)))
		switch {
		case f.Name == experimentName || scripts[f.Name] != "":
			c.inputs = append(c.inputs, reference(idOf(f.Name)))
		case f.Name != readmeName:
			c.results = append(c.results, reference(idOf(f.Name)))
		}
	}
}

// addPrograms adds an entity for each program of a contender, and returns references to them.
func (c *crate) addPrograms(run *journal.Run) (programs []entity) {
	for _, name := range slices.Sorted(maps.Keys(run.Programs)) {
		id := "#program-" + url.PathEscape(name)
		e := entity{"@id": id, "@type": "SoftwareApplication", "name": name}
		if sum := run.ProgramDetails[name].SHA256; sum != "" {
			e["sha256"] = sum
		}
		if version := run.VersionOf(name); version != "" {
			e["softwareVersion"] = version
		}
		c.graph = append(c.graph, e)
		programs = append(programs, reference(id))
	}
	return programs
}

// addDatasets adds an entity for the checksum of each dataset.
func (c *crate) addDatasets(run *journal.Run) {
	for _, cell := range datasets(run) {
		id := "#inputs-" + cell.Inputs
		c.graph = append(c.graph, entity{
			"@id": id, "@type": "PropertyValue", "name": fmt.Sprintf("inputs of %s and the cells with the same files: %d files, %d bytes", cell.Name, cell.Files, cell.Bytes),
			"propertyID": "the beginning of the SHA-256 of the manifest of the files", "value": cell.Inputs,
		})
		c.inputs = append(c.inputs, reference(id))
	}
}

// root returns the entity of the whole bundle, and adds its license.
func (c *crate) root(d *analysis.Data, opt Options) entity {
	root := entity{
		"@id": rootID, "@type": "Dataset", "name": "Run of the experiment " + title(&d.Run),
		"description":   strings.Join(d.Overview.Sentences, " "),
		"datePublished": moment(opt.Now), "conformsTo": reference(processSpec),
		"hasPart": c.parts, "mentions": reference(actionID(&d.Run)), "identifier": reference(chainID), "license": noLicense,
	}
	if opt.License != "" {
		root["license"] = reference(opt.License)
		c.graph = append(c.graph, entity{
			"@id": opt.License, "@type": "CreativeWork", "name": path.Base(opt.License), "description": "the license of the results",
		})
	}
	return root
}

func actionID(run *journal.Run) string { return "#run-" + run.ID }

// action returns the entity of the run.
func (c *crate) action(d *analysis.Data) entity {
	run := &d.Run
	action := entity{
		"@id": actionID(run), "@type": "CreateAction", "name": "Run of " + run.Name, "description": analysis.RunCommand(run),
		"instrument": reference(iosweepID), "startTime": moment(run.StartedAt), "object": c.inputs, "result": c.results,
	}
	if n := len(d.Trials); n > 0 {
		t := d.Trials[n-1]
		action["endTime"] = moment(t.StartedAt.Add(time.Duration(seconds(&t) * float64(time.Second))))
	}
	return action
}

// moment returns a time in UTC. Validators of the profile accept an offset, and not a Z.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05-07:00") }

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
func aboutFile(name string, isScript bool) string {
	switch {
	case name == journalName:
		return "the journal: the record of each trial, from which all reports are made"
	case name == experimentName:
		return "the experiment file"
	case name == readmeName:
		return "how to check and repeat the run"
	case isScript:
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

// metadata is the content of the metadata of a bundle.
type metadata struct {
	graph     []entity
	sums      map[string]string // SHA-256 by file name
	chain     string            // the head
	version   string            // of the iosweep that wrote the bundle
	platform  string
	license   string
	published time.Time
	redacted  bool
}

// readMetadata parses the metadata of a bundle. Authors may have added other entities.
func readMetadata(data []byte) (*metadata, error) {
	var crate struct {
		Graph []entity `json:"@graph"`
	}
	if err := json.Unmarshal(data, &crate); err != nil {
		return nil, fmt.Errorf("%s is not the metadata of a bundle: it is not JSON, or has no list of entities", metadataName)
	}
	m := &metadata{graph: crate.Graph, sums: map[string]string{}}
	for _, e := range crate.Graph {
		switch id := e.text("@id"); {
		case id == chainID:
			m.chain = e.text("value")
		case id == bundlerID:
			m.version, m.platform, m.redacted = e.text("softwareVersion"), e.text("operatingSystem"), e["description"] != nil
		case id == rootID:
			m.published, _ = time.Parse(time.RFC3339, e.text("datePublished"))
			if license, ok := e["license"].(map[string]any); ok {
				m.license = entity(license).text("@id")
			}
		case e.text("@type") == "File":
			name, err := url.PathUnescape(id)
			if _, twice := m.sums[name]; err != nil || twice {
				return nil, fmt.Errorf("%s describes the file %q twice, or its name is no URI", metadataName, id)
			}
			m.sums[name] = e.text("sha256")
		}
	}
	if m.chain == "" || len(m.sums) == 0 {
		return nil, errors.New(metadataName + " has no head of the chain, or describes no file; expected the one that iosweep bundle writes")
	}
	return m, nil
}

// text returns the value of a key; empty if it is not a text.
func (e entity) text(key string) string {
	s, _ := e[key].(string)
	return s
}

// lacks returns the first thing that the metadata of these files has and m does not; empty: there is none. Other
// programs may have added entities, keys and elements of lists.
func (m *metadata) lacks(made []byte) string {
	want, err := readMetadata(made)
	if err != nil {
		return err.Error()
	}
	have := map[string]entity{}
	for _, e := range m.graph {
		if id := e.text("@id"); have[id] == nil {
			have[id] = e
		}
	}
	for _, e := range want.graph {
		id := e.text("@id")
		for _, key := range slices.Sorted(maps.Keys(e)) {
			if !contains(have[id][key], e[key]) {
				return fmt.Sprintf("%s of %s", key, id)
			}
		}
	}
	return ""
}

// contains reports whether a JSON value is another one, or a list with its elements.
func contains(value, other any) bool {
	list, ok := value.([]any)
	others, both := other.([]any)
	if !ok || !both {
		return reflect.DeepEqual(value, other)
	}
	for _, o := range others {
		if !slices.ContainsFunc(list, func(v any) bool { return reflect.DeepEqual(v, o) }) {
			return false
		}
	}
	return true
}
