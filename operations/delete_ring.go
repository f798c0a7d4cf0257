//go:build linux && !portable

package operations

var _ Ringed = (*deleteTask)(nil)

// Advance requests the removal of the item's file.
func (t *deleteTask) Advance(x *RingItem) (Result, error) {
	return result(t.site.Manifest, x.Item, t.advance(x))
}

func (t *deleteTask) advance(x *RingItem) error {
	if x.stage > 0 {
		return x.checkResults()
	}
	x.stage++
	folder, name, err := t.find(x.Scratch, x.Item)
	if err != nil {
		return err
	}
	x.name = name
	x.add(Request{Call: CallUnlink, Dir: folder.FD, Name: name})
	return checkName(name)
}
