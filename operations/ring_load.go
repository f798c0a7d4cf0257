//go:build linux && !portable

package operations

import "iosweep/internal/dirio"

// askContent asks for all of the item's file in one go: it is opened, read and closed
// by three requests, of which each waits for the one before. A read that falls short,
// as one of the whole file and a byte more must, does not keep it from being closed.
func (x *Exchange) askContent(dir dirio.Directory) error {
	buf, err := x.memory(blocks(x.file.Size))
	if err != nil {
		return err
	}
	if err := x.askOpen(dir); err != nil {
		return err
	}
	x.askRead(buf[x.moved:])
	x.then(OnEnd)
	x.ask(Request{Call: CallClose, File: fromFile})
	return nil
}

// content is all of the file, once it is here; not ok: the rest was asked for.
func (x *Exchange) content(dir dirio.Directory) (data []byte, ok bool, err error) {
	rest := x.buffer[x.moved:blocks(x.file.Size)]
	x.moved += int64(max(0, x.got))
	switch {
	case x.moved == x.file.Size:
		return x.buffer[:x.moved], true, nil
	case x.moved > x.file.Size || x.ended(rest, dir.Direct):
		return nil, false, sizeError(&x.file, x.moved)
	}
	return nil, false, x.askContent(dir)
}
