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

// errReplaced reports that another program would measure the remaining trials.
var errReplaced = errors.New("the iosweep program file was replaced or removed during the run; resume the run, and keep the file unchanged")

// A program is a file and its state at one moment.
type program struct {
	path string
	info os.FileInfo
	sum  [sha256.Size]byte
}

// self is the state of the program's file when the first trial began.
var self = sync.OnceValues(func() (program, error) {
	path, err := os.Executable()
	if err != nil {
		return program{}, err
	}
	return readProgram(path)
})

// SelfCommand returns a command that runs this program. Starting it fails if the program's
// file has changed, because the program in memory cannot be started.
func SelfCommand(ctx context.Context, args ...string) *exec.Cmd {
	path, err := unchangedProgram()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Err = errors.Join(cmd.Err, err)
	return cmd
}

// unchangedProgram returns the path of this program's file, or errReplaced.
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
