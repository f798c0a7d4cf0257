package experiments

import (
	"encoding/json"
	"strings"
)

// Schema returns the format as a JSON Schema (draft-07), for editors. It is generated from the
// keys that the parser uses, so both agree on names, levels and limits. It does not contain
// the checks that only the parser can make, such as unsupported pairs or cells without a
// baseline.
func Schema(c Catalogue) ([]byte, error) {
	root := c.schema(&form{kind: mapping, keys: fileKeys})
	root.Schema, root.Description = "http://json-schema.org/draft-07/schema#", "An iosweep experiment"
	return json.MarshalIndent(root, "", "  ")
}

// schema contains the parts of JSON Schema that the format needs.
type schema struct {
	Schema               string             `json:"$schema,omitempty"`
	Description          string             `json:"description,omitempty"`
	Default              json.RawMessage    `json:"default,omitempty"`
	Type                 string             `json:"type,omitempty"`
	Enum                 []string           `json:"enum,omitempty"`
	Pattern              string             `json:"pattern,omitempty"`
	Minimum              *int64             `json:"minimum,omitempty"`
	Maximum              *int64             `json:"maximum,omitempty"`
	MinItems             int64              `json:"minItems,omitempty"`
	Items                *schema            `json:"items,omitempty"`
	AnyOf                []*schema          `json:"anyOf,omitempty"`
	Properties           map[string]*schema `json:"properties,omitempty"`
	PropertyNames        *schema            `json:"propertyNames,omitempty"`
	Not                  *schema            `json:"not,omitempty"`
	Required             []string           `json:"required,omitempty"`
	AdditionalProperties any                `json:"additionalProperties,omitempty"`
}

// Patterns for texts that the parser reads without a regular expression.
const (
	sizePattern     = `^[0-9]+ ?(B|KB|KiB|MB|MiB|GB|GiB)$`
	durationPattern = `^([0-9]*\.?[0-9]+(ns|us|µs|ms|s|m|h))+$`
)

// schema returns the JSON Schema of a form.
func (c *Catalogue) schema(f *form) *schema {
	s := c.plainSchema(f)
	if f.alternative != nil {
		s = either(s, c.schema(f.alternative))
	}
	return s
}

func (c *Catalogue) plainSchema(f *form) *schema {
	switch f.kind {
	case word, axisName:
		return &schema{Enum: f.words}
	case operationName:
		return &schema{Enum: c.operationNames()}
	case strategyName:
		// Commands are strategies too. Their names are in the file.
		return &schema{Type: "string", Description: "one of " + strings.Join(c.strategyNames(), ", ") + ", or a name under commands"}
	case whole:
		if len(f.words) > 0 {
			return either(number(f), &schema{Enum: f.words})
		}
		return number(f)
	case cpuCount:
		return either(number(f), pattern(cpuRegexp.String()))
	case size:
		return either(number(f), pattern(sizePattern))
	case printed:
		return either(&schema{Type: "number"}, pattern(printedRegexp.String()))
	case printedSize:
		return pattern(printedSizeRegexp.String())
	case percent:
		return pattern(percentRegexp.String())
	case duration:
		return pattern(durationPattern)
	case path, interpreter, line, prose:
		s := &schema{Type: "string"}
		if f.pattern != nil {
			s.Pattern = f.pattern.String()
		}
		return s
	case scalar:
		// A program receives a number as it is written.
		return either(&schema{Type: "string"}, &schema{Type: "number"}, &schema{Type: "boolean"})
	case boolean:
		return &schema{Type: "boolean"}
	case list:
		return c.listSchema(f)
	case oneOrList:
		return either(c.schema(f.elem), c.listSchema(f))
	case levelList:
		forms := []*schema{c.schema(f.elem), c.listSchema(f)}
		if f.elem.numeric() {
			forms = append(forms, c.schema(&form{kind: mapping, keys: rangeKeys(*f.elem)}))
		}
		return either(forms...)
	case filter:
		return &schema{Type: "object", AdditionalProperties: c.schema(&form{kind: oneOrList, elem: &form{}})}
	case mapping:
		return c.mappingSchema(f)
	}
	return &schema{} // anything
}

func (c *Catalogue) listSchema(f *form) *schema {
	return &schema{Type: "array", Items: c.schema(f.elem), MinItems: f.min}
}

func (c *Catalogue) mappingSchema(f *form) *schema {
	s := &schema{Type: "object"}
	switch {
	case f.elem != nil:
		s.AdditionalProperties = c.schema(f.elem)
	case f.keys != nil:
		s.AdditionalProperties = false
	}
	if f.pattern != nil {
		s.PropertyNames = &schema{Pattern: f.pattern.String()}
	}
	if f.reserved != nil {
		s.PropertyNames = &schema{Not: &schema{Enum: f.reserved}}
	}
	for i := range f.keys {
		k := &f.keys[i]
		if s.Properties == nil {
			s.Properties = map[string]*schema{}
		}
		s.Properties[k.name] = c.keySchema(k)
		if k.required {
			s.Required = append(s.Required, k.name)
		}
	}
	return s
}

// keySchema returns the JSON Schema of a key, with its description and default. The
// description names the default if no value can express it.
func (c *Catalogue) keySchema(k *key) *schema {
	s := c.schema(&k.form)
	s.Description = k.doc
	switch {
	case k.required:
		s.Description += " Required."
	case k.defaultYAML != "":
		s.Default = defaultJSON(k.defaultYAML)
	default:
		s.Description += " Default: " + k.defaultWords + "."
	}
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
	return f.kind == whole || f.kind == cpuCount || f.kind == size || f.kind == anything
}

// number returns the schema of a whole number with the limits of the form, if it has any.
func number(f *form) *schema {
	s := &schema{Type: "integer"}
	if f.min < f.max {
		s.Minimum, s.Maximum = &f.min, &f.max
	}
	return s
}

func pattern(expression string) *schema { return &schema{Type: "string", Pattern: expression} }

func either(forms ...*schema) *schema { return &schema{AnyOf: forms} }
