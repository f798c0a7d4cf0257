package reports

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

func mkdir(path string) error {
	err := os.Mkdir(path, 0o755)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	return err
}

// filesIn lists all files below a directory.
func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(dir, path)
			list = append(list, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWriteAllWritesEveryFile(t *testing.T) {
	dir := t.TempDir()
	theirs := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(theirs, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	log := analysistest.Log(2,
		analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{4, 5}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=2", Seconds: []float64{2, 3}},
	)
	log.Notes = []journal.Note{{Kind: journal.NoteWarning, Text: "cpu0 is throttled."}}
	for range 2 {
		d := New(log)
		if err := WriteAll(dir, mkdir, d); err != nil {
			t.Fatal(err)
		}
		if want := "cpu0 is throttled."; !slices.Equal(d.Warnings, []string{want}) {
			t.Errorf("warnings: %q", d.Warnings)
		}
		log.Run.Plots = []string{} // the second call keeps the old pictures
	}
	want := []string{
		"details.csv", "notes.txt", "plots/speedup-write.png", "plots/time-write.png", "plots/trials-write.png",
		"report.html", "report.md", "summary.csv", "trials.csv",
	}
	if got := filesIn(t, dir); !slices.Equal(got, want) {
		t.Errorf("files are %q, want %q", got, want)
	}
	if content, err := os.ReadFile(theirs); err != nil || string(content) != "mine" {
		t.Errorf("the other file has the content %q (%v)", content, err)
	}
}

func TestEveryPictureOfTheReportIsDrawn(t *testing.T) {
	report, err := os.ReadFile(filepath.Join("testdata", "report.md"))
	if err != nil {
		t.Fatal(err)
	}
	var links []string
	for _, l := range regexp.MustCompile(`!\[[^\]]+\]\(plots/([^)]+)\)`).FindAllStringSubmatch(string(report), -1) {
		links = append(links, l[1])
	}
	pictures := []string{
		"effects-write.png", "speedup-write.png", "speedup-append.png", "time-write.png", "time-append.png",
		"heatmap-write-threads.png", "trials-write.png", "trials-append.png",
	}
	if !slices.Equal(links, pictures) {
		t.Errorf("the report links %q, want %q", links, pictures)
	}
}

// TestPicturesHaveTheirFormats checks the files of each format, and how the report shows them: a page
// shows PNG before SVG, and it links a PDF.
func TestPicturesHaveTheirFormats(t *testing.T) {
	for formats, link := range map[string]string{
		"svg": "\n![%s](plots/time-write.svg)\n", "svg png pdf": "\n![%s](plots/time-write.png)\n", "pdf": "\n[%s](plots/time-write.pdf)\n",
	} {
		dir := t.TempDir()
		log := analysistest.Log(2, analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{4, 5}})
		log.Run.Plots, log.Run.Formats = []string{"time"}, strings.Fields(formats)
		d := New(log)
		if err := WriteAll(dir, mkdir, d); err != nil {
			t.Fatal(err)
		}
		for _, f := range log.Run.Formats {
			if !slices.Contains(filesIn(t, dir), "plots/time-write."+f) {
				t.Errorf("%s: got the files %q", formats, filesIn(t, dir))
			}
		}
		report, err := os.ReadFile(filepath.Join(dir, "report.md"))
		if want := fmt.Sprintf(link, d.Pictures[0].Alt); err != nil || !strings.Contains(string(report), want) {
			t.Errorf("%s: the report does not contain %q (%v)", formats, want, err)
		}
	}
}

func TestErrorNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	log := analysistest.Typical()
	log.Run.Plots = []string{}
	broken := errors.New("no space for a directory")
	if err := WriteAll(dir, func(string) error { return broken }, New(log)); !errors.Is(err, broken) {
		t.Errorf("got error %v, want the error of mkdir", err)
	}
	if left := filesIn(t, dir); !slices.Contains(left, "report.md") {
		t.Errorf("got files %q, want report.md although the directory of the pictures is missing", left)
	}
	// The rename must fail, because there is a directory in place of the file.
	dir = t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "summary.csv", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	err := WriteAll(dir, mkdir, New(log))
	if err == nil || !strings.Contains(err.Error(), "summary.csv") {
		t.Errorf("got error %v, want one that names summary.csv", err)
	}
	for _, name := range filesIn(t, dir) {
		if strings.HasPrefix(filepath.Base(name), ".") {
			t.Errorf("a temporary file is left: %s", name)
		}
	}
}
