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

// ShippedScripts returns the contents of the Scripts of an included experiment.
func (e *Experiment) ShippedScripts() (map[string][]byte, error) {
	scripts := map[string][]byte{}
	for command, path := range e.Scripts() {
		if scripts[path] != nil {
			continue
		}
		data, err := shipped.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("the command %s runs a file that is not included in iosweep: %w", quote(command), err)
		}
		scripts[path] = data
	}
	return scripts, nil
}
