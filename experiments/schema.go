package experiments

import (
	"encoding/json"
	"strings"
)

// Schema is the format as a JSON Schema (draft-07), for editors. It is made from
// the tables that the parser reads by, so that the two agree on names, levels
// and bounds. What only the parser can see, such as pairs that cannot be or a
// cell without a baseline, is not in it.
func Schema(c Catalogue) ([]byte, error) {
	var operations, strategies []string
	for _, op := range c.Operations {
		operations = append(operations, op.Name)
	}
	for _, s := range c.Strategies {
		strategies = append(strategies, s.Name)
	}
	block := gridSchema(operations, strategies)
	root := object("An iosweep experiment", map[string]*schema{
		"name":        {Type: "string", Pattern: experimentName.String(), Description: "names the results directory"},
		"title":       {Type: "string"},
		"description": {Type: "string"},
		"workload":    workloadSchema(),
		"grid":        {Description: "every combination of levels is a cell", AnyOf: []*schema{block, {Type: "array", Items: block, MinItems: 1}}},
		"exclude":     {Description: "cells left out", Type: "array", Items: whereSchema()},
		"trials": object("how often and in which order cells are run", map[string]*schema{
			"repeats":    repeatsSchema(),
			"warmup":     bounded(0, maxRepeats),
			"order":      {Enum: []string{"shuffled", "listed"}},
			"seed":       {Type: "integer"},
			"timeout":    durationSchema("of one trial"),
			"retries":    bounded(0, maxRetries),
			"quarantine": {AnyOf: []*schema{{Enum: []string{never}}, bounded(1, maxRepeats)}},
		}),
		"budget":    durationSchema("of the whole run"),
		"workspace": {Type: "string", Description: "the directory, so the file system, under test"},
		"baseline":  whereSchema(),
		"commands": {
			Type: "object", Description: "other programs doing the same work, verified in the same way",
			PropertyNames: &schema{Pattern: commandName.String()}, AdditionalProperties: commandSchema(operations),
		},
		"published": publishedSchema(),
		"profiles": {
			Type: "object", Description: "what --profile lays over the file: the same experiment at another size",
			PropertyNames: &schema{Pattern: profileName.String()}, AdditionalProperties: &schema{Type: "object"},
		},
		"reports": object("what is drawn", map[string]*schema{
			"x":     {Enum: axisNames()},
			"plots": {Type: "array", Items: &schema{Enum: []string{"speedup", "time", "heatmap", "trials"}}},
		}),
	}, "name", "grid")
	root.Schema = "http://json-schema.org/draft-07/schema#"
	return json.MarshalIndent(root, "", "  ")
}

// schema is the part of JSON Schema that the format needs.
type schema struct {
	Schema               string             `json:"$schema,omitempty"`
	Description          string             `json:"description,omitempty"`
	Type                 string             `json:"type,omitempty"`
	Enum                 []string           `json:"enum,omitempty"`
	Pattern              string             `json:"pattern,omitempty"`
	Minimum              *int64             `json:"minimum,omitempty"`
	Maximum              *int64             `json:"maximum,omitempty"`
	MinItems             int                `json:"minItems,omitempty"`
	Items                *schema            `json:"items,omitempty"`
	AnyOf                []*schema          `json:"anyOf,omitempty"`
	Properties           map[string]*schema `json:"properties,omitempty"`
	PropertyNames        *schema            `json:"propertyNames,omitempty"`
	Not                  *schema            `json:"not,omitempty"`
	Required             []string           `json:"required,omitempty"`
	AdditionalProperties any                `json:"additionalProperties,omitempty"`
}

// object is a mapping that has these keys and no others.
func object(description string, keys map[string]*schema, required ...string) *schema {
	return &schema{Type: "object", Description: description, Properties: keys, Required: required, AdditionalProperties: false}
}

func bounded(low, high int64) *schema {
	return &schema{Type: "integer", Minimum: &low, Maximum: &high}
}

// repeatsSchema is a number, or when to stop.
func repeatsSchema() *schema {
	return &schema{AnyOf: []*schema{bounded(1, maxRepeats), object("until the interval of the speed-up is as narrow as ci", map[string]*schema{
		"min": bounded(leastMin, maxRepeats),
		"max": bounded(leastMin, maxRepeats),
		"ci":  {Type: "string", Pattern: percentForm.String(), Description: "its width from end to end, as a part of the speed-up"},
	}, "min", "max", "ci")}}
}

func durationSchema(description string) *schema {
	return &schema{Type: "string", Pattern: `^([0-9]*\.?[0-9]+(ns|us|µs|ms|s|m|h))+$`, Description: description + ", as in 10m or 8h30m"}
}

// levelSchema is one level of an axis.
func levelSchema(a Axis) *schema {
	info := axes[a]
	switch info.kind {
	case word:
		return &schema{Enum: info.words}
	case size:
		return &schema{AnyOf: []*schema{bounded(info.min, info.max), {Type: "string", Pattern: `^[0-9]+ ?(B|KB|KiB|MB|MiB|GB|GiB)$`}}}
	case cpuCount:
		return &schema{AnyOf: []*schema{bounded(info.min, info.max), {Type: "string", Pattern: cpuForm.String()}}}
	case whole:
		number := bounded(info.min, info.max)
		if len(info.words) == 0 {
			return number
		}
		return &schema{AnyOf: []*schema{number, {Enum: info.words}}}
	}
	return &schema{Type: "string"}
}

// levelsSchema is what a grid says of an axis: a level, a list of levels, or,
// where there are numbers, a range.
func levelsSchema(one *schema, numbers bool) *schema {
	forms := []*schema{one, {Type: "array", Items: one, MinItems: 1}}
	if numbers {
		forms = append(forms, object("from, to and either step or times", map[string]*schema{
			"from": one, "to": one, "step": one, "times": {Type: "integer"},
		}, "from", "to"))
	}
	return &schema{AnyOf: forms}
}

func gridSchema(operations, strategies []string) *schema {
	keys := map[string]*schema{}
	for _, a := range Axes() {
		one, kind := levelSchema(a), axes[a].kind
		switch a {
		case Operation:
			one = &schema{Enum: operations}
		case Strategy:
			// Commands are strategies too, and only the file knows their names.
			one = &schema{Type: "string", Description: "one of " + strings.Join(strategies, ", ") + ", or a name under commands"}
		}
		keys[a.String()] = levelsSchema(one, kind == whole || kind == cpuCount || kind == size)
	}
	block := object("axes and their levels", keys, "operation", "strategy")
	// An axis that the file invented for its commands.
	block.AdditionalProperties = levelsSchema(&schema{}, true)
	return block
}

func workloadSchema() *schema {
	keys := map[string]*schema{}
	for _, a := range Axes() {
		if a.OfWorkload() {
			keys[a.String()] = levelSchema(a)
		}
	}
	return object("what operations work on: files that are made, or a tree", keys)
}

// whereSchema is a filter: axes with a level or a list of levels each.
func whereSchema() *schema {
	level := &schema{}
	return &schema{
		Type: "object", Description: "cells, by axis and level",
		AdditionalProperties: &schema{AnyOf: []*schema{level, {Type: "array", Items: level}}},
	}
}

func commandSchema(operations []string) *schema {
	// What is written as a number reaches the program as it is written.
	text := &schema{AnyOf: []*schema{{Type: "string"}, {Type: "number"}, {Type: "boolean"}}}
	words := &schema{Type: "array", Items: text, MinItems: 1}
	return object("a contender", map[string]*schema{
		"operation": {Enum: operations},
		"run":       words,
		"env":       {Type: "object", PropertyNames: &schema{Not: &schema{Enum: []string{RunVariable}}}, AdditionalProperties: text},
		"requires":  words,
		"optional":  {Type: "boolean", Description: "where it is not installed, the run lacks nothing"},
		"expect": {AnyOf: []*schema{
			{Enum: []string{"failure"}},
			object("it fails with this text on its standard error", map[string]*schema{"error": text}, "error"),
		}},
	}, "operation", "run")
}

// publishedSchema is a table to be reproduced.
func publishedSchema() *schema {
	number := &schema{AnyOf: []*schema{{Type: "number"}, {Type: "string", Pattern: printedForm.String()}}}
	numbers := &schema{AnyOf: []*schema{number, {Type: "array", Items: number, MinItems: 1}}}
	row := object("a method and what was printed of it", map[string]*schema{
		"method":      {Type: "string"},
		"seconds":     numbers,
		"mean":        number,
		"speedup":     numbers,
		"claim":       {Enum: Claims},
		"when_faster": {Type: "string", Description: "what follows if a built-in strategy is faster than the row claims"},
		"cells":       {AnyOf: []*schema{whereSchema(), {Type: "array", Items: whereSchema(), MinItems: 1}}},
	}, "method", "cells")
	return object("a table to be reproduced", map[string]*schema{
		"source":    {Type: "string"},
		"machine":   object("what it was made on", map[string]*schema{"cpus": bounded(1, 1<<20), "os": {Type: "string"}}),
		"measure":   {Enum: measures},
		"baseline":  {Type: "string", Description: "the method that speed-ups are against"},
		"tolerance": {Type: "string", Pattern: percentForm.String(), Description: "within this of 1 counts as no difference"},
		"rows":      {Type: "array", Items: row, MinItems: 1},
	}, "rows")
}
