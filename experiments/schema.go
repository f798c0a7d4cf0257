package experiments

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
)

// Schema returns the format as a JSON Schema (draft-07), for editors. It is generated from the
// keys that the parser uses, so both agree on names, levels and limits. It accepts every file
// that the parser accepts. The section "The schema" of docs/experiment-file.md lists the checks
// that only the parser can make, such as unsupported pairs or cells without a baseline.
func Schema(c Catalogue) ([]byte, error) {
	w := schemaWriter{catalogue: c, definitions: map[string]*schema{}}
	root := w.schema(&form{kind: mapping, keys: fileKeys})
	root.Schema, root.Description = "http://json-schema.org/draft-07/schema#", "An iosweep experiment"
	root.AllOf, root.Definitions = append(root.AllOf, filesGiven, builtInOperations(c)), w.definitions
	return json.MarshalIndent(root, "", "  ")
}

// schema contains the parts of JSON Schema that the format needs.
type schema struct {
	Schema               string             `json:"$schema,omitempty"`
	Ref                  string             `json:"$ref,omitempty"`
	Description          string             `json:"description,omitempty"`
	Default              json.RawMessage    `json:"default,omitempty"`
	Examples             []json.RawMessage  `json:"examples,omitempty"`
	Type                 string             `json:"type,omitempty"`
	Enum                 []string           `json:"enum,omitempty"`
	Pattern              string             `json:"pattern,omitempty"`
	MinLength            int64              `json:"minLength,omitempty"`
	MaxLength            int64              `json:"maxLength,omitempty"`
	Minimum              *int64             `json:"minimum,omitempty"`
	ExclusiveMinimum     *int64             `json:"exclusiveMinimum,omitempty"`
	Maximum              *int64             `json:"maximum,omitempty"`
	MinItems             int64              `json:"minItems,omitempty"`
	MaxItems             int64              `json:"maxItems,omitempty"`
	Items                any                `json:"items,omitempty"` // a schema, or a list of schemas of the first items
	AdditionalItems      *schema            `json:"additionalItems,omitempty"`
	AnyOf                []*schema          `json:"anyOf,omitempty"`
	AllOf                []*schema          `json:"allOf,omitempty"`
	Not                  *schema            `json:"not,omitempty"`
	MinProperties        int64              `json:"minProperties,omitempty"`
	MaxProperties        int64              `json:"maxProperties,omitempty"`
	Properties           map[string]*schema `json:"properties,omitempty"`
	PatternProperties    map[string]*schema `json:"patternProperties,omitempty"`
	PropertyNames        *schema            `json:"propertyNames,omitempty"`
	Required             []string           `json:"required,omitempty"`
	AdditionalProperties any                `json:"additionalProperties,omitempty"`
	Definitions          map[string]*schema `json:"definitions,omitempty"`
}

// Patterns for texts that the parser reads without a regular expression. An editor reads them as
// regular expressions of JavaScript, so they contain only what both languages have.
const (
	sizePattern     = `^(0|[1-9][0-9]*) ?(B|KB|KiB|MB|MiB|GB|GiB)?$`
	durationPattern = `^\+?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`
	linePattern     = `^[^\x00-\x1f\x7f-\xa0]+$` // without control characters
	prosePattern    = `^[^\x00]*$`
	lockstepPattern = `^[a-z][a-z0-9_-]*(\+[a-z][a-z0-9_-]*)*$` // of the keys of a block
	zeroPattern     = `^[^1-9]*$`                               // no digit but 0
)

// Rules about several keys of a mapping. The parser checks them without these schemas.
var (
	// treeAlone forbids the keys of generated items beside from in a workload.
	treeAlone = either(&schema{Not: requires(From.String())}, &schema{Not: anyKey(generatedKeys)})
	// filesGiven requires files or from, in the workload or in every block of the grid.
	filesGiven = &schema{AnyOf: []*schema{
		{Required: []string{"workload"}, Properties: map[string]*schema{"workload": either(requires("files"), requires("from"))}},
		{Properties: map[string]*schema{"grid": either(
			&schema{Type: "object", AnyOf: []*schema{axisGiven("files"), axisGiven("from")}},
			&schema{Type: "array", Items: either(axisGiven("files"), axisGiven("from"))},
		)}},
		requires("operations"), // an operation of the file may need no files
	}}
	// oneCheck requires exactly one kind of check.
	oneCheck = &schema{AnyOf: onlyOne(checkKinds), AllOf: []*schema{
		either(&schema{Not: requires("count")}, requires("files")),
		either(&schema{Not: requires("of")}, requires("same_as")),
	}}
	// oneStream requires stdout or stderr in a metric, and forbids both.
	oneStream = &schema{AnyOf: []*schema{requires("stdout"), requires("stderr")}, Not: requires("stdout", "stderr")}
	// oneGoal forbids both ci and race in adaptive repeats. They have three keys, so they have one of both.
	oneGoal = &schema{Not: requires("ci", "race")}
	// oneStride forbids both step and times in a range.
	oneStride = &schema{Not: requires("step", "times")}
	// errorOfFailure allows the key error only in a row that claims fails.
	errorOfFailure = &schema{AnyOf: []*schema{{Not: requires("error")}, claims(fails)}}
	// baselineGiven requires the baseline of a published table if its rows are compared.
	baselineGiven = &schema{AnyOf: []*schema{requires("baseline"), {
		Properties: map[string]*schema{"rows": {Items: claims(intact, corrupt, fails, noClaim)}},
	}}}
)

// anyKey returns the schema of mappings with at least one of the keys.
func anyKey(keys []key) *schema {
	s := &schema{}
	for _, name := range keyNames(keys) {
		s.AnyOf = append(s.AnyOf, requires(name))
	}
	return s
}

// axisGiven returns the schema of blocks with an axis, alone or in lockstep with others.
func axisGiven(name string) *schema {
	joined := &schema{Pattern: `(^|\+)` + name + `(\+|$)`}
	return either(requires(name), &schema{Not: &schema{PropertyNames: &schema{Not: joined}}})
}

// builtInOperations allows only operations of the catalogue in a file that does not define any.
func builtInOperations(c Catalogue) *schema {
	name := &schema{Enum: c.operationNames()}
	object := func(operation *schema) *schema {
		return &schema{Properties: map[string]*schema{"operation": operation}}
	}
	levels := object(either(name, &schema{Type: "array", Items: name}))
	list := &schema{AnyOf: []*schema{{Type: "array", Items: levels}, {Type: "object", AllOf: []*schema{levels}}}}
	return either(requires("operations"), &schema{Properties: map[string]*schema{
		"grid": list, "exclude": list, "baseline": levels, "commands": {AdditionalProperties: object(name)},
	}})
}

// onlyOne returns the schemas of mappings with exactly one of the keys.
func onlyOne(keys []string) (list []*schema) {
	for i, key := range keys {
		s := requires(key)
		for _, other := range slices.Concat(keys[:i], keys[i+1:]) {
			s.AllOf = append(s.AllOf, &schema{Not: requires(other)})
		}
		list = append(list, s)
	}
	return list
}

func requires(keys ...string) *schema { return &schema{Required: keys} }

// claims returns the schema of rows with one of these claims.
func claims(words ...string) *schema {
	return &schema{Required: []string{"claim"}, Properties: map[string]*schema{"claim": {Enum: words}}}
}

// A schemaWriter writes the schemas of forms.
type schemaWriter struct {
	catalogue   Catalogue
	definitions map[string]*schema // of the forms that have a name, each written once
	// partial is set within a profile. Its mappings are merged into mappings of the file, so none
	// of their keys is required.
	partial bool
}

// schema returns the JSON Schema of a form.
func (w *schemaWriter) schema(f *form) *schema {
	if f.definition == "" || w.partial {
		return w.inline(f)
	}
	if w.definitions[f.definition] == nil {
		w.definitions[f.definition] = w.inline(f)
	}
	return &schema{AllOf: []*schema{{Ref: "#/definitions/" + f.definition}}} // keys beside $ref would be ignored
}

// inline returns the JSON Schema of a form that is written in this place.
func (w *schemaWriter) inline(f *form) *schema {
	s := w.plainSchema(f)
	if f.alternative != nil {
		s = either(s, w.schema(f.alternative))
	}
	return s
}

func (w *schemaWriter) plainSchema(f *form) *schema {
	switch f.kind {
	case word:
		return &schema{Enum: f.words}
	case axisName:
		// A custom axis of the grid is an axis too.
		s := textSchema(&form{kind: line, max: maxCustomBytes, pattern: placeholderName})
		s.Description = "one of " + strings.Join(f.words, ", ") + ", or another axis of the grid"
		return s
	case operationName:
		names := w.catalogue.operationNames()
		// The operations of the file are operations too. Their names are in the file.
		s := either(&schema{Enum: names}, textSchema(&form{kind: line, max: maxCustomBytes, pattern: commandName}))
		s.Description = "one of " + strings.Join(names, ", ") + ", or a name under operations"
		return s
	case strategyName:
		names := w.catalogue.strategyNames()
		// Commands are strategies too. Their names are in the file.
		s := either(&schema{Enum: names}, textSchema(&form{kind: line, max: maxCustomBytes, pattern: commandName}))
		s.Description = "one of " + strings.Join(names, ", ") + ", or a name under commands"
		return s
	case whole:
		if len(f.words) > 0 {
			return either(number(f), &schema{Enum: f.words})
		}
		return number(f)
	case cpuCount:
		return either(number(f), &schema{Type: "string", Pattern: cpuRegexp().String()})
	case size:
		if len(f.words) > 0 {
			return either(number(f), amount(sizePattern, f.aboveZero), &schema{Enum: f.words})
		}
		return either(number(f), amount(sizePattern, f.aboveZero))
	case decimal:
		return either(&schema{Type: "number", ExclusiveMinimum: new(int64), Maximum: &f.max}, amount(f.pattern().String(), true))
	case printed:
		// At most 12 digits precede the decimal point.
		return either(&schema{Type: "number", ExclusiveMinimum: new(int64), Maximum: new(int64(1e12))}, amount(printedRegexp().String(), true))
	case printedSize:
		return amount(printedSizeRegexp().String(), true)
	case percent:
		return amount(f.pattern().String(), f.aboveZero)
	case duration:
		return amount(durationPattern, true)
	case customLevel, path, interpreter, revision, line, prose, scalar:
		return textSchema(f)
	case boolean:
		return either(&schema{Type: "boolean"}, &schema{Enum: []string{"true", "false"}})
	case list:
		return w.listSchema(f)
	case argv:
		return w.argvSchema(f)
	case oneOrList:
		return either(w.schema(f.elem), w.listSchema(f))
	case levelList:
		forms := []*schema{w.schema(f.elem), w.listSchema(f)}
		if f.elem.numeric() {
			forms = append(forms, w.rangeSchema(*f.elem))
		}
		return either(forms...)
	case filter:
		return w.schema(&form{kind: mapping, keys: slices.Concat(filterKeys, f.keys), elem: &customLevels, pattern: placeholderName, reserved: fixedPlaceholders, min: 1})
	case profile:
		return w.profileSchema()
	default:
		return w.mappingSchema(f)
	}
}

// amount returns the schema of amounts that match a pattern. aboveZero excludes those without a
// digit other than 0.
func amount(pattern string, aboveZero bool) *schema {
	s := &schema{Type: "string", Pattern: pattern}
	if aboveZero {
		s.Not = &schema{Pattern: zeroPattern}
	}
	return s
}

// textSchema returns the schema of a text. The parser reads a number, true and false as they are
// written, so they are texts too.
func textSchema(f *form) *schema {
	s := &schema{Type: "string", MaxLength: f.max, Pattern: linePattern}
	switch {
	case f.pattern != nil:
		s.Pattern = f.pattern().String()
	case f.kind == prose || f.kind == scalar:
		s.Pattern = prosePattern
	}
	matches := func(text string) bool { return f.pattern == nil || f.pattern().MatchString(text) }
	forms := []*schema{s}
	switch {
	case matches("-1"):
		forms = append(forms, &schema{Type: "number"})
	case matches("1.5") || matches("1e-5"):
		forms = append(forms, &schema{Type: "number", Minimum: new(int64)})
	case matches("1"):
		forms = append(forms, &schema{Type: "integer", Minimum: new(int64)})
	}
	if matches("true") {
		forms = append(forms, &schema{Type: "boolean"})
	}
	return either(forms...)
}

// whole returns a writer of the forms that a profile replaces as a whole.
func (w *schemaWriter) whole() *schemaWriter {
	return &schemaWriter{catalogue: w.catalogue, definitions: w.definitions}
}

func (w *schemaWriter) listSchema(f *form) *schema {
	s := &schema{Type: "array", MinItems: f.min, MaxItems: f.max}
	if f.elem.kind != scalar {
		s.Items = w.whole().schema(f.elem)
		return s
	}
	// The first text of a command line is a program, and its name is not empty.
	program := textSchema(f.elem)
	program.AnyOf[0].MinLength = 1
	s.Items, s.AdditionalItems = []*schema{program}, textSchema(f.elem)
	return s
}

// argvSchema returns the schema of a command line: a text with a word, or a list.
func (w *schemaWriter) argvSchema(f *form) *schema {
	return either(textSchema(&form{kind: scalar, pattern: lineOfWords, max: f.max}), w.listSchema(&form{kind: list, elem: f.elem, min: f.min}))
}

func (w *schemaWriter) mappingSchema(f *form) *schema {
	s := &schema{Type: "object", MaxProperties: f.max, PropertyNames: w.nameSchema(f), AllOf: slices.Clone(f.rules)}
	switch {
	case f.elem != nil:
		s.AdditionalProperties = w.schema(f.elem)
	case f.keys != nil:
		s.AdditionalProperties = false
	}
	if !w.partial {
		s.MinProperties = f.min
	}
	for i := range f.keys {
		k := &f.keys[i]
		if s.Properties == nil {
			s.Properties = map[string]*schema{}
		}
		s.Properties[k.name] = w.keySchema(k)
		switch {
		case !k.required || w.partial:
		case f.combined:
			s.AllOf = append(s.AllOf, axisGiven(k.name))
		default:
			s.Required = append(s.Required, k.name)
		}
	}
	if f.combined {
		for i := range blockKeys {
			k := &blockKeys[i]
			// A command may have a placeholder of this name. The key is then a custom axis.
			s.Properties[k.name] = either(w.schema(&k.form), w.schema(&customLevels))
			s.Properties[k.name].Description, s.Properties[k.name].Examples = k.doc+" Default: "+k.defaultWords+".", k.exampleValues()
		}
		row := w.schema(&combinationForm)
		s.PatternProperties = map[string]*schema{`\+`: either(row, &schema{Type: "array", MinItems: 1, Items: row})}
	}
	return s
}

// nameSchema returns the schema of the keys of a mapping that the file chooses; nil: any.
func (w *schemaWriter) nameSchema(f *form) *schema {
	reserved := f.reserved
	if f.pattern != nil && f.pattern() == commandName() {
		reserved = w.catalogue.strategyNames()
	}
	if f.pattern == nil && reserved == nil {
		return nil
	}
	s := &schema{}
	if f.pattern != nil {
		s.Pattern = f.pattern().String()
	}
	if f.combined {
		s.Pattern = lockstepPattern
	}
	if reserved != nil {
		s.Not = &schema{Enum: reserved}
	}
	return s
}

// keySchema returns the JSON Schema of a key, with its description and default. The
// description names the default if no value can express it.
func (w *schemaWriter) keySchema(k *key) *schema {
	s := w.schema(&k.form)
	s.Description = k.doc
	s.Examples = k.exampleValues()
	switch {
	case w.partial:
		s.Description += " Default: the value of the file."
	case k.required:
		s.Description += " Required."
	case k.defaultYAML != "":
		s.Default = defaultJSON(k.defaultYAML)
	default:
		s.Description += " Default: " + k.defaultWords + "."
	}
	return s
}

// exampleValues returns values of a key as JSON.
func (k *key) exampleValues() (values []json.RawMessage) {
	texts := k.examples
	switch {
	case texts != nil:
	case k.kind == boolean:
		texts = []string{"true", "false"}
	case len(k.words) > 0:
		texts = k.words
	case k.elem != nil:
		texts = k.elem.words
	}
	for _, text := range texts {
		values = append(values, defaultJSON(text))
	}
	return values
}

// rangeSchema returns the JSON Schema of a range of levels.
func (w *schemaWriter) rangeSchema(level form) *schema {
	s := w.mappingSchema(&form{keys: rangeKeys(level), rules: []*schema{oneStride}})
	if !w.partial {
		from := w.schema(aboveZero(rangeNumber(level)))
		s.AllOf = append(s.AllOf, either(requires("step"),
			&schema{Required: []string{"times"}, Properties: map[string]*schema{"from": from}}))
	}
	return s
}

// profileSchema returns the JSON Schema of a profile. Its mappings contain any of the keys of the
// file. The levels in its grid replace the levels of the file.
func (w *schemaWriter) profileSchema() *schema {
	keys := slices.DeleteFunc(slices.Clone(fileKeys), func(k key) bool { return slices.Contains(lockedSections, k.name) })
	part := schemaWriter{catalogue: w.catalogue, definitions: w.definitions, partial: true}
	s := part.mappingSchema(&form{keys: keys})
	grid := keyNamed(fileKeys, "grid")
	axes := w.mappingSchema(grid.elem)
	axes.AllOf = nil
	for i := range gridKeys {
		axis := axes.Properties[gridKeys[i].name]
		axis.Description, axis.Default = gridKeys[i].doc+" Default: the levels of the file.", nil
	}
	s.Properties["grid"] = either(axes, w.listSchema(&grid.form))
	s.Properties["grid"].Description = "The axes to replace in every block that has them, or a list that replaces the whole grid. Default: the value of the file."
	s.Properties["grid"].Examples = (&key{examples: []string{"{workers: [1, 2]}"}}).exampleValues()
	return s
}

// defaultJSON returns the default of a key as JSON.
func defaultJSON(text string) json.RawMessage {
	var value any
	if err := defaultNode(text).Decode(&value); err != nil {
		panic(err)
	}
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}

// numeric reports whether a range can replace a list of levels of this form.
func (f *form) numeric() bool {
	return f.kind == whole || f.kind == cpuCount || f.kind == size || f.kind == customLevel
}

// rangeNumber returns the form of the numbers in a range of levels. They are not words, and the
// numbers of a custom axis are whole.
func rangeNumber(level form) form {
	if level.kind == customLevel {
		return form{kind: whole}
	}
	level.words = nil
	return level
}

// aboveZero returns the form without zero and negative numbers.
func aboveZero(f form) *form {
	if f.min == 0 && f.max == 0 {
		f.max = math.MaxInt64
	}
	f.min, f.aboveZero = max(1, f.min), true
	return &f
}

// number returns the schema of a whole number with the limits of the form.
func number(f *form) *schema {
	least, most := f.min, f.max
	if least == most {
		least, most = math.MinInt64, math.MaxInt64
	}
	return &schema{Type: "integer", Minimum: &least, Maximum: &most}
}

func either(forms ...*schema) *schema { return &schema{AnyOf: forms} }
