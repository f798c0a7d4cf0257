package experiments_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A script is one of the Python contenders, with the arguments of a small test run.
type script struct {
	args  []string // in addition to the method, input and output
	input bool     // whether it reads the files of a directory
	// output is the kind of its output: "dir", "file", or "" for none.
	output string
	// ignores are the methods that ignore the results of their tasks, as their listings do. So
	// they end with exit code 0 even if a task has failed.
	ignores []string
	// check returns an error if the output or the standard output of a method is wrong.
	check func(method, output, stdout string) error
}

const (
	smallFiles  = 12
	smallLines  = 5
	smallValues = 3
	smallSeed   = 7
)

var rowsFlags = []string{
	"--files", strconv.Itoa(smallFiles), "--lines", strconv.Itoa(smallLines),
	"--values", strconv.Itoa(smallValues), "--seed", strconv.Itoa(smallSeed),
}

var scripts = map[string]script{
	"save_files.py": {
		args:    append([]string{"--workers", "2"}, rowsFlags...),
		ignores: []string{"threads", "processes", "processes-batch", "processes-threads"},
		output:  "dir", check: checkSaved,
	},
	"background_cpu.py": {
		args:    rowsFlags,
		ignores: []string{"thread", "process"},
		output:  "dir", check: checkBackgroundCPU,
	},
	"background_save.py": {
		args:    []string{"--files", strconv.Itoa(smallFiles)},
		ignores: []string{"thread", "process"},
		output:  "dir", check: checkBackground,
	},
	"copy_files.py": {
		args: []string{"--workers", "2"}, input: true, output: "dir", check: checkCopiesAndPrints,
		ignores: []string{"threads", "threads-batch", "processes", "processes-batch", "thread-per-file", "process-per-file"},
	},
	"load_files.py": {args: []string{"--workers", "2"}, input: true, check: checkLoaded},
	"append_file.py": {
		args:   []string{"--workers", "12", "--files", strconv.Itoa(smallFiles)},
		output: "file", check: checkAppended,
	},
	"zip_files.py": {
		args:  append([]string{"--workers", "2", "--chunk-size", "2"}, rowsFlags...),
		input: true, output: "file", check: checkZipped,
		// ZipFile.write adds a directory without an error.
		ignores: []string{
			"sequential", "memory", "threads-lock", "threads-batch-lock", "threads-batch-locks", "threads-unlocked",
			"threads-write-lock",
		},
	},
}

// TestEveryScriptIsTested fails if a script has no entry in scripts.
// plainScripts are the scripts without methods. TestShipped of cmd/iosweep runs them, and their experiments
// verify what they do.
var plainScripts = []string{"count_words.py", "insert_statements.py"}

func TestEveryScriptIsTested(t *testing.T) {
	found, err := filepath.Glob("python/*.py")
	if err != nil {
		t.Fatal(err)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	if want := slices.Sorted(slices.Values(slices.AppendSeq(slices.Clone(plainScripts), maps.Keys(scripts)))); !slices.Equal(found, want) {
		t.Errorf("python/ contains %v, but the tests cover %v", found, want)
	}
}

// TestScriptsParseAsPython39 parses the scripts with the grammar of Python 3.9, the oldest
// supported version.
func TestScriptsParseAsPython39(t *testing.T) {
	const parse = `import ast, sys
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        ast.parse(file.read(), path, feature_version=(3, 9))`
	args := []string{"-c", parse}
	for _, name := range slices.AppendSeq(slices.Clone(plainScripts), maps.Keys(scripts)) {
		args = append(args, filepath.Join("python", name))
	}
	if _, stderr, err := run(t, nil, args...); err != nil {
		t.Errorf("%v\n%s", err, stderr)
	}
}

// TestMethods runs every method of every script and checks its output. It runs methods with
// processes a second time with the start method spawn, the default on macOS and Windows.
func TestMethods(t *testing.T) {
	spawn := spawning(t)
	for name, s := range scripts {
		for _, method := range someMethodsOf(t, name) {
			t.Run(name+"/"+method, func(t *testing.T) {
				t.Parallel()
				s.runMethod(t, nil, name, method)
				if strings.Contains(method, "process") || method == "pipeline" {
					s.runMethod(t, spawn, name, method)
				}
			})
		}
	}
}

func (s *script) runMethod(t *testing.T, env []string, name, method string) {
	t.Helper()
	args, output := s.arguments(t, name, method)
	stdout, stderr, err := run(t, env, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	if err := s.check(method, output, stdout); err != nil {
		t.Errorf("with %q: %v", env, err)
	}
}

// arguments returns the arguments of a small run, and its output path.
func (s *script) arguments(t *testing.T, name, method string) (args []string, output string) {
	t.Helper()
	args = append([]string{filepath.Join("python", name), "--method", method}, s.args...)
	if s.input {
		args = append(args, "--input", inputs(t))
	}
	if s.output != "" {
		output = filepath.Join(t.TempDir(), "output")
		args = append(args, "--output", output)
	}
	return args, output
}

// TestFailuresAreReported checks that a method fails if one item fails. Methods that ignore the
// results of their tasks must end with exit code 0 and a wrong outcome, which iosweep then refuses.
func TestFailuresAreReported(t *testing.T) {
	for name, s := range scripts {
		for _, method := range someMethodsOf(t, name) {
			if method == "asyncio-as-published" {
				continue // it saves nothing, so it cannot fail
			}
			t.Run(name+"/"+method, func(t *testing.T) {
				t.Parallel()
				args, output := s.arguments(t, name, method)
				at := filepath.Join(output, "data-0007.csv") // a directory in place of a file
				if name == "background_save.py" {
					at = filepath.Join(output, "data-0007.txt")
				}
				switch {
				case method == "make-inputs": // it has no input
				case s.input:
					at = filepath.Join(args[slices.Index(args, "--input")+1], "data-0007.csv", "deep")
					must(t, os.Remove(filepath.Dir(at)))
				case s.output == "file":
					at = output
				}
				must(t, os.MkdirAll(at, 0o755))
				stdout, stderr, err := run(t, nil, args...)
				if slices.Contains(s.ignores, method) {
					anyOutcome := strings.HasSuffix(method, "unlocked") // its check accepts lost files
					if code := exitCode(err); code != 0 || s.check(method, output, stdout) == nil && !anyOutcome {
						t.Errorf("got exit code %d, want 0 and a wrong outcome\n%s", code, stderr)
					}
					return
				}
				if code := exitCode(err); code != 1 || stderr == "" {
					t.Errorf("got exit code %d and standard error %q, want exit code 1 and a message", code, stderr)
				}
			})
		}
	}
}

// TestReturnedTexts checks which task of load_files.py returns the texts. Only their time
// differs otherwise.
func TestReturnedTexts(t *testing.T) {
	const call = `import runpy, sys
script = runpy.run_path("python/load_files.py")
print(script["read_on_threads"](sys.argv[1:], None))
print(script["load_on_threads"](sys.argv[1:], None))
print(script["load_on_threads"](sys.argv[1:], 1))`
	path := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(path, []byte("text"), 0o644))
	stdout, stderr, err := run(t, nil, "-c", call, path, path)
	paths := fmt.Sprintf("['%s', '%s'])\n", path, path)
	if want := "([None, None], " + paths + strings.Repeat("(['text', 'text'], "+paths, 2); err != nil || stdout != want {
		t.Errorf("got %v, %q, want %q\n%s", err, stdout, want, stderr)
	}
}

// TestPublishedBackground compares the file and the lines of the published programs with their
// listings. The line of a thread or a process may come at any time after the start.
func TestPublishedBackground(t *testing.T) {
	const saved = "File saved: data.txt"
	ends := []string{"Main is running", "Saving file...", "Main is done."}
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"foreground"}, "Hello world"},
		{[]string{"thread"}, "Hello world"},
		{[]string{"process"}, "Hello world"},
		{[]string{"process", "--start-method", "spawn", "--size", "25"}, "Hello worldHello worldHel"},
		{[]string{"process", "--start-method", "forkserver"}, "Hello world"},
		{[]string{"foreground", "--size=0"}, ""},
		{[]string{"thread", "--files", "1", "--size", "1"}, "H"},
	} {
		if runtime.GOOS == "windows" && slices.Contains(test.args, "forkserver") {
			continue
		}
		dir := t.TempDir()
		stdout, stderr, err := run(t, nil, slices.Concat([]string{"python/background_save.py", "--method", test.args[0], "--output", dir}, test.args[1:])...)
		if err != nil || stderr != "" {
			t.Errorf("%q: %v, standard error %q", test.args, err, stderr)
		}
		data, err := os.ReadFile(filepath.Join(dir, "data.txt"))
		if err != nil || string(data) != test.want {
			t.Errorf("%q: got the file %q, %v, want %q", test.args, data, err, test.want)
		}
		text := blockedLine.ReplaceAllString(stdout, "\n")
		if test.args[0] == "foreground" && !strings.HasPrefix(text, strings.Join(slices.Insert(slices.Clone(ends), 2, saved), "\n")) {
			t.Errorf("%q: got the standard output %q, want the line of the file before the last line", test.args, stdout)
		}
		// A thread may print between a line and its newline. A forked process also prints
		// a copy of the lines that its parent has in its buffer.
		var lines []string
		for line := range strings.SplitSeq(strings.Replace(text, saved, "\n", 1), "\n") {
			if line != "" && !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
		if !slices.Equal(lines, ends) {
			t.Errorf("%q: got the standard output %q, want the lines %q and %q", test.args, stdout, ends, saved)
		}
	}
}

// TestBlockedSeconds checks the definition of blocked_seconds for a caller with its own work.
func TestBlockedSeconds(t *testing.T) {
	const script = `import runpy, sys, types
script = runpy.run_path("python/background_cpu.py")
for end in (10, 2):
    clock = iter([0, 3, 0, 2, 0, 9, 0, 1, end])
    measure = script["lost_seconds"]
    measure.__globals__["time"] = types.SimpleNamespace(perf_counter=lambda: next(clock))
    print(measure(lambda *args: None, ".", 1, 1, 1, 0))`
	stdout, stderr, err := run(t, nil, "-c", script)
	if want := "7\n1\n"; err != nil || stdout != want {
		t.Errorf("got %v, %q, want %q: alone the work takes 3, the call 1, and both together 10 or 2\n%s", err, stdout, want, stderr)
	}
}

// TestTooManyOpenFiles checks that asynchronous saving without a semaphore exceeds the limit of
// open files with any number of files.
func TestTooManyOpenFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no limit that a program can lower")
	}
	for _, files := range []string{"1", "5", "100", "300"} {
		_, stderr, err := saveUnderLimit(t, "asyncio-unbounded", files)
		if exitCode(err) != 1 || !regexp.MustCompile(`OSError: \[Errno 24\] Too many open files: '.*data-0\d\d\d\.csv'`).MatchString(stderr) {
			t.Errorf("%s files: got exit code %d, want 1 and an error with the name of a file\n%s", files, exitCode(err), stderr)
		}
	}
	if _, stderr, err := saveUnderLimit(t, "asyncio", "300"); err != nil {
		t.Errorf("with a semaphore: %v\n%s", err, stderr)
	}
}

func saveUnderLimit(t *testing.T, method, files string) (stdout, stderr string, err error) {
	t.Helper()
	return run(t, nil, "python/save_files.py", "--method", method, "--descriptors", "256",
		"--files", files, "--lines", "1", "--workers", "4", "--output", t.TempDir())
}

func TestScriptHelp(t *testing.T) {
	for name := range scripts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			help, stderr, err := run(t, nil, filepath.Join("python", name), "--help")
			if err != nil {
				t.Fatalf("%v\n%s", err, stderr)
			}
			for _, method := range methodsOf(t, name) {
				if !regexp.MustCompile(`(?m)^  ` + method + `  +\S`).MatchString(help) {
					t.Errorf("--help does not explain the method %s", method)
				}
			}
			if option := regexp.MustCompile(`(?m)^  --\S+( \S+)?\n  --|^  --\S+( \S+)?\n\z`).FindString(help); option != "" {
				t.Errorf("--help does not explain the option %q", option)
			}
		})
	}
}

func TestBadArgumentsAreRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("Python starts dozens of times")
	}
	for name, s := range scripts {
		where := append([]string{}, s.args...)
		if s.input {
			where = append(where, "--input", inputs(t))
		}
		if s.output != "" {
			where = append(where, "--output", filepath.Join(t.TempDir(), "output"))
		}
		cases := map[string][]string{
			"--method": {"--method", "no-such-method"},
			"required": {},
			"argument": {"--method", methodsOf(t, name)[0], "--no-such-option"},
			"many":     {"--method", methodsOf(t, name)[0], "--workers", "many", "--files", "many"},
			"0 is too": {"--method", methodsOf(t, name)[0], "--workers", "0", "--files", "0"},
		}
		if s.input {
			cases["not a directory"] = []string{"--method", methodsOf(t, name)[0], "--input", "no-such-directory"}
		}
		for want, args := range cases {
			t.Run(name+"/"+want, func(t *testing.T) {
				t.Parallel()
				_, stderr, err := run(t, nil, slices.Concat([]string{filepath.Join("python", name)}, where, args)...)
				if code := exitCode(err); code != 2 || !strings.Contains(stderr, want) {
					t.Errorf("got exit code %d, want 2 and a message with %q\n%s", code, want, stderr)
				}
			})
		}
	}
}
