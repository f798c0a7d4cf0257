//go:build !linux

package process

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
)

// errReplaced says that trials would be measured by another program than before.
var errReplaced = errors.New("the file of iosweep itself was replaced or removed while it ran; resume the run, with a program that stays")

// A program is a file as it was at some time.
type program struct {
	path string
	info os.FileInfo
	sum  [sha256.Size]byte
}

// self is the program's file as it was when the first trial began.
var self = sync.OnceValues(func() (program, error) {
	path, err := os.Executable()
	if err != nil {
		return program{}, err
	}
	return readProgram(path)
})

// SelfCommand is a command that runs this program. It cannot be started if the
// program's file has changed: there is no way to start what is in memory.
func SelfCommand(ctx context.Context, args ...string) *exec.Cmd {
	path, err := unchangedProgram()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Err = errors.Join(cmd.Err, err)
	return cmd
}

// unchangedProgram is the path of this program's file.
func unchangedProgram() (string, error) {
	was, err := self()
	if err != nil {
		return "", err
	}
	now, err := os.Stat(was.path)
	if err == nil && os.SameFile(now, was.info) && now.Size() == was.info.Size() && now.ModTime().Equal(was.info.ModTime()) {
		return was.path, nil
	}
	if is, err := readProgram(was.path); err != nil || is.sum != was.sum {
		return "", errors.Join(errReplaced, err)
	}
	return was.path, nil
}

func readProgram(path string) (program, error) {
	f, err := os.Open(path)
	if err != nil {
		return program{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return program{}, err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	return program{path, info, [sha256.Size]byte(h.Sum(nil))}, err
}

func CheckProgram() error { return nil }

func RestoreName() {}
