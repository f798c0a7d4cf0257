package hyperfine

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A result is the part of a result in an export that a file needs.
type result struct {
	Command    string            `json:"command"`
	Times      []float64         `json:"times"`
	ExitCodes  []*int            `json:"exit_codes"`
	Parameters map[string]string `json:"parameters"`
}

// maxResults limits the results of an export.
const maxResults = 1000

// FromExport reads the JSON that hyperfine exports. name is the name of its file.
func FromExport(name string, data []byte) (*Benchmark, error) {
	var export struct {
		Results []result `json:"results"`
	}
	if err := json.Unmarshal(data, &export); err != nil {
		return nil, fmt.Errorf("%s is not an export of hyperfine --export-json: %w", name, err)
	}
	switch n := len(export.Results); {
	case n == 0:
		return nil, fmt.Errorf("%s is not an export of hyperfine --export-json: it has no results", name)
	case n > maxResults:
		return nil, fmt.Errorf("%s has %d results, more than %d", name, n, maxResults)
	}
	b := &Benchmark{origin: "the export " + name, shell: []string{"sh"}, warmup: 1}
	b.comment("The export does not contain the shell, the warm-ups, and what ran before and after the commands. Here each command runs in sh after one warm-up.")
	fewest, most := 0, 0
	for i, r := range export.Results {
		if strings.TrimSpace(r.Command) == "" {
			return nil, fmt.Errorf("%s: the result %d has no command", name, i+1)
		}
		if n := len(r.Times); n > 0 {
			if most = max(most, n); fewest == 0 || n < fewest {
				fewest = n
			}
		}
		for _, code := range r.ExitCodes {
			b.ignoreFailure = b.ignoreFailure || code == nil || *code != 0
		}
	}
	if b.runs = most; fewest < most {
		b.runs, b.minRuns, b.maxRuns = 0, fewest, most
	}
	b.comment("If -n gave a command a name, the export has only the name: write the command in its place.")
	return b, errors.Join(b.readResults(export.Results))
}

// readResults finds the commands before hyperfine replaced their parameters.
func (b *Benchmark) readResults(results []result) error {
	values := map[string][]string{}
	var names []string
	for _, r := range results {
		for _, name := range slices.Sorted(maps.Keys(r.Parameters)) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
			if value := r.Parameters[name]; !slices.Contains(values[name], value) {
				values[name] = append(values[name], value)
			}
		}
	}
	for len(results) > 0 {
		template := templateOf(results)
		b.commands = append(b.commands, template)
		results = slices.DeleteFunc(slices.Clone(results), func(r result) bool { return instance(template, r.Parameters) == r.Command })
	}
	for _, name := range names {
		b.parameters = append(b.parameters, parameter{name: name, values: values[name]})
	}
	return nil
}

// instance replaces the placeholders of a template, as hyperfine does.
func instance(template string, parameters map[string]string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		pairs = append(pairs, "{"+name+"}", parameters[name])
	}
	return strings.NewReplacer(pairs...).Replace(template)
}

// maxPlaces limits the places in a command where the value of a parameter may come from a
// placeholder. All subsets of them are tried.
const maxPlaces = 6

// templateOf returns the template of the first result that agrees with most of the results. If a
// value is in several places of the command, each of them may come from a placeholder.
func templateOf(results []result) string {
	first := results[0]
	type place struct {
		at   int
		name string
	}
	var places []place
	for _, name := range slices.Sorted(maps.Keys(first.Parameters)) {
		value := first.Parameters[name]
		for from := 0; value != "" && from < len(first.Command); {
			i := strings.Index(first.Command[from:], value)
			if i < 0 {
				break
			}
			places = append(places, place{from + i, name})
			from += i + len(value)
		}
	}
	if len(places) > maxPlaces {
		places = places[:maxPlaces]
	}
	best, matched := first.Command, 0
	for set := range 1 << len(places) {
		var chosen []place
		for i, p := range places {
			if set&(1<<i) != 0 {
				chosen = append(chosen, p)
			}
		}
		slices.SortFunc(chosen, func(a, b place) int { return a.at - b.at })
		var s strings.Builder
		end, valid := 0, true
		for _, p := range chosen {
			if valid = valid && p.at >= end; !valid {
				break
			}
			s.WriteString(first.Command[end:p.at] + "{" + p.name + "}")
			end = p.at + len(first.Parameters[p.name])
		}
		if !valid {
			continue
		}
		template := s.String() + first.Command[end:]
		n := 0
		for _, r := range results {
			if instance(template, r.Parameters) == r.Command {
				n++
			}
		}
		if n > matched {
			best, matched = template, n
		}
	}
	return best
}
