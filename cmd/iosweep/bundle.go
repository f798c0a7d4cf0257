package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"iosweep/bundle"
	"iosweep/internal/durable"
	"iosweep/internal/oneline"
	"iosweep/internal/units"
	"iosweep/journal"
)

// bundleOptions are the flags of `iosweep bundle`.
type bundleOptions struct {
	out, license string
	redact       bool
}

func newBundle(s streams) *cobra.Command {
	var opt bundleOptions
	cmd := &cobra.Command{
		Use:   "bundle DIR",
		Short: "Write a run as one file that others can verify and reproduce",
		Long: `Bundle writes a ZIP archive with the journal of a run, its experiment, the scripts of
its contenders, and all reports. The archive is an RO-Crate: its metadata has the
SHA-256 of each file. README.md in it has a command and a time for each claim.

Bundle prints the head of a SHA-256 chain over the journal. Publish the head beside
the archive: a changed journal has another head.

With --redact, names of hosts and users and absolute paths are replaced everywhere.
The reports are made again from the redacted journal. Paths that every Linux system
has, such as /usr/bin/sort, are kept.`,
		Example: `  iosweep bundle results/night -o night.zip
  iosweep bundle results/night -o night.zip --redact --license https://spdx.org/licenses/CC-BY-4.0
  iosweep verify night.zip
  iosweep reproduce night.zip`,
		Args: exactlyOne("DIR", runArg),
		RunE: func(_ *cobra.Command, args []string) error { return opt.run(s, args[0]) },
	}
	cmd.Flags().StringVarP(&opt.out, "out", "o", "", "write this new `file` (default the name of DIR with .zip)")
	cmd.Flags().BoolVar(&opt.redact, "redact", false, "replace the names of hosts and users, and absolute paths")
	cmd.Flags().StringVar(&opt.license, "license", "", "the `URI` of the license of the results, for the metadata")
	return cmd
}

func (opt *bundleOptions) run(s streams, dir string) error {
	if u, err := url.Parse(opt.license); opt.license != "" && (err != nil || u.Host == "" || strings.ContainsAny(opt.license, " \"<>")) {
		return fmt.Errorf("--license %s: it must be a URI, such as https://spdx.org/licenses/CC-BY-4.0", opt.license)
	}
	if user := journal.InUse(dir); user != nil {
		return fmt.Errorf("the run continues: %s is in use by %s; bundle it when it has ended", dir, user.User())
	}
	log, err := readDir(dir)
	if err != nil {
		return err
	}
	out := opt.out
	if out == "" {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return err
		}
		out = filepath.Base(abs) + ".zip"
	}
	if _, err := os.Lstat(out); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s exists, and bundle replaces no file; remove it, or choose another name with -o", out)
	}
	var b bytes.Buffer
	sum, err := bundle.Write(&b, dir, bundle.Options{Redact: opt.redact, Version: version(), Platform: platform(), License: opt.license, Now: time.Now()})
	if err != nil {
		return err
	}
	if err := durable.WriteFile(out, b.Bytes()); err != nil {
		return unwritten(err)
	}
	if sum.Cut > 0 {
		fmt.Fprintf(s.err, "warning: the journal ends with an incomplete line of %d bytes, which the bundle does not have\n", sum.Cut)
	}
	for _, name := range sum.Absent {
		fmt.Fprintf(s.err, "warning: %s has no copy of the script %s, and so the bundle has none: the run cannot be repeated without it\n", dir, oneline.Of(name))
	}
	for _, name := range sum.Intact {
		fmt.Fprintf(s.err, "warning: %s is binary, so a name or a path in it was not replaced\n", name)
	}
	if !log.Finished() {
		fmt.Fprintln(s.err, "warning: the run is incomplete, and so is the bundle\n"+toContinue(dir))
	}
	_, err = fmt.Fprintf(s.out, "%s has %s and %s\nhead %s\npublish the head beside the file, so that others can check it: iosweep verify %s --head %s\n",
		out, units.Count(sum.Files, "file"), units.Size(int64(b.Len())), sum.Head, oneline.ForShell(out), sum.Head)
	return err
}

// platform returns the system and the processor of this program.
func platform() string { return runtime.GOOS + "/" + runtime.GOARCH }

func newVerify(s streams) *cobra.Command {
	var head string
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check a bundle: its files, its journal and its reports",
		Long: `Verify checks a file of iosweep bundle. It runs nothing of the experiment. It compares
each file with the checksums in the metadata, the SHA-256 chain over the journal with
its head, the experiment and the scripts with the journal, and each report with the
one that the journal gives. Another version of iosweep may write other reports: then
it compares the columns of CSV files that both versions have.

A person who changes a bundle can also change its metadata. Only the head that the
authors published elsewhere shows that: give it with --head.

The exit code is 1 if anything differs.`,
		Example: `  iosweep verify night.zip
  iosweep verify night.zip --head 3b0c...`,
		Args: exactlyOne("FILE", bundleArg),
		RunE: func(_ *cobra.Command, args []string) error { return verify(s, args[0], head) },
	}
	cmd.Flags().StringVar(&head, "head", "", "the `head` of the chain that the authors published: 64 hexadecimal digits")
	return cmd
}

const bundleArg = "a file that iosweep bundle wrote"

func verify(s streams, path, head string) error {
	if head != "" && (len(head) != 64 || strings.Trim(strings.ToLower(head), "0123456789abcdef") != "") {
		return fmt.Errorf("--head %s: it must have 64 hexadecimal digits, as iosweep bundle prints it", head)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a directory; expected %s\nto compare the reports of a results directory with its journal: iosweep report %s --check", path, bundleArg, oneline.ForShell(path))
	}
	b, err := bundle.Open(path)
	if errors.Is(err, bundle.ErrChanged) {
		return &exitError{exitFailures, err}
	}
	if err != nil {
		return err
	}
	v, err := b.Verify(head, version(), platform())
	if err != nil {
		return &exitError{exitFailures, fmt.Errorf("%s: %w", path, err)}
	}
	failed := 0
	for _, c := range v.Checks {
		word := "ok"
		if c.Omitted != "" {
			word = "partly"
			fmt.Fprintln(s.err, "warning: "+c.Omitted)
		}
		if c.Problems != nil {
			word = "differs"
			failed++
		}
		fmt.Fprintf(s.out, "%-11s %-8s %s\n", c.Name, word, c.Found)
		const most = 20
		for i, p := range c.Problems {
			if i == most {
				fmt.Fprintf(s.out, "%20s and %d more\n", "", len(c.Problems)-most)
				break
			}
			fmt.Fprintf(s.out, "%20s %s\n", "", p)
		}
	}
	fmt.Fprintf(s.out, "head        %s\n", v.Head)
	if failed > 0 {
		return &exitError{exitFailures, fmt.Errorf("%s is not as iosweep bundle wrote it: %s of %d failed", path, units.Count(failed, "check"), len(v.Checks))}
	}
	if head == "" {
		fmt.Fprintln(s.err, "note: a forger can also change the metadata: compare the head with the one that the authors published, by --head")
	}
	return nil
}
