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

// Shipped lists the names of the experiments that come with iosweep, sorted.
func Shipped() []string {
	files, err := fs.Glob(shipped, "*.yaml")
	if err != nil {
		panic(err) // the pattern is a good one
	}
	for i := range files {
		files[i] = strings.TrimSuffix(files[i], ".yaml")
	}
	slices.Sort(files) // without the suffix the order is another one
	return files
}

// ReadShipped is the file of an experiment that comes with iosweep.
func ReadShipped(name string) ([]byte, error) {
	if !slices.Contains(Shipped(), name) {
		return nil, fmt.Errorf("no shipped experiment %s%s", quote(name), suggestion(name, Shipped()))
	}
	return shipped.ReadFile(name + ".yaml")
}

// here begins the path of a file that stands beside the experiment.
const here = "{here}/"

// Beside lists the files that commands run from beside the experiment: their
// slash-separated paths, each with the name of a command.
func (e *Experiment) ScriptPaths() map[string]string {
	files := map[string]string{}
	for _, c := range e.Commands {
		for _, path := range c.ScriptPaths() {
			files[path] = c.Name
		}
	}
	return files
}

// Beside lists the files that the command runs from beside the experiment.
func (c Command) ScriptPaths() (files []string) {
	for _, arg := range c.Run {
		path, ok := strings.CutPrefix(arg, here)
		if ok && !strings.Contains(path, "{") {
			files = append(files, path)
		}
	}
	return files
}

// ShippedScripts are the files that the commands of a shipped experiment run from
// beside it, by their slash-separated paths.
func (e *Experiment) ShippedScripts() (map[string][]byte, error) {
	scripts := map[string][]byte{}
	for path, command := range e.ScriptPaths() {
		data, err := shipped.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("the command %s runs what does not come with iosweep: %w", quote(command), err)
		}
		scripts[path] = data
	}
	return scripts, nil
}
