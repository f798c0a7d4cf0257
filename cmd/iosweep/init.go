package main

import (
	_ "embed"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

//go:embed init.yaml
var initial []byte

func newInit(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a commented experiment file to start from",
		Long:  "Init writes a commented experiment file, or prints it where no FILE is given. A file that exists is never written over.",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				_, err := s.out.Write(initial)
				return err
			}
			f, err := os.OpenFile(args[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if err != nil {
				return fmt.Errorf("init: %w; nothing was written", err)
			}
			if _, err := f.Write(initial); err != nil {
				return err
			}
			if err := f.Close(); err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "%s written; try: iosweep plan %s\n", args[0], args[0])
			return err
		},
	}
}
