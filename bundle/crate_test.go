package bundle

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// crateTerms are terms that the two contexts of the metadata define. A JSON-LD processor drops other keys silently.
var crateTerms = []string{
	"CreateAction", "CreativeWork", "Dataset", "File", "PropertyValue", "SoftwareApplication",
	"about", "conformsTo", "contentSize", "datePublished", "description", "encodingFormat", "endTime", "hasPart", "identifier", "instrument",
	"license", "mentions", "name", "object", "operatingSystem", "propertyID", "result", "sha256", "softwareRequirements", "softwareVersion",
	"startTime", "value", "version",
}

// TestMetadataFollowsTheProfile checks the rules that validators of RO-Crate 1.1 and of the Process Run Crate 0.5
// have for these entities.
func TestMetadataFollowsTheProfile(t *testing.T) {
	licensed := testOptions
	licensed.License = "https://spdx.org/licenses/CC-BY-4.0"
	for _, opt := range []Options{testOptions, licensed} {
		path, _ := bundled(t, resultsOf(t, "expected"), opt)
		b := opened(t, path)
		var crate struct {
			Graph []map[string]any `json:"@graph"`
		}
		if err := json.Unmarshal(b.File(metadataName).Data, &crate); err != nil {
			t.Fatal(err)
		}
		entities := map[string]map[string]any{}
		for _, e := range crate.Graph {
			id, _ := e["@id"].(string)
			if id == "" || entities[id] != nil {
				t.Errorf("the entity %q has no identifier of its own", id)
			}
			entities[id] = e
		}
		checkReference := func(from string, value any) {
			if ref, ok := value.(map[string]any); ok {
				id, _ := ref["@id"].(string)
				if len(ref) != 1 || entities[id] == nil && id != crateSpec {
					t.Errorf("%s refers to %v, which the graph does not describe", from, ref)
				}
			}
		}
		for id, e := range entities {
			for key, value := range e {
				if !strings.HasPrefix(key, "@") && !slices.Contains(crateTerms, key) || key == "@type" && !slices.Contains(crateTerms, value.(string)) {
					t.Errorf("%s has %s: %v, which the contexts do not define", id, key, value)
				}
				list, ok := value.([]any)
				if !ok {
					list = []any{value}
				}
				for _, v := range list {
					checkReference(id+"."+key, v)
				}
			}
		}
		root := entities["./"]
		for _, key := range []string{"name", "description", "datePublished", "license", "conformsTo", "hasPart", "mentions"} {
			if root[key] == nil || root[key] == "" {
				t.Errorf("the root has no %s", key)
			}
		}
		if l, ok := entities[opt.License]; opt.License != "" && (!ok || l["name"] == nil || l["description"] == nil) {
			t.Errorf("the license has no name or no description: %v", l)
		}
		moments := regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+\d{2}:\d{2}$`) // as in the SHACL shapes of the profile
		for _, e := range entities {
			for _, key := range []string{"startTime", "endTime", "datePublished"} {
				if at, ok := e[key].(string); ok && !moments.MatchString(at) {
					t.Errorf("%s has the form %s", key, at)
				}
			}
		}
	}
}
