//go:build linux && !portable

package operations

var _ Ringed = (*deleteTask)(nil)

// Ask asks for the item's file to be removed.
func (t *deleteTask) Ask(x *Exchange) (Done, error) {
	if err := t.ask(x); err != nil {
		return Done{}, itemError(x.Item, new(t.site.Manifest.File(x.Item)), err)
	}
	return t.done(x.Item), nil
}

func (t *deleteTask) ask(x *Exchange) error {
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
