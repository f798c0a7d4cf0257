package experiments

import (
	"fmt"
	"slices"
	"strings"
)

// Reference returns the tables of docs/experiment-file.md in Markdown, by name: "file",
// "workload", "axes", "block", "range", "operations", "checks", "commands" and "published".
func Reference(c Catalogue) map[string]string {
	return map[string]string{
		"file":       c.keyTable(fileKeys, "trials", "reports"),
		"workload":   c.keyTable(workloadKeys, "size", "tree"),
		"axes":       c.axisTable(),
		"block":      c.keyTable(blockKeys),
		"range":      c.keyTable(rangeKeys(form{kind: whole})),
		"operations": c.keyTable(operationKeys, "work"),
		"checks":     c.keyTable(checkKeys),
		"commands":   c.keyTable(commandKeys, "source", "expect"),
		"metrics":    c.keyTable(metricKeys),
		"published":  c.keyTable(publishedKeys, "machine", "rows"),
	}
}

// keyTable returns a table with a row for each key. The rows of the keys inside follow if the
// key is in opened.
func (c *Catalogue) keyTable(keys []key, opened ...string) string {
	var b strings.Builder
	b.WriteString("| key | type | default | meaning |\n| --- | --- | --- | --- |\n")
	var rows func(path string, keys []key)
	rows = func(path string, keys []key) {
		for i := range keys {
			k := &keys[i]
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", join(path, k.name), c.typeOf(&k.form), k.defaultText(), k.doc)
			if path != "" || slices.Contains(opened, k.name) {
				rows(join(path, k.name), k.inner())
			}
		}
	}
	rows("", keys)
	return b.String()
}

func (c *Catalogue) axisTable() string {
	var b strings.Builder
	b.WriteString("| axis | levels | default | used by | meaning |\n| --- | --- | --- | --- | --- |\n")
	for _, a := range c.DescribeAxes() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", a.Name, a.Levels, a.Default, a.Users, a.Meaning)
	}
	return b.String()
}

// inner returns the keys inside a form.
func (f *form) inner() []key {
	for f != nil && f.keys == nil {
		if f.alternative != nil {
			f = f.alternative
		} else {
			f = f.elem
		}
	}
	if f == nil {
		return nil
	}
	return f.keys
}
