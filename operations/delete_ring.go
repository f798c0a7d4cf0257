//go:build linux && !portable

package operations

var _ Ringed = (*deleteTask)(nil)

// Advance asks for the item's file to be removed.
func (t *deleteTask) Advance(x *RingItem) (Result, error) {
	return result(t.site.Manifest, x.Item, t.ask(x))
}

func (t *deleteTask) ask(x *RingItem) error {
	if x.stage > 0 {
		return x.heard()
	}
	x.stage++
	here, name, err := t.find(x.Scratch, x.Item)
	if err != nil {
		return err
	}
	x.name = name
	x.ask(Request{Call: CallUnlink, Dir: here.FD, Name: name})
	return sayable(name)
}
