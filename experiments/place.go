package experiments

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// A keyPlace is a mapping of the file with its keys.
type keyPlace struct {
	path string // empty: the file itself
	keys []key
}

// keyPlaces are the mappings whose keys a user may write in another mapping. Messages name them
// in this order.
var keyPlaces = []keyPlace{
	{"", fileKeys},
	{"trials", trialsKeys},
	{"workload", workloadKeys},
	{"grid", gridKeys},
	{"reports", reportsKeys},
	{commandPath, commandKeys},
	{operationPath, operationKeys},
}

// operationPath is the path of an own operation in messages.
const operationPath = "operations.NAME"

// commandPath is the path of a command in messages.
const commandPath = "commands.NAME"

// otherNames maps names that similar programs use to keys of an experiment.
var otherNames = map[string]string{
	"runs": "repeats", "min_runs": "repeats", "iterations": "repeats", "invocations": "repeats", "rounds": "repeats",
	"numjobs": "workers", "jobs": "workers", "concurrency": "workers", "parallelism": "workers",
	"nrfiles": "files", "filesize": "size", "file_size": "size", "directory": "workspace",
	"parameters": "grid", "matrix": "grid", "axes": "grid", "contenders": "commands",
	"command": "run", "cmd": "run", "script": "run", "exec": "run", "args": "run", "argv": "run", "environment": "env",
}

// notKeys are names that a similar key must not be suggested for, because it means something
// else.
var notKeys = map[string]string{
	"include": "to add cells, write grid as a list with one more mapping; exclude removes cells",
	"extends": "a file cannot use another file; a profile changes a file",
	"import":  "a file cannot use another file; a profile changes a file",
}

// isKeyName reports whether a text is the name of a key or an axis.
func isKeyName(name string) bool {
	return slices.ContainsFunc(keyPlaces, func(p keyPlace) bool { return p.has(name) })
}

func (p *keyPlace) has(name string) bool { return slices.Contains(keyNames(p.keys), name) }

// hasKeysBelow reports whether the value of a key of this name is a mapping.
func hasKeysBelow(name string) bool {
	for _, keys := range [][]key{fileKeys, operationKeys, commandKeys, publishedKeys} {
		for i := range keys {
			if k := &keys[i]; k.name == name {
				return k.kind == mapping || k.kind == filter || k.kind == oneOrList && k.elem.kind == mapping
			}
		}
	}
	return false
}

// isText reports whether the value of a key of this name is a text.
func isText(name string) bool {
	for _, keys := range [][]key{fileKeys, publishedKeys, rowKeys} {
		if slices.ContainsFunc(keys, func(k key) bool { return k.name == name && (k.kind == line || k.kind == prose) }) {
			return true
		}
	}
	return false
}

// unknownKey reports a key that a mapping does not have. where is the path of the mapping.
func (d *decoder) unknownKey(n *yaml.Node, what, where string, value *yaml.Node, allowed []string) {
	if d.full() {
		return
	}
	name := n.Value
	advice := ""
	if confusableIn(name) == 0 {
		advice = keySpelling(name)
	}
	switch place := strings.HasPrefix(where, "commands.") || strings.HasPrefix(where, "operations.") || slices.ContainsFunc(keyPlaces, func(p keyPlace) bool { return p.path == where }); {
	case advice != "" || confusableIn(name) != 0:
	case where == "" && strings.Contains(name, "."):
		advice = pathHint(name, value)
	case notKeys[name] != "":
		advice = ": " + notKeys[name]
	case place:
		if advice = placeHint(where, name, value); advice == "" && d.mayCompare(len(allowed)) && Nearest(name, allowed) == "" {
			advice = d.similarElsewhere(where, name, value)
		}
		if advice == "" && where == "grid" && !placeholderName().MatchString(name) && len(name) < longestHint && Nearest(name, allowed) == "" {
			advice = ": the name of an axis has the characters a-z, 0-9, - and _" + slugHint(name, placeholderName())
		}
		if advice == "" && where == "grid" && d.mayCompare(len(allowed)) && Nearest(name, allowed) == "" {
			advice = fmt.Sprintf(": an axis of your own needs the placeholder {%s} in run or env of a command; the others are %s", clip(name), strings.Join(allowed, ", "))
		}
	}
	if advice == "" {
		d.unknown(n, what, name, allowed)
		return
	}
	d.problem(n, "unknown %s %s%s", what, quote(name), advice)
}

// pathHint returns advice about a key that is a path as in --set, such as trials.repeats.
func pathHint(name string, value *yaml.Node) string {
	place, rest, _ := strings.Cut(name, ".")
	at := slices.IndexFunc(keyPlaces, func(p keyPlace) bool { return p.path == place && p.has(rest) })
	if text := flowValue(value); at >= 0 && text != "" {
		return fmt.Sprintf(": a path is for --set; write %s: {%s: %s}", place, rest, text)
	}
	return ""
}

// keySpelling returns advice for a key that contains its colon, dash or equals sign, because a
// space is missing after it.
func keySpelling(name string) string {
	if bare, ok := strings.CutPrefix(name, "-"); ok && isKeyName(bare) {
		return ": write a space after the dash"
	}
	if before, after, ok := strings.Cut(name, ":"); ok && isKeyName(before) {
		return fmt.Sprintf(": write a space after the colon: %s: %s", before, clip(after))
	}
	if before, after, ok := strings.Cut(name, "="); ok && isKeyName(strings.TrimSpace(before)) {
		return fmt.Sprintf(": write %s: %s", strings.TrimSpace(before), clip(strings.TrimSpace(after)))
	}
	if strings.HasPrefix(name, "//") || strings.HasPrefix(name, "/*") {
		return ": a comment begins with #"
	}
	return ""
}

// placeHint returns advice about a key that belongs to another mapping of the file.
func placeHint(where, name string, value *yaml.Node) string {
	if strings.HasPrefix(where, "commands.") {
		where = commandPath
	}
	if strings.HasPrefix(where, "operations.") {
		where = operationPath
	}
	var paths, places []string
	for _, p := range keyPlaces {
		if p.path == where || !p.has(name) {
			continue
		}
		if where == "grid" && p.path == "reports" {
			continue // an axis of the file may have such a name
		}
		if p.path == "" {
			return fmt.Sprintf(": %s is a key of the file itself: begin its line in column 1", name)
		}
		paths, places = append(paths, p.path+"."+name), append(places, p.path)
	}
	if paths == nil {
		return ""
	}
	example := ""
	if text := flowValue(value); text != "" && places[0] != commandPath && places[0] != operationPath {
		example = fmt.Sprintf(", as in %s: {%s: %s}", places[0], name, text)
	}
	return fmt.Sprintf(": did you mean %s? write it under %s%s", orList(paths), places[0], example)
}

// similarElsewhere returns advice about a key with another name, or with a similar name in another
// mapping.
func (d *decoder) similarElsewhere(where, name string, value *yaml.Node) string {
	near := otherNames[strings.ToLower(strings.ReplaceAll(name, "-", "_"))]
	const shortest = 4 // shorter names are similar by chance
	if near == "" && len(name) >= shortest {
		var all []string
		for _, p := range keyPlaces {
			all = append(all, keyNames(p.keys)...)
		}
		if d.mayCompare(len(all)) {
			near = Nearest(name, all)
		}
	}
	if near == "" {
		return ""
	}
	if hint := placeHint(where, near, value); hint != "" {
		return hint
	}
	return fmt.Sprintf(": did you mean %s?", quote(near))
}

// orList joins texts to a, b or c.
func orList(list []string) string {
	if last := len(list) - 1; last > 0 {
		return strings.Join(list[:last], ", ") + " or " + list[last]
	}
	return list[0]
}

// flowValue returns a scalar, or a list of scalars, as YAML within brackets. It returns "" for
// any other value.
func flowValue(n *yaml.Node) string {
	list := scalarsOf(n)
	switch {
	case n.Kind == yaml.SequenceNode && list != nil:
		return inBrackets(list)
	case n.Kind == yaml.ScalarNode && list != nil && !isNull(n):
		return flowText(n.Value)
	}
	return ""
}

// indentHint is the advice for a mapping without keys.
const indentHint = ": indent its keys on the lines below it, or remove it"

// mappingHint returns advice for a value where a mapping belongs.
func mappingHint(label string, n *yaml.Node) string {
	if spelling := keySpelling(n.Value); spelling != "" {
		return spelling
	}
	if key, value, ok := strings.Cut(n.Value, " "); ok && isKeyName(key) {
		return fmt.Sprintf(": write a colon after the key: %s: %s", key, clip(strings.TrimSpace(value)))
	}
	text := flowValue(n)
	if name := strings.TrimPrefix(label, "commands."); name != label && slices.Contains(keyNames(commandKeys), name) {
		return fmt.Sprintf(": %s is a key of a command: indent it below the name of the command", name)
	}
	if text == "" {
		if isNull(n) {
			return indentHint
		}
		return ""
	}
	isNumber := n.Kind == yaml.ScalarNode && decimalRegexp().MatchString(n.Value)
	span, err := time.ParseDuration(n.Value)
	write := ""
	switch {
	case label == "workload" && isNumber:
		write = "files"
	case label == "workload" && strings.ContainsAny(n.Value, "./"):
		write = "from"
	case label == "trials" && isNumber:
		write = "repeats"
	case label == "trials" && err == nil && span > 0:
		write = "timeout"
	case label == "reports" && n.Kind == yaml.SequenceNode:
		write = "plots"
	case strings.HasPrefix(label, "commands."):
		if n.Kind == yaml.ScalarNode {
			text = inBrackets(splitLine(n.Value).words)
		}
		return fmt.Sprintf(": write {operation: OPERATION, run: %s}", text)
	default:
		return ""
	}
	return fmt.Sprintf(": write {%s: %s}", write, text)
}

// filterHint returns advice for a value where a filter belongs.
func (d *decoder) filterHint(what string, n *yaml.Node) string {
	if n.Kind == yaml.SequenceNode && what == "baseline" && len(n.Content) == 1 && n.Content[0].Kind == yaml.MappingNode {
		return ": write the mapping without a list around it"
	}
	if isNull(n) {
		return indentHint
	}
	if spelling := keySpelling(n.Value); spelling != "" {
		return spelling
	}
	if n.Kind == yaml.ScalarNode && strings.HasPrefix(n.Value, "{") {
		return ": write it without quotes"
	}
	axis := Axis(-1)
	for _, item := range items(n) {
		switch {
		case slices.Contains(d.strategies, item.Value):
			axis = Strategy
		case slices.Contains(d.operations, item.Value):
			axis = Operation
		default:
			return ""
		}
	}
	if text := flowValue(n); axis >= 0 && text != "" {
		return fmt.Sprintf(": write {%s: %s}", axis, text)
	}
	return ""
}

// KeyPath returns the path of an axis, or of a key of workload or trials, with this name or a
// similar one, such as trials.repeats for "repeat". It returns "" if there is none.
func KeyPath(name string) string {
	name = cmp.Or(otherNames[name], name)
	if path := fullPath([]string{name}); path != "" {
		return path
	}
	return fullPath([]string{Nearest(name, slices.Concat(axisNames(), keyNames(trialsKeys), keyNames(workloadKeys)))})
}
