package bundle

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"iosweep/internal/regular"
	"iosweep/journal"
	"iosweep/reports"
)

// Names of the files of a bundle that are no reports.
const (
	journalName     = journal.FileName
	experimentName  = "experiment.yaml"
	planName        = "plan.json"
	environmentName = "environment.json"
	readmeName      = "README.md"
	keptDir         = "files/" // copies of scripts
)

// Options say how a bundle is written.
type Options struct {
	// Redact replaces what tells the host, the user and the places of files.
	Redact bool
	// Version is the version of iosweep that writes the bundle, and Platform its system and processor.
	Version, Platform string
	// License is the URI of the license of the results; empty: none is stated.
	License string
	Now     time.Time // the date of publication
}

// A Summary describes a written bundle.
type Summary struct {
	Head   string // of the chain over the journal
	Lines  int    // of the journal
	Files  int
	Cut    int      // bytes of an incomplete last line, which the bundle does not have
	Intact []string // binary scripts that still contain a name or a path
}

// Write writes the bundle of the run in a results directory. It changes nothing there.
func Write(w io.Writer, dir string, opt Options) (*Summary, error) {
	record, log, err := readJournal(dir)
	if err != nil {
		return nil, err
	}
	s := &Summary{Cut: log.Torn}
	files, err := described(dir, log)
	if err != nil {
		return nil, err
	}
	if opt.Redact {
		r := newRedactor(log, dir)
		for i := range files {
			intact := !r.file(&files[i])
			if intact {
				s.Intact = append(s.Intact, files[i].Name)
			}
		}
		if record, err = journal.Rewrite(record, r.json); err != nil {
			return nil, err
		}
		if log, err = journal.Read(bytes.NewReader(record)); err != nil {
			return nil, fmt.Errorf("the redacted journal cannot be read: %w", err)
		}
	}
	d := reports.New(log)
	made, err := reports.Files(d)
	if err != nil {
		return nil, err
	}
	for _, f := range made {
		files = append(files, File{f.Name, f.Data, 0o644})
	}
	s.Head, s.Lines = head(record)
	files = append(files, File{journalName, record, 0o644}, File{readmeName, readme(d.Data, opt, s), 0o644})
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	meta, err := describe(d.Data, files, opt, s.Head)
	if err != nil {
		return nil, err
	}
	files = append([]File{{metadataName, meta, 0o644}}, files...)
	s.Files = len(files)
	return s, archive(w, files, d.Run.StartedAt)
}

// readJournal reads the journal of a results directory, without an incomplete last line.
func readJournal(dir string) ([]byte, *journal.Log, error) {
	record, err := regular.ReadFile(filepath.Join(dir, journalName), maxBytes)
	if err != nil {
		return nil, nil, err
	}
	log, err := journal.Read(bytes.NewReader(record))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", filepath.Join(dir, journalName), err)
	}
	return record[:log.End], log, nil
}

// described returns the experiment, the files that describe the plan and the machine, and the scripts. The
// experiment is the one of the journal.
func described(dir string, log *journal.Log) ([]File, error) {
	var files []File
	names := []string{planName, environmentName} // a merged run has no environment of its own
	if source := log.Run.Origin.Source; source != "" {
		files = append(files, File{experimentName, []byte(source), 0o644})
	} else {
		names = append(names, experimentName) // a journal of format 1 does not have it
	}
	for name := range scriptSums(&log.Run) {
		if log.Run.Origin.File == "" { // the scripts of a built-in experiment are below the results directory
			names = append(names, name)
		}
	}
	root := filepath.Join(dir, filepath.FromSlash(keptDir))
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == root {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		f, err := read(dir, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// read reads a file of a results directory. It follows no link.
func read(dir, name string) (File, error) {
	file := filepath.Join(dir, filepath.FromSlash(name))
	info, err := os.Lstat(file)
	if err != nil {
		return File{}, err
	}
	if !info.Mode().IsRegular() {
		return File{}, fmt.Errorf("%s is %s: a bundle has only regular files\nreplace it by a file, and bundle the run again", file, regular.KindOf(info.Mode()))
	}
	data, err := regular.ReadFile(file, maxBytes)
	return File{name, data, info.Mode().Perm()}, err
}

// scriptSums returns the SHA-256 of each script of a run, by its path in the experiment.
func scriptSums(run *journal.Run) map[string]string {
	sums := map[string]string{}
	for _, c := range run.Commands {
		maps.Copy(sums, c.Scripts)
	}
	return sums
}

// isScript reports whether a file of the bundle of a run is a script.
func isScript(run *journal.Run, name string) bool {
	return strings.HasPrefix(name, keptDir) || run.Origin.File == "" && scriptSums(run)[name] != ""
}

// archive writes files as a ZIP archive. Equal files and times give equal bytes.
func archive(w io.Writer, files []File, at time.Time) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestCompression)
	})
	for _, f := range files {
		header := &zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at.UTC().Truncate(2 * time.Second)}
		header.SetMode(f.Mode)
		entry, err := z.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := entry.Write(f.Data); err != nil {
			return err
		}
	}
	return z.Close()
}
