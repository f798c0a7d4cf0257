package program

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"

	"iosweep/internal/dirio"
)

// EmptyDigest is the Digest of an outcome without any file, or of an empty standard output.
var EmptyDigest = hex.EncodeToString(sha256.New().Sum(nil))

// Digest returns the SHA-256 of a part of an outcome at a path, in hexadecimal. For a directory it
// covers the names, kinds, sizes and contents of everything in it.
func Digest(ctx context.Context, dirs Dirs, part, path string) (string, error) {
	sum := sha256.New()
	if part == Stdout {
		f, err := dirs.OpenFile(path, os.O_RDONLY, 0)
		if err != nil {
			return "", err
		}
		defer f.Close()
		_, err = io.Copy(sum, withContext{ctx, f})
		return hex.EncodeToString(sum.Sum(nil)), err
	}
	t, err := openTree(ctx, dirs, path)
	if err != nil {
		return "", err
	}
	defer t.Close()
	for _, name := range t.names {
		state := t.states[name]
		fmt.Fprintf(sum, "%q %v", name, state.Mode.Type())
		switch {
		case state.Mode&fs.ModeSymlink != 0:
			to, err := t.link(name)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(sum, " %q", to)
		case state.Mode.IsRegular():
			content := sha256.New()
			err := dirio.WithFile(t.Directory, &t.at, name, func(f dirio.File, _ dirio.Status) error {
				size, err := io.Copy(content, withContext{ctx, f})
				fmt.Fprintf(sum, " %d %x", size, content.Sum(nil))
				return err
			})
			if err != nil {
				return "", fmt.Errorf("%s: %w", name, err)
			}
		}
		fmt.Fprintln(sum)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
