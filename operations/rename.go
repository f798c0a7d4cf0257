package operations

// renamedSuffix is the suffix that rename adds to every name.
const renamedSuffix = ".renamed"

// renaming renames every item within its directory.
type renaming struct{}

var _ Operation = renaming{}

func (renaming) Info() Info {
	return Info{
		Name:   "rename",
		About:  "rename every file in place by adding " + renamedSuffix,
		Needs:  NeedsDisposableCopy,
		Suffix: renamedSuffix,
	}
}

func (renaming) Footprint(_ Site, items WorkloadSize) Footprint { return items.NewNames() }

func (renaming) Descriptors(site Site) Descriptors { return disposableCopyDescriptors(site) }

// Open does not look for names that exist already, which the rename would replace: a plan was
// checked by CheckNames.
func (renaming) Open(site Site) (Task, error) {
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
