package program

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"iosweep/internal/process"
)

// Git runs with care, because a repository may belong to somebody else, and its configuration can
// name programs. The commands below are plumbing that runs no alias, no pager and no signature
// check. The settings turn off what else may start a program: hooks, the monitor of the file
// system, and fetching from another repository. Filters of attributes run at a checkout alone, and
// a checkout reads only the configuration of the new clone.

// gitTimeout limits a git command that only reads a repository.
const gitTimeout = 2 * time.Minute

// safeSettings are options of git, before the name of the command.
var safeSettings = []string{
	"-c", "core.hooksPath=" + os.DevNull, "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false",
	"-c", "submodule.recurse=false", "-c", "clone.rejectShallow=false", "-c", "advice.detachedHead=false", "-c", "gc.auto=0",
}

// WithoutGit returns an environment without the variables of git. If iosweep runs in a hook, for
// example, GIT_DIR names another repository than the one that a program is built from.
func WithoutGit(environ []string) (list []string) {
	for _, v := range environ {
		if !strings.HasPrefix(v, "GIT_") {
			list = append(list, v)
		}
	}
	return list
}

// environ returns the additional environment of git. protocols are those that it may use.
func environ(protocols string) []string {
	return []string{
		"GIT_ALLOW_PROTOCOL=" + protocols, "GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1", "GIT_OPTIONAL_LOCKS=0",
		"GIT_TERMINAL_PROMPT=0", "LC_ALL=C",
	}
}

// isolated is the additional environment of git commands that may run a filter. They read neither
// the user's configuration nor the one of the system. Versions of git before 2.32 know only HOME.
var isolated = []string{
	"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_ATTR_NOSYSTEM=1", "HOME=" + os.DevNull, "XDG_CONFIG_HOME=" + os.DevNull,
}

// A gitError is the failure of a git command, with its messages.
type gitError struct {
	stderr string
	err    error
}

func (e *gitError) Error() string {
	if e.stderr == "" {
		return "git: " + e.err.Error()
	}
	return "git: " + e.stderr
}

func (e *gitError) Unwrap() error { return e.err }

// git runs a git command that only reads a repository, and returns its output.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	return gitInput(ctx, dir, "", args...)
}

// gitInput is like git, with a text on standard input.
func gitInput(ctx context.Context, dir, input string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, gitTimeout, fmt.Errorf("no answer within %v", gitTimeout))
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", append(append([]string{"-C", dir}, safeSettings...), args...)...)
	cmd.Env = append(WithoutGit(os.Environ()), environ("")...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &stdout, &stderr
	cmd.WaitDelay = process.Grace
	process.KillWithParent(cmd)
	err := cmd.Run()
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err != nil {
		return "", &gitError{brief(stderr.String()), err}
	}
	return stdout.String(), nil
}

// brief returns the first message of git on one line, without its prefix.
func brief(stderr string) string {
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		for _, prefix := range []string{"fatal: ", "error: "} {
			if text, ok := strings.CutPrefix(line, prefix); ok {
				return text
			}
		}
	}
	return strings.Join(strings.Fields(stderr), " ")
}

// messages returns the messages of a failed git command; "" for other errors.
func messages(err error) string {
	if e, ok := errors.AsType[*gitError](err); ok {
		return e.stderr
	}
	return ""
}
