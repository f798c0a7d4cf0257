package operations

import (
	"fmt"
	"strings"

	"iosweep/internal/workload"
)

// renamedSuffix is the suffix that rename adds to every name.
const renamedSuffix = ".renamed"

// renaming renames every item within its directory.
type renaming struct{}

var _ Operation = renaming{}

func (renaming) Info() Info {
	return Info{
		Name:  "rename",
		About: "rename every file in place by adding " + renamedSuffix,
		Needs: NeedsDisposableCopy,
	}
}

func (renaming) Footprint(_ Site, items WorkloadSize) Footprint { return items.NewNames() }

func (renaming) Descriptors(site Site) Descriptors { return disposableCopyDescriptors(site) }

func (renaming) Open(site Site) (Task, error) {
	if err := refuseCollisions(site.Manifest); err != nil {
		return nil, err
	}
	files, err := openDisposableCopy(site)
	if err != nil {
		return nil, err
	}
	return &renameTask{files}, nil
}

// Verify checks that every item has its new name. An old name that still exists is an
// unexpected entry.
func (renaming) Verify(site Site, _ []uint32) (Outcome, error) {
	e := expectFiles(site, site.Input)
	e.suffix = renamedSuffix
	outcome, err := e.verify()
	if err == nil {
		err = verifyNoOutput(site)
	}
	return outcome, err
}

// refuseCollisions refuses a tree in which the new name of an item exists already. The
// rename would silently replace that file.
func refuseCollisions(m *workload.Manifest) error {
	taken := make(map[string]bool)
	for _, file := range m.All() {
		if strings.HasSuffix(file.Name, renamedSuffix) {
			taken[file.Name] = true
		}
	}
	for _, name := range m.Dirs {
		taken[name] = true
	}
	for item, file := range m.All() {
		if taken[file.Name+renamedSuffix] {
			return itemError(m, item, fmt.Errorf("cannot be renamed: the tree already has %q", file.Name+renamedSuffix))
		}
	}
	return nil
}

type renameTask struct {
	disposableCopy
}

func (t *renameTask) Do(s *Scratch, item int) (Result, error) {
	folder, name, err := t.find(s, item)
	if err == nil {
		err = folder.Rename(name, folder, name+renamedSuffix)
	}
	return result(t.site.Manifest, item, err)
}
