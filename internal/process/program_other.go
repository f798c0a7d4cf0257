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

// self is the program's file as it was when the first trial began.
var self struct {
	once sync.Once
	path string
	info os.FileInfo
	sum  [sha256.Size]byte
	err  error
}

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
	self.once.Do(func() {
		if self.path, self.err = os.Executable(); self.err == nil {
			self.info, self.sum, self.err = describeProgram(self.path)
		}
	})
	if self.err != nil {
		return "", self.err
	}
	now, err := os.Stat(self.path)
	if err != nil {
		return "", errors.Join(errReplaced, err)
	}
	if !os.SameFile(now, self.info) || now.Size() != self.info.Size() || !now.ModTime().Equal(self.info.ModTime()) {
		info, sum, err := describeProgram(self.path)
		if err != nil || sum != self.sum {
			return "", errors.Join(errReplaced, err)
		}
		self.info = info
	}
	return self.path, nil
}

func describeProgram(path string) (info os.FileInfo, sum [sha256.Size]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, sum, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, sum, err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	return info, [sha256.Size]byte(h.Sum(nil)), err
}

func CheckProgram() error { return nil }

func NameProcess() {}
