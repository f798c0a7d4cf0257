package bundle

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
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

	keptDir = "files" // copies of scripts
	upDir   = "up"
)

// Options say how a bundle is written.
type Options struct {
	// Redact replaces the names of hosts and users, and absolute paths.
	Redact bool
	// Version is the version of iosweep that writes the bundle, and Platform its system and processor.
	Version, Platform string
	// License is the URI of the license of the results; empty: the metadata says that the authors state none.
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
	Absent []string // scripts of which the results directory has no copy
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
	scripts, err := s.scriptsIn(dir, &log.Run)
	if err != nil {
		return nil, err
	}
	files = append(files, scripts...)
	if opt.Redact {
		r := newRedactor(record, files, log, dir)
		for i := range files {
			r.file(&files[i], s)
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

// described returns the experiment and the files that describe the plan and the machine. The experiment is the
// one of the journal. A run that was merged has no environment of its own.
func described(dir string, log *journal.Log) (files []File, err error) {
	names := []string{planName, environmentName}
	if source := log.Run.Origin.Source; source != "" {
		files = append(files, File{experimentName, []byte(source), 0o644})
	} else {
		names = append(names, experimentName) // a journal of format 1 does not have it
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

// scriptsIn returns the copies of the scripts in a results directory.
func (s *Summary) scriptsIn(dir string, run *journal.Run) (files []File, err error) {
	ups := 0
	for isDir(filepath.Join(dir, keptDir, strings.Repeat(upDir+"/", ups+1))) {
		ups++
	}
	sums := scriptSums(run)
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		f, err := read(dir, kept(run, ups, name))
		if errors.Is(err, fs.ErrNotExist) {
			s.Absent = append(s.Absent, name)
			continue
		}
		if err != nil {
			return nil, err
		}
		if sum := sha256.Sum256(f.Data); hex.EncodeToString(sum[:]) != sums[name] {
			return nil, fmt.Errorf("%s was changed: it is not the script that the run used\nrestore it, or remove it: then the bundle has no copy of it", filepath.Join(dir, filepath.FromSlash(f.Name)))
		}
		files = append(files, f)
	}
	return files, nil
}

func isDir(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
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

// scriptSums returns the SHA-256 of each script of a run, by its path in the experiment. Scripts that did not
// exist, and directories, have none.
func scriptSums(run *journal.Run) map[string]string {
	sums := map[string]string{}
	for _, c := range run.Commands {
		for name, sum := range c.Scripts {
			if len(sum) == hex.EncodedLen(sha256.Size) {
				sums[path.Clean(name)] = sum
			}
		}
	}
	return sums
}

// kept returns the name of the copy of a script in a results directory. The scripts of a built-in experiment
// are at its root. Otherwise {here} is below as many directories as the paths go up; see runner.KeptHere.
func kept(run *journal.Run, ups int, script string) string {
	if run.Origin.File == "" {
		return script
	}
	return path.Join(keptHere(ups), script)
}

func keptHere(ups int) string { return path.Join(keptDir, strings.Repeat(upDir+"/", ups), "here") }

// upsOf returns the number of directories above the one that {here} stands for.
func upsOf(files []File) (n int) {
	for _, f := range files {
		for strings.HasPrefix(f.Name, path.Join(keptDir, strings.Repeat(upDir+"/", n+1))+"/") {
			n++
		}
	}
	return n
}

// scripts returns the SHA-256 of each script of a run, by the name of its copy in a bundle with these files.
func scripts(run *journal.Run, files []File) map[string]string {
	ups := upsOf(files)
	sums := map[string]string{}
	for name, sum := range scriptSums(run) {
		sums[kept(run, ups, name)] = sum
	}
	return sums
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
