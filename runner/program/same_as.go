package program

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"iosweep/internal/dirio"
	"iosweep/internal/oneline"
	"iosweep/internal/regular"
)

// checkSameAs compares a part of the outcome with the outcome of the baseline.
func (op *Operation) checkSameAs(ctx context.Context, c *Check, o *Outcome) (err error) {
	if c.SameAs == "" || op.Reference == nil {
		return nil
	}
	switch reference := op.Reference[c.SameAs]; c.SameAs {
	case Stdout:
		err = compareStdout(reference, o)
	case Input:
		err = compareTrees(ctx, o.Dirs, reference, o.Input)
	default:
		err = compareTrees(ctx, o.Dirs, reference, o.Output)
	}
	if err != nil {
		return fmt.Errorf("same_as: baseline, of: %s: %w", c.SameAs, err)
	}
	return nil
}

// SaveStdout writes the standard output of the reference to a file.
func (op *Operation) SaveStdout(o *Outcome) error {
	if op.KeepStdout == "" {
		return nil
	}
	f, err := o.Dirs.OpenFile(op.KeepStdout, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(o.Stdout)
	return errors.Join(err, f.Close())
}

func compareStdout(reference string, o *Outcome) error {
	f, err := o.Dirs.OpenFile(reference, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return compareContent("the standard output", f, bytes.NewReader(o.Stdout))
}

// compareTrees returns an error that names the first difference between two directories, in the order
// of names. A difference is an entry that only one of them has, another kind of entry, or the first
// byte of a file that differs. Permissions, owners and times do not count.
func compareTrees(ctx context.Context, dirs Dirs, reference, outcome string) error {
	want, err := openTree(ctx, dirs, reference)
	if err != nil {
		return err
	}
	defer want.Close()
	got, err := openTree(ctx, dirs, outcome)
	if err != nil {
		return err
	}
	defer got.Close()
	for i, j := 0, 0; i < len(want.names) || j < len(got.names); i, j = i+1, j+1 {
		switch {
		case j == len(got.names) || i < len(want.names) && want.names[i] < got.names[j]:
			return fmt.Errorf("%s is missing, and the baseline has it", oneline.Name(want.names[i]))
		case i == len(want.names) || got.names[j] < want.names[i]:
			return fmt.Errorf("%s is new, and the baseline does not have it", oneline.Name(got.names[j]))
		}
		if err := compareEntries(ctx, want, got, want.names[i]); err != nil {
			return err
		}
	}
	return nil
}

// A tree is an open directory with the sorted names and the states of everything in it.
type tree struct {
	dirio.Directory
	names  []string
	states map[string]dirio.EntryState
	at     dirio.Cursor
}

func openTree(ctx context.Context, dirs Dirs, path string) (*tree, error) {
	dir, err := dirio.OpenBelow(dirs, path)
	if err != nil {
		return nil, err
	}
	t := &tree{Directory: dir, states: map[string]dirio.EntryState{}}
	err = dir.WalkStates(func(name string, state dirio.EntryState) error {
		t.names = append(t.names, name)
		t.states[name] = state
		return ctx.Err()
	}, func(name string, err error) error { return fmt.Errorf("%s: %w", name, err) })
	if err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	slices.Sort(t.names)
	return t, nil
}

func (t *tree) Close() error { return errors.Join(t.at.Close(), t.Directory.Close()) }

// link returns the target of a symbolic link, which is not followed.
func (t *tree) link(name string) (string, error) {
	return os.Readlink(filepath.Join(t.Path, filepath.FromSlash(name)))
}

func compareEntries(ctx context.Context, want, got *tree, name string) error {
	is, was := got.states[name], want.states[name]
	if is.Mode.Type() != was.Mode.Type() {
		return fmt.Errorf("%s is a %s, and a %s in the baseline", oneline.Name(name), regular.Kind(is.Mode), regular.Kind(was.Mode))
	}
	switch {
	case is.Mode&fs.ModeSymlink != 0:
		to, err := got.link(name)
		before, wantErr := want.link(name)
		if err := errors.Join(err, wantErr); err != nil {
			return err
		}
		if to != before {
			return fmt.Errorf("%s is a link to %s, and to %s in the baseline", oneline.Name(name), oneline.Name(to), oneline.Name(before))
		}
	case is.Mode.IsRegular():
		return dirio.WithFile(want.Directory, &want.at, name, func(a dirio.File, _ dirio.Status) error {
			return dirio.WithFile(got.Directory, &got.at, name, func(b dirio.File, _ dirio.Status) error {
				return compareContent(oneline.Name(name), withContext{ctx, a}, withContext{ctx, b})
			})
		})
	}
	return nil
}

// withContext is a reader that ends with an error when its context has ended.
type withContext struct {
	ctx context.Context
	io.Reader
}

func (r withContext) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// compareContent returns an error that names the first byte in which two contents differ, from 1, as
// cmp(1) does.
func compareContent(name string, want, got io.Reader) error {
	const buffer = 64 << 10
	a, b := bufio.NewReaderSize(want, buffer), bufio.NewReaderSize(got, buffer)
	for offset := int64(1); ; {
		x, wantErr := a.Peek(buffer)
		y, err := b.Peek(buffer)
		n := min(len(x), len(y))
		for i := range n {
			if x[i] != y[i] {
				return fmt.Errorf("%s differs from the baseline at byte %d: 0x%02x, and 0x%02x in the baseline", name, offset+int64(i), y[i], x[i])
			}
		}
		if len(x) != len(y) || n < buffer {
			switch {
			case err != nil && err != io.EOF:
				return err
			case wantErr != nil && wantErr != io.EOF:
				return wantErr
			case len(y) < len(x):
				return fmt.Errorf("%s ends after byte %d, and continues in the baseline", name, offset+int64(n)-1)
			case len(y) > len(x):
				return fmt.Errorf("%s has more than the %d bytes of the baseline", name, offset+int64(n)-1)
			}
			return nil
		}
		_, _ = a.Discard(n) // the bytes are in the buffer
		_, _ = b.Discard(n)
		offset += int64(n)
	}
}
