package preflight

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/parallel"
	"iosweep/internal/regular"
	"iosweep/internal/shell"
	"iosweep/journal"
)

// ProgramFiles are the files of the programs that trials start, by the name that an argv has for
// them.
type ProgramFiles struct {
	// Paths have all symbolic links resolved: for example python3.11 for python3.
	Paths   map[string]string
	Details map[string]journal.ProgramDetails
	// Files are the states of the files when they were read, by path.
	Files map[string]fs.FileInfo
	// Commands are the contenders that start a program, by its name.
	Commands map[string][]string
}

// MaxScript is the size of the largest file that is taken for a script of a program, and that is
// kept.
const MaxScript = 16 << 20

// Programs returns the programs that the commands and their operations start, as far as their
// argvs show it. The name of an interpreter that {python} stands for is its level of the axis
// python or, without a level, {python}. Files that arguments name by an absolute path may be
// scripts of a program, so they are included. Missing programs are left out.
func (p *Prepared) Programs() *ProgramFiles {
	if p.programs == nil {
		p.programs = p.findPrograms()
	}
	return p.programs
}

func (p *Prepared) findPrograms() *ProgramFiles {
	found := &ProgramFiles{Paths: map[string]string{}, Details: map[string]journal.ProgramDetails{}, Files: map[string]fs.FileInfo{}, Commands: map[string][]string{}}
	for i := range p.Interpreters {
		if in := &p.Interpreters[i]; in.Placeholder {
			found.Paths[in.Name()], found.Commands[in.Name()] = realPath(in.Executable), in.Commands
		}
	}
	seen := map[string]bool{}
	var add func(program, command string)
	add = func(program, command string) {
		name := p.nameOf(program)
		if list := found.Commands[name]; command != "" && !slices.Contains(list, command) {
			found.Commands[name] = append(list, command)
		}
		if seen[program] {
			return
		}
		seen[program] = true
		path, err := exec.LookPath(program)
		if err != nil || filepath.Base(program) != program && !filepath.IsAbs(program) { // a relative path begins at the directory of a trial
			return
		}
		found.Paths[name] = realPath(path)
		for _, interpreter := range p.started(shebang(path)) {
			add(interpreter, command)
		}
	}
	for _, c := range p.Plan.Experiment.Commands {
		for _, program := range c.Requires {
			add(program, "")
		}
	}
	for s := range p.Plan.Experiment.StartedArgvs() {
		argv := experiments.Fill(s.Argv, p.knownValues(s.Levels))
		key := strings.Join(append([]string{s.Command.Name}, argv...), "\x00")
		if seen[key] {
			continue
		}
		seen[key] = true
		for _, program := range p.started(argv) {
			add(program, s.Command.Name)
		}
		for i, arg := range argv {
			if i == 0 || !filepath.IsAbs(arg) || seen[arg] || strings.Contains(s.Argv[i], "{here}") {
				continue // scripts below {here} are recorded as such
			}
			seen[arg] = true
			if info, err := os.Stat(arg); err == nil && info.Mode().IsRegular() && info.Size() <= MaxScript {
				found.Paths[arg] = realPath(arg)
			}
		}
	}
	found.read()
	return found
}

// unknownValue stands for the values that only a trial knows.
const unknownValue = "\uE002"

// knownValues returns the values of placeholders before a trial, for the levels of a cell.
func (p *Prepared) knownValues(levels map[string]string) map[string]string {
	values := map[string]string{"here": p.from.Here, "cpus": strconv.Itoa(p.Machine.CPUs)}
	for _, name := range experiments.TrialPlaceholders() {
		values[name] = unknownValue
	}
	maps.Copy(values, levels)
	values[experiments.Python.String()] = unknownValue
	if python := p.pythonOf(levels[experiments.Python.String()]); python != "" {
		values[experiments.Python.String()] = python
	}
	return values
}

// started returns the programs that an argv starts.
func (p *Prepared) started(argv []string) []string {
	key := strings.Join(argv, "\x00")
	list, known := p.invoked[key]
	if !known {
		for _, program := range shell.Of(argv).Programs {
			if !strings.Contains(program, unknownValue) && !p.isInterpreter(program) {
				list = append(list, program)
			}
		}
		p.invoked[key] = list
	}
	return list
}

// isInterpreter reports whether a program is the file that {python} stands for.
func (p *Prepared) isInterpreter(program string) bool {
	return slices.ContainsFunc(p.Interpreters, func(in Interpreter) bool { return in.Placeholder && in.Executable == program })
}

// nameOf returns the name of a program in reports. A program beside the experiment file has the
// same name wherever the file is.
func (p *Prepared) nameOf(program string) string {
	if rest, ok := strings.CutPrefix(program, p.from.Here+"/"); ok && p.from.Here != "" {
		return "{here}/" + rest
	}
	return program
}

// shebang returns the interpreter of a script with its arguments, or nil for another file.
func shebang(path string) []string {
	f, err := regular.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	line, _ := bufio.NewReader(io.LimitReader(f, 256)).ReadString('\n')
	line, ok := strings.CutPrefix(line, "#!")
	if !ok {
		return nil
	}
	interpreter, argument, _ := strings.Cut(strings.TrimSpace(line), " ")
	argv := []string{interpreter}
	if argument = strings.TrimSpace(argument); argument != "" {
		argv = append(argv, strings.Fields(strings.TrimPrefix(argument, "-S "))...) // env -S splits it
	}
	return append(argv, path)
}

// read reads the files of all programs, each once.
func (f *ProgramFiles) read() {
	paths := slices.Compact(slices.Sorted(maps.Values(f.Paths)))
	infos := make([]fs.FileInfo, len(paths))
	details := make([]journal.ProgramDetails, len(paths))
	_ = parallel.Do(len(paths), func(i int) error { // do returns no error
		details[i], infos[i] = describeFile(paths[i])
		return nil
	})
	for name, path := range f.Paths {
		i, _ := slices.BinarySearch(paths, path)
		f.Details[name] = details[i]
		if infos[i] != nil {
			f.Files[path] = infos[i]
		}
	}
}

// describeFile returns the checksum of a file, or the reason why it could not be read.
func describeFile(path string) (journal.ProgramDetails, fs.FileInfo) {
	f, err := regular.Open(path)
	if err != nil {
		if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
			err = pathErr.Err
		}
		info, _ := os.Stat(path)
		return journal.ProgramDetails{Problem: err.Error()}, info
	}
	defer f.Close()
	info, err := f.Stat()
	h := sha256.New()
	if err == nil {
		_, err = io.Copy(h, f)
	}
	if err != nil {
		return journal.ProgramDetails{Problem: err.Error()}, info
	}
	return journal.ProgramDetails{SHA256: hex.EncodeToString(h.Sum(nil))}, info
}

// Changed reads a program again if its file has changed since it was read. It reports whether the
// content has changed.
func (f *ProgramFiles) Changed(name string) (now journal.ProgramDetails, changed bool) {
	path := f.Paths[name]
	was := f.Files[path]
	info, err := os.Stat(path)
	if was == nil || err == nil && os.SameFile(was, info) && was.Size() == info.Size() && was.ModTime().Equal(info.ModTime()) {
		return now, false
	}
	now, info = describeFile(path)
	for other, at := range f.Paths {
		if at == path && other != name {
			f.Details[other] = now
		}
	}
	before := f.Details[name]
	f.Details[name], f.Files[path] = now, info
	return now, now != before
}
