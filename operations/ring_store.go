//go:build linux && !portable

package operations

import (
	"io"
	"io/fs"

	"golang.org/x/sys/unix"

	"iosweep/internal/dirio"
)

// askStore asks for what is left of x.data to be written to the item's file; where
// nothing follows it, for the file to be made durable, if each has to be, and closed.
// Each waits until the one before has succeeded in full: what is left after a write
// that fell short is asked for once more, with what follows it.
func (o *output) askStore(x *Exchange) error {
	if !x.made {
		if err := o.askCreate(x); err != nil || x.mode {
			return err
		}
	}
	now := x.data[:min(len(x.data), MostAtOnce)]
	if len(now) > 0 {
		x.ask(Request{Call: CallWrite, File: toFile, Data: now, Offset: x.stored})
		x.then(OnSuccess)
	}
	if !x.last || len(now) < len(x.data) {
		return nil
	}
	if o.site.Sync == SyncFile {
		x.ask(Request{Call: CallSync, File: toFile})
		x.then(OnSuccess)
	}
	x.ask(Request{Call: CallClose, File: toFile})
	return nil
}

// askCreate asks for the item's file to be made, as create does. No request sets
// permissions: where the mask strips some, the file is made by itself, and given its
// own by a call, before anything is written to it.
func (o *output) askCreate(x *Exchange) error {
	here, err := o.enter(x)
	if err != nil {
		return err
	}
	const flags = unix.O_WRONLY | unix.O_CREAT | unix.O_EXCL | unix.O_NOFOLLOW
	x.ask(Request{Call: CallOpen, File: toFile, Dir: here.FD, Name: x.name, Flags: flags, Mode: x.file.Mode})
	x.made, x.mode = true, dirio.MaskStrips(x.file.Mode)
	if !x.mode {
		x.then(OnSuccess)
	}
	return nil
}

func (o *output) enter(x *Exchange) (dirio.Folder, error) {
	place := ""
	if o.site.Layout == LayoutPerWorker {
		place = o.places[x.Scratch.Worker]
	}
	return x.enter(&x.Scratch.to, o.dir, place)
}

// wasStored takes what was written off x.data and says whether that was all of it. If
// not, the rest has to be asked for.
func (o *output) wasStored(x *Exchange) (bool, error) {
	if x.mode {
		x.mode = false
		here, err := o.enter(x)
		if err == nil {
			err = unix.Fchmodat(here.FD, x.name, uint32(x.file.Mode), 0)
		}
		if err != nil {
			err = &fs.PathError{Op: "fchmodat", Path: x.name, Err: err}
		}
		return false, err
	}
	if x.put == 0 {
		return false, &fs.PathError{Op: "write", Path: x.name, Err: io.ErrShortWrite}
	}
	written := max(0, x.put)
	x.data, x.stored = x.data[written:], x.stored+int64(written)
	return len(x.data) == 0, nil
}
