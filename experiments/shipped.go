package experiments

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

//go:embed *.yaml python/*.py
var shipped embed.FS

// Shipped returns the names of the experiments included in iosweep, sorted.
func Shipped() []string {
	files, err := fs.Glob(shipped, "*.yaml")
	if err != nil {
		panic(err) // the pattern is valid
	}
	for i := range files {
		files[i] = strings.TrimSuffix(files[i], ".yaml")
	}
	slices.Sort(files) // removing the suffix changes the order
	return files
}

// ReadShipped returns the file of an included experiment.
func ReadShipped(name string) ([]byte, error) {
	if !slices.Contains(Shipped(), name) {
		return nil, fmt.Errorf("no built-in experiment %s%s", quote(name), suggestion(name, Shipped()))
	}
	return shipped.ReadFile(name + ".yaml")
}

// herePrefix is the prefix of the path of a file in the directory of the experiment.
const herePrefix = "{here}/"

// ScriptPaths returns the slash-separated paths of the files in the directory of the
// experiment that commands run. Each path maps to the name of a command.
func (e *Experiment) ScriptPaths() map[string]string {
	files := map[string]string{}
	for _, c := range e.Commands {
		for _, path := range c.ScriptPaths() {
			files[path] = c.Name
		}
	}
	return files
}

// ScriptPaths returns the files in the directory of the experiment that the command runs.
func (c Command) ScriptPaths() (files []string) {
	for _, arg := range c.Run {
		path, ok := strings.CutPrefix(arg, herePrefix)
		if ok && !strings.Contains(path, "{") {
			files = append(files, path)
		}
	}
	return files
}

// ShippedScripts returns the contents of the ScriptPaths of an included experiment.
func (e *Experiment) ShippedScripts() (map[string][]byte, error) {
	scripts := map[string][]byte{}
	for path, command := range e.ScriptPaths() {
		data, err := shipped.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("the command %s runs a file that is not included in iosweep: %w", quote(command), err)
		}
		scripts[path] = data
	}
	return scripts, nil
}
