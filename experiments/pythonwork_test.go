package experiments_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rows returns the files of the test workload.
func rows() map[string]string {
	files := map[string]string{}
	for item := range smallFiles {
		var lines []string
		for line := range smallLines {
			var row []string
			for value := range smallValues {
				row = append(row, strconv.Itoa(smallSeed+item+line+value))
			}
			lines = append(lines, strings.Join(row, ","))
		}
		files[fmt.Sprintf("data-%04d.csv", item)] = strings.Join(lines, "\n")
	}
	return files
}

// inputs creates a directory with the files of rows.
func inputs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range rows() {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

// checkFiles returns an error if the found files differ from the workload.
func checkFiles(found map[string]string) error {
	want := rows()
	for name, text := range want {
		if got, ok := found[name]; !ok || got != text {
			return fmt.Errorf("%s: exists %t, got %q, want %q", name, ok, got, text)
		}
	}
	if len(found) != len(want) {
		return fmt.Errorf("got %d files, want %d", len(found), len(want))
	}
	return nil
}

// checkSaved checks the files and the printed paths.
func checkSaved(method, output, stdout string) error {
	if err := checkPrinted(".saved", output+string(filepath.Separator), stdout); err != nil {
		return err
	}
	entries, err := os.ReadDir(output)
	if method == "asyncio-as-published" {
		if err != nil || len(entries) != 0 {
			return fmt.Errorf("got %d files and error %v, want none: the coroutines are not awaited", len(entries), err)
		}
		return nil
	}
	return errors.Join(err, checkCopied(method, output, ""))
}

func checkCopied(_, output, stdout string) error {
	found := map[string]string{}
	for name := range rows() {
		data, err := os.ReadFile(filepath.Join(output, name))
		if err != nil {
			return err
		}
		found[name] = string(data)
	}
	entries, err := os.ReadDir(output)
	if err != nil || len(entries) != len(found) {
		return fmt.Errorf("got %d files, want %d: %v", len(entries), len(found), err)
	}
	return errors.Join(checkFiles(found), checkNoOutput("", "", stdout))
}

// checkLoaded returns an error unless the path of every file was printed once.
func checkLoaded(_, _, stdout string) error {
	var got []string
	for line := range strings.Lines(stdout) {
		path, ok := strings.CutPrefix(strings.TrimSpace(line), ".loaded ")
		if !ok {
			return fmt.Errorf("got the line %q, want .loaded and a path", line)
		}
		got = append(got, filepath.Base(path))
	}
	slices.Sort(got)
	if want := slices.Sorted(maps.Keys(rows())); !slices.Equal(got, want) {
		return fmt.Errorf("loaded %q, want %q", got, want)
	}
	return nil
}

func checkNoOutput(_, _, stdout string) error {
	if stdout != "" {
		return fmt.Errorf("got standard output %q, want none", stdout)
	}
	return nil
}

var blockedLine = regexp.MustCompile(`\nblocked_seconds [0-9]+\.[0-9]+\n`)

func checkBackgroundCPU(method, output, stdout string) error {
	if !blockedLine.MatchString("\n" + stdout) {
		return fmt.Errorf("got standard output %q, want blocked_seconds", stdout)
	}
	return checkCopied(method, output, "")
}

func checkBackground(_, output, stdout string) error {
	if len(blockedLine.FindAllString(stdout, -1)) != 1 {
		return fmt.Errorf("got standard output %q, want blocked_seconds on a line", stdout)
	}
	for item := range smallFiles {
		name := fmt.Sprintf("data-%04d.txt", item)
		data, err := os.ReadFile(filepath.Join(output, name))
		if err != nil || string(data) != "Hello world" || strings.Count(stdout, "File saved: "+name) != 1 {
			return fmt.Errorf("%s: got %q, %v and standard output %q", name, data, err, stdout)
		}
	}
	return nil
}

// checkCopiesAndPrints checks the copies, and that each is printed once. Two threads may print
// into the same line.
func checkCopiesAndPrints(_, output, stdout string) error {
	for name := range rows() {
		line := regexp.MustCompile(`\.copied \S+/` + name + ` to ` + regexp.QuoteMeta(filepath.Join(output, name)))
		if n := len(line.FindAllString(stdout, -1)); n != 1 {
			return fmt.Errorf("%s is printed %d times in %q, want once", name, n, stdout)
		}
	}
	if !strings.HasSuffix(stdout, "\nDone\n") {
		return fmt.Errorf("got standard output %q, want Done at its end", stdout)
	}
	return checkCopied("", output, "")
}

var appendedLine = regexp.MustCompile(`\ATask ([0-9]+) blocked for (\S+) of a second\.\n\z`)

// checkAppended checks the appended lines. Without a lock, any line may be damaged or lost, so
// the lines are not checked.
func checkAppended(method, output, stdout string) error {
	data, err := os.ReadFile(output)
	if err != nil {
		return err
	}
	if stdout != "Done.\n" {
		return fmt.Errorf("got standard output %q, want Done.", stdout)
	}
	if strings.HasPrefix(method, "unlocked") {
		return nil
	}
	found := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		parts := appendedLine.FindStringSubmatch(line)
		if parts == nil || found[parts[1]] {
			return fmt.Errorf("got the line %q, which is damaged or repeated", line)
		}
		if value, err := strconv.ParseFloat(parts[2], 64); err != nil || value < 0 || value >= 1 {
			return fmt.Errorf("got the line %q, want a value from 0 to below 1", line)
		}
		found[parts[1]] = true
	}
	for item := range smallFiles {
		if !found[strconv.Itoa(item)] {
			return fmt.Errorf("the line of task %d is missing in %q", item, data)
		}
	}
	return nil
}

// checkPrinted returns an error unless a word and a path were printed once for each item. A
// thread may print between the path and the newline of another thread.
func checkPrinted(word, dir, stdout string) error {
	printed := 0
	for name := range rows() {
		printed += min(1, strings.Count(stdout, word+" "+dir+name))
	}
	if printed != smallFiles || strings.Count(stdout, word) != smallFiles {
		return fmt.Errorf("printed %q, want %s and a path for each of %d files", stdout, word, smallFiles)
	}
	return nil
}
