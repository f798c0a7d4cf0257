package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/internal/dirio"
	"iosweep/internal/regular"
)

// Keep copies everything in a directory to another one, which exists. An operation may remove its
// outcome in its cleanup, and the outcome of a baseline must stay.
func Keep(ctx context.Context, dirs interface {
	Dirs
	directory
}, from, to string,
) error {
	t, err := openTree(ctx, dirs, from)
	if err != nil {
		return err
	}
	defer t.Close()
	for _, name := range t.names { // a directory precedes its content
		if err := t.keep(ctx, dirs, name, filepath.Join(to, filepath.FromSlash(name))); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (t *tree) keep(ctx context.Context, dirs directory, name, path string) error {
	switch mode := t.states[name].Mode; {
	case mode.IsDir():
		return inRun{dirs}.Dirs.Mkdir(path)
	case mode&fs.ModeSymlink != 0:
		target, err := t.link(name)
		if err != nil {
			return err
		}
		return dirs.Symlink(target, path)
	case !mode.IsRegular():
		return fmt.Errorf("it is a %s, which cannot be compared", regular.Kind(mode))
	}
	return dirio.WithFile(t.Directory, &t.at, name, func(in dirio.File, _ dirio.Status) error {
		out, err := dirs.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = io.Copy(out, withContext{ctx, in})
		return errors.Join(err, out.Close())
	})
}
