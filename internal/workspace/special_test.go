//go:build unix

package workspace

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestDeviceIsNotAWorkspace(t *testing.T) {
	_, err := Resolve(os.DevNull)
	refused(t, err, "not a directory but a character device")
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Resolve(pipe)
	refused(t, err, "not a directory but a named pipe")
}

// TestPipeAsMarker puts a pipe in place of the marker. Opening it without care would block.
func TestPipeAsMarker(t *testing.T) {
	w, _ := create(t)
	kept := precious(t, w.Path())
	marker := filepath.Join(w.Path(), Marker)
	if err := os.Remove(marker); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(marker, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, w.RemoveTree(kept), "a named pipe")
	refused(t, w.Remove(), "a named pipe")
	mustExist(t, kept)
}

// TestRacedLinks creates and removes workspaces while another goroutine replaces them by links
// to precious files as fast as it can.
func TestRacedLinks(t *testing.T) {
	parent := t.TempDir()
	treasure := mustMake(t, filepath.Join(parent, "treasure"))
	kept := []string{precious(t, treasure), precious(t, mustMake(t, filepath.Join(treasure, "trials", "1")))}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		path := filepath.Join(parent, nameOf("run"))
		for {
			select {
			case <-stop:
				return
			default:
			}
			if os.Rename(path, path+".away") == nil {
				_ = os.Symlink("treasure", path)
				_ = os.Remove(path)
				_ = os.Rename(path+".away", path)
			}
		}
	}()
	for range 500 {
		w, err := Create(parent, "run")
		if err != nil {
			_ = Reclaim(parent, "run")
			continue
		}
		if _, err := w.Make("trials/1"); err == nil {
			_ = w.RemoveTree(filepath.Join(w.Path(), "trials", "1"))
		}
		if w.Remove() != nil {
			_ = Reclaim(parent, "run")
		}
	}
	close(stop)
	<-done
	for _, path := range kept {
		mustExist(t, path)
	}
	if found := names(t, treasure); found != "["+treasure+"/precious.txt "+treasure+"/trials "+treasure+"/trials/1]" {
		t.Errorf("the treasure contains %s", found)
	}
}
