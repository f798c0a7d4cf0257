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
	for c, script := range e.Scripts() {
		if scripts[script.Path] != nil {
			continue
		}
		data, err := shipped.ReadFile(script.Path)
		if err != nil {
			return nil, fmt.Errorf("the command %s runs a file that is not included in iosweep: %w", quote(c.Name), err)
		}
		scripts[script.Path] = data
	}
	return scripts, nil
}
