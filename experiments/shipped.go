package experiments

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed *.yaml
var shipped embed.FS

// Shipped lists the names of the experiments that come with iosweep, sorted.
func Shipped() []string {
	entries, err := shipped.ReadDir(".")
	if err != nil {
		panic(err) // the files are in the program
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return names
}

// ReadShipped is the file of an experiment that comes with iosweep.
func ReadShipped(name string) ([]byte, error) {
	if !slices.Contains(Shipped(), name) {
		return nil, fmt.Errorf("no shipped experiment %s%s", quote(name), instead(name, Shipped()))
	}
	return shipped.ReadFile(name + ".yaml")
}
