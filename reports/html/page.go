package html

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"io"
	"strings"

	"iosweep/internal/oneline"
	"iosweep/reports/table"
)

// A Page is everything that report.html shows.
type Page struct {
	Title, Description string
	// Run describes the plan and the number of completed trials, in sentences.
	Run []string
	// Overview answers the questions of a reader, in sentences.
	Overview  []string
	Extremes  *Table     // of the overview; nil if its sentences are enough
	Published *Published // nil if there is no published table
	Tables    []Table
	Effects   *Table // of the axes; nil if no table has two axes
	Scaling   *Table // nil if there is no sweep
	Nodes     *Nodes // nil if the run was measured on one machine
	Pictures  []Picture
	Omitted   int // number of further pictures, which are in files only
	Warnings  []string
	Troubles  *Table // the cells that are not ok; nil if there are none
	// Environment describes the machine and the programs.
	Environment []Fact
	Experiment  []Token
	Next        []Command // the runs that would answer open questions
	Commands    []Command
	Reading     []template.HTML
	Settings    Settings
	Cells       Data
	Trials      Data
}

// A Published is the comparison with a published table.
type Published struct {
	Source   string
	Counts   []string
	Table    Table
	Findings []string
	Reasons  []string
	Pictures []Picture
}

// A Nodes has the nodes of a cluster.
type Nodes struct {
	Table    Table
	Speedups Table // by node; it has no rows if no cell was measured on two nodes
}

// A Table is a table of the page.
type Table struct {
	Heading string
	// Before are sentences at the head, and After are sentences at the foot.
	Before, After []string
	Sheet         table.Sheet
	// Cells has the index of each row in the data of the cells; nil if the rows are no cells.
	Cells []int
	// Links has the index of the table that each row describes; nil if the rows describe no tables.
	Links []int
	// Fixed is set if the order of the rows has a meaning, so that they cannot be sorted.
	Fixed bool
}

// A Picture is an SVG element, which contains its description.
type Picture struct{ Image template.HTML }

// A Fact is a name with a value.
type Fact struct{ Name, Value string }

// A Command is a command line, and what it does.
type Command struct{ Does, Line string }

// Settings tell the scripts about the run.
type Settings struct {
	// X is the axis on the x axis. Axes are the names of the columns of the axes that vary, by
	// axis, in display order.
	X    string   `json:"x"`
	Axes []AxisOf `json:"axes"`
	// Run is the start of the command line that runs a single cell.
	Run string `json:"run"`
	// Programs are the command lines of contenders, by operation and name.
	Programs map[string]string `json:"programs"`
	// Judge is the figure that speed-ups are about; nil: the time.
	Judge *Judge `json:"judge,omitempty"`
}

// A Judge is the figure that speed-ups are about. Trial is its column of trials, and Mean of its means.
type Judge struct {
	Name  string `json:"name"`
	Trial string `json:"trial"`
	Mean  string `json:"mean"`
}

// An AxisOf is the name of an axis, and of its column.
type AxisOf struct {
	Axis   string `json:"axis"`
	Column string `json:"column"`
}

var (
	//go:embed page.html
	pageText string
	//go:embed style.css
	style string
	//go:embed report.js
	reportScript string
	//go:embed explorer.js
	explorerScript string
	//go:embed lib/d3.min.js
	d3Script string
	//go:embed lib/plot.min.js
	plotScript string
	//go:embed lib/LICENCES
	licences string
)

// scripts are the scripts of every page, in the order in which they run.
var scripts = []string{reportScript, d3Script, plotScript, explorerScript}

// policy returns the content security policy: it allows these scripts and inline styles, which
// Observable Plot needs, and no request.
func policy() string {
	var b strings.Builder
	b.WriteString("default-src 'none'; script-src")
	for _, s := range scripts {
		sum := sha256.Sum256([]byte(s))
		b.WriteString(" 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'")
	}
	b.WriteString("; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'")
	return b.String()
}

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"tone": func(t table.Tone) string {
		return [...]string{table.Best: "best", table.Good: "good", table.Doubtful: "doubtful", table.Worse: "worse", table.Bad: "bad"}[t]
	},
}).Parse(pageText))

// Write writes the page. It returns only errors of w.
func Write(w io.Writer, p *Page) error {
	trials, err := compressed(p.Trials.JSON())
	if err != nil {
		return err
	}
	settings, err := json.Marshal(p.Settings)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(oneline.Writer(w), 1<<16)
	err = page.Execute(out, map[string]any{
		"Page": p, "Policy": policy(), "Style": template.CSS(style), "Licences": licences,
		"Settings": template.JS(settings), "Cells": template.JS(p.Cells.JSON()), "Trials": template.HTML(trials),
	})
	if err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	// The scripts do not pass the filter. It would change the invisible characters in Plot, and so its
	// checksum.
	for _, s := range scripts {
		if _, err := io.WriteString(w, "<script>"+s+"</script>\n"); err != nil {
			return err
		}
	}
	_, err = io.WriteString(w, "</body>\n</html>\n")
	return err
}
