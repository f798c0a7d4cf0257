package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/experiments"
	"iosweep/internal/fault"
	"iosweep/internal/hyperfine"
	"iosweep/internal/oneline"
	"iosweep/internal/regular"
	"iosweep/runner/catalogue"
)

//go:embed init.yaml
var initial []byte

func newInit(s streams) *cobra.Command {
	from := ""
	cmd := &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a commented experiment file to start from",
		Long: "Init writes a commented experiment file to FILE, or prints it if there is no FILE.\nIt never overwrites an existing file.\n\n" +
			"With --from it converts a benchmark of hyperfine: a command line, or the file that hyperfine\nwrites with --export-json.",
		Args: atMostOne("FILE", "the experiment file to write"),
		RunE: func(cmd *cobra.Command, args []string) error {
			content := initial
			if cmd.Flags().Changed("from") {
				var err error
				if content, err = converted(from); err != nil {
					return err
				}
			}
			if len(args) == 0 {
				_, err := s.out.Write(content)
				return err
			}
			if err := writeInitial(args[0], content); err != nil {
				return err
			}
			_, err := fmt.Fprintf(s.people(), "wrote %s\nnext: iosweep plan %s\n", args[0], oneline.ForShell(args[0]))
			return err
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "convert `HYPERFINE`: a command line in quotes, or a file of --export-json")
	return cmd
}

// converted returns the experiment file of a benchmark of hyperfine: an export, or a command line.
func converted(from string) ([]byte, error) {
	var benchmark *hyperfine.Benchmark
	data, err := regular.ReadFile(from, maxExport)
	switch {
	case err == nil:
		benchmark, err = hyperfine.FromExport(from, data)
	case errors.Is(err, fs.ErrNotExist) && from != "" && from != "hyperfine" && !strings.ContainsAny(from, " \t\n"):
		err = fmt.Errorf("--from %s: there is no such file; expected a file that hyperfine --export-json has written, or a command line in quotes", oneline.Of(from))
	case errors.Is(err, fs.ErrNotExist) || strings.Contains(from, "hyperfine "):
		if benchmark, err = hyperfine.FromCommandLine(from); err != nil {
			err = fmt.Errorf("--from: %w\nexpected a file that hyperfine --export-json has written, or a command line such as \"hyperfine -w 3 'sleep 0.1'\"", err)
		}
	}
	if err != nil {
		return nil, err
	}
	c := catalogue.New()
	var strategies []string
	for _, s := range c.Strategies {
		strategies = append(strategies, s.Name)
	}
	isAxis := func(name string) bool {
		_, ok := experiments.AxisNamed(name)
		return ok
	}
	content, err := benchmark.Experiment(hyperfine.Names{Strategies: strategies, IsAxis: isAxis})
	if err != nil {
		return nil, err
	}
	if _, err := experiments.Parse(content, experiments.Options{File: "converted file", Catalogue: c, CPUs: runtime.NumCPU()}); err != nil {
		return nil, fmt.Errorf("iosweep cannot run what the file describes; nothing was written\n%w", err)
	}
	return content, nil
}

// maxExport limits an export of hyperfine. A run takes 20 bytes of it.
const maxExport = 64 << 20

// writeInitial creates a file. If writing fails, it removes the file again.
func writeInitial(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err == nil {
		_, err = f.Write(content)
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
