package preflight

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"iosweep/experiments"
	"iosweep/internal/oneline"
	"iosweep/internal/parallel"
	"iosweep/internal/process"
	"iosweep/journal"
)

const (
	// versionTimeout limits a program that prints a version.
	versionTimeout = 10 * time.Second
	// maxVersion is the number of bytes that are kept of a version.
	maxVersion = 4 << 10
)

// findVersions runs the programs that print versions, each once. A program that fails does not stop
// the run, because its trials may still succeed.
func (p *Prepared) findVersions(ctx context.Context, progress func(string)) {
	type job struct {
		argv, env []string
		at        int // in p.Versions
	}
	var jobs []job
	known := map[string]int{} // in p.Versions
	for s := range p.Plan.Experiment.VersionArgvs() {
		values := p.knownValues(s.Levels)
		argv, env := experiments.Fill(s.Argv, values), s.Command.Environ(values)
		if _, err := exec.LookPath(argv[0]); errors.Is(err, exec.ErrNotFound) || slices.ContainsFunc(argv, func(arg string) bool { return strings.Contains(arg, unknownValue) }) {
			continue // the cells are skipped with the reason
		}
		key := strings.Join(slices.Concat(argv, []string{""}, env), "\x00")
		at, ok := known[key]
		if !ok {
			at = len(p.Versions)
			known[key] = at
			shown := make([]string, len(argv))
			for i, arg := range argv {
				shown[i] = p.nameOf(arg)
			}
			p.Versions = append(p.Versions, journal.Version{Argv: shown})
			jobs = append(jobs, job{argv, env, at})
		}
		if v := &p.Versions[at]; !slices.Contains(v.Commands, s.Command.Name) {
			v.Commands = append(v.Commands, s.Command.Name)
		}
	}
	if len(jobs) == 0 {
		return
	}
	progress("asking programs for their versions")
	_ = parallel.Do(len(jobs), func(i int) error { // do returns no error
		v := &p.Versions[jobs[i].at]
		v.Text, v.Problem = versionOf(ctx, jobs[i].argv, p.from.Dir, jobs[i].env)
		return nil
	})
}

// A head keeps the beginning of the data written to it.
type head []byte

func (h *head) Write(data []byte) (int, error) {
	*h = append(*h, data[:min(len(data), maxVersion+1-len(*h))]...)
	return len(data), nil
}

// versionOf returns what a program prints to stdout or, if that is empty, to stderr; or the reason
// why this is no version.
func versionOf(ctx context.Context, argv []string, dir string, env []string) (text, problem string) {
	var out, stderr head
	err := process.Run(ctx, versionTimeout, argv, func(cmd *exec.Cmd) {
		cmd.Stdout, cmd.Stderr, cmd.Dir = &out, &stderr, dir
		cmd.Env = slices.Concat(os.Environ(), env)
	})
	if err != nil {
		problem = err.Error()
		if last := bytes.TrimSpace(stderr); len(last) > 0 {
			problem += " (" + string(last[bytes.LastIndexByte(last, '\n')+1:]) + ")"
		}
		return "", oneline.Of(problem)
	}
	printed := []byte(out)
	if len(bytes.TrimSpace(printed)) == 0 {
		printed = stderr
	}
	cut := len(printed) > maxVersion
	if printed = printed[:min(len(printed), maxVersion)]; cut {
		for len(printed) > 0 && !utf8.RuneStart(printed[len(printed)-1]) {
			printed = printed[:len(printed)-1]
		}
		printed = printed[:max(0, len(printed)-1)]
	}
	text = strings.TrimSpace(string(printed))
	isBinary := func(r rune) bool {
		return r == utf8.RuneError || unicode.IsControl(r) && !unicode.IsSpace(r) && r != '\x1b'
	}
	switch {
	case text == "":
		return "", "it printed nothing"
	case !utf8.ValidString(text) || strings.ContainsFunc(text, isBinary):
		return "", "it did not print text"
	case cut:
		text += "…"
	}
	return text, ""
}
