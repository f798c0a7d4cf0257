package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"iosweep/internal/fault"
	"iosweep/internal/oneline"
)

//go:embed init.yaml
var initial []byte

func newInit(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a commented experiment file to start from",
		Long:  "Init writes a commented experiment file to FILE, or prints it if there is no FILE.\nIt never overwrites an existing file.",
		Args:  atMostOne("FILE", "the experiment file to write"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				_, err := s.out.Write(initial)
				return err
			}
			if err := writeInitial(args[0]); err != nil {
				return err
			}
			_, err := fmt.Fprintf(s.people(), "wrote %s\nnext: iosweep plan %s\n", args[0], oneline.ForShell(args[0]))
			return err
		},
	}
}

// writeInitial creates a file. If writing fails, it removes the file again.
func writeInitial(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err == nil {
		_, err = f.Write(initial)
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			os.Remove(path)
		}
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s exists already, and was left unchanged; name a new file", path)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the directory %s does not exist; nothing was written", filepath.Dir(path))
	case err != nil:
		err = fmt.Errorf("init: %w; nothing was written", err)
	}
	if fault.InChain(err) != "" {
		return unwritten(err)
	}
	return err
}
