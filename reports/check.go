package reports

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"iosweep/internal/format"
	"iosweep/internal/lazyregexp"
	"iosweep/internal/regular"
)

// Check compares the reports and pictures in a results directory with the journal. It returns the number
// of files that it found, and a sentence for each difference. It writes nothing. A file that does not
// exist is no difference, because all of them can be made again.
func Check(dir string, d *Content) (found int, differences []string, err error) {
	files, err := Files(d)
	if err != nil {
		return 0, nil, err
	}
	expected := map[string]bool{}
	for _, f := range files {
		expected[f.Name] = true
		data, err := regular.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Name)), maxReport)
		switch {
		case os.IsNotExist(err):
		case err != nil:
			differences = append(differences, f.Name+" cannot be read: "+reasonOf(err))
		default:
			if where := Difference(f, data); where != "" {
				differences = append(differences, f.Name+" differs"+where)
			}
		}
	}
	present := reportsIn(dir)
	for _, name := range present {
		if !expected[name] {
			differences = append(differences, name+" is not a report of this journal: remove it")
		}
	}
	return len(present), differences, nil
}

// maxReport is the largest number of bytes of a file that Check reads.
const maxReport = 1 << 30

// reasonOf returns the text of an error without the path.
func reasonOf(err error) string {
	if e, ok := err.(*fs.PathError); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// reportsIn lists the files of a results directory that have the name of a report or picture.
func reportsIn(dir string) (names []string) {
	for _, r := range All {
		if _, err := os.Lstat(filepath.Join(dir, r.Name)); err == nil {
			names = append(names, r.Name)
		}
	}
	pictures, _ := os.ReadDir(filepath.Join(dir, plotsDir)) // a missing directory has no pictures
	for _, p := range pictures {
		if slices.Contains([]string{".png", ".svg", ".pdf"}, filepath.Ext(p.Name())) {
			names = append(names, plotsDir+"/"+p.Name())
		}
	}
	return names
}

// Difference describes the place where a file differs from the expected one. It is empty if they are equal, or differ
// only in the last digits of figures.
func Difference(want File, found []byte) string {
	if bytes.Equal(want.Data, found) {
		return ""
	}
	if !slices.Contains([]string{".csv", ".md", ".html", ".svg"}, filepath.Ext(want.Name)) {
		return fmt.Sprintf(": it has %d bytes, and the journal gives %d others", len(found), len(want.Data))
	}
	a, b := strings.Split(string(want.Data), "\n"), strings.Split(string(found), "\n")
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || !sameFigures(a[i], b[i]) {
			return fmt.Sprintf(" in line %d", i+1)
		}
	}
	return ""
}

// ColumnDifference describes the first difference between two CSV files in the columns that both have. It is empty if
// there is none, apart from the last digits of figures. Each version of iosweep has all columns of the versions before.
func ColumnDifference(want, found []byte) string {
	a, err := csv.NewReader(bytes.NewReader(want)).ReadAll()
	b, otherErr := csv.NewReader(bytes.NewReader(found)).ReadAll()
	switch {
	case err != nil || otherErr != nil || len(a) == 0 || len(b) == 0:
		return ": it is not CSV"
	case len(a) != len(b):
		return fmt.Sprintf(": it has %s, and the journal gives %d", format.Count(len(b)-1, "row"), len(a)-1)
	}
	lacks := func(columns, others []string) string {
		for _, c := range others {
			if !slices.Contains(columns, c) {
				return c
			}
		}
		return ""
	}
	if missing := lacks(b[0], a[0]); missing != "" && lacks(a[0], b[0]) != "" {
		return fmt.Sprintf(": it has no column %s, but columns of a later version", missing)
	}
	for i, column := range a[0] {
		k := slices.Index(b[0], column)
		for row := 1; row < len(a) && k >= 0; row++ {
			if !sameFigures(a[row][i], b[row][k]) {
				return fmt.Sprintf(" in column %s of line %d", column, row+1)
			}
		}
	}
	return ""
}

var figure = lazyregexp.New(`[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?`)

// sameFigures reports whether two lines differ only in the last digits of figures. Another processor
// may compute them differently.
func sameFigures(a, b string) bool {
	if a == b {
		return true
	}
	if figure().ReplaceAllString(a, "0") != figure().ReplaceAllString(b, "0") {
		return false
	}
	others := figure().FindAllString(b, -1)
	for i, text := range figure().FindAllString(a, -1) {
		x, _ := strconv.ParseFloat(text, 64)
		y, _ := strconv.ParseFloat(others[i], 64)
		if whole := !strings.ContainsAny(text, ".eE"); text != others[i] && (whole || math.Abs(x-y) > 1e-9*math.Abs(x)) {
			return false
		}
	}
	return true
}
