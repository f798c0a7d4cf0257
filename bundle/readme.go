package bundle

import (
	"fmt"
	"strings"
	"time"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/internal/markdown"
	"iosweep/internal/oneline"
)

// readme returns README.md: what the bundle is, how to check it, and a command with its time for each claim.
func readme(d *analysis.Data, opt Options, s *Summary) []byte {
	var b strings.Builder
	run := &d.Run
	fmt.Fprintf(&b, "# %s\n\n", markdown.Escape(title(run)))
	fmt.Fprintf(&b, "This archive is the run %s of the experiment %s, with %s of %s. iosweep %s measured it on %s.\n",
		markdown.Code(run.ID), markdown.Code(run.Name), format.Count(len(d.Trials), "trial"), format.Count(len(run.Cells), "cell"), run.Iosweep, format.Moment(run.StartedAt))
	if opt.Redact {
		fmt.Fprintf(&b, "\n%s The experiment may need its paths back before it runs elsewhere.\n", redactedNote)
	}
	fmt.Fprintf(&b, `
## To check it

This runs nothing of the experiment:

%[1]ssh
iosweep verify BUNDLE.zip --head %[2]s
%[1]s

The head stands for all %[3]s of the journal. Compare it with the head that the authors published: a forger can change
the journal and all of this bundle, but gets another head. To compute it without iosweep, begin with 32 zero bytes. For each line of
trials.jsonl, take the SHA-256 of the 32 bytes before and the line without its line end.

## To repeat it

The first command shows every command line and runs nothing. The second one measures all cells on your machine, and gives
a verdict for each figure of the authors.

%[1]ssh
iosweep plan BUNDLE.zip
iosweep reproduce BUNDLE.zip
%[1]s
`, "```", s.Head, format.Count(s.Lines, "line"))
	fmt.Fprint(&b, "\n## The claims\n\nThe time is what the trials of a table took on the machine of the authors.\n\n| claim | command | time |\n| --- | --- | ---: |\n")
	timings := d.Timings()
	names := d.UniqueHeadings()
	for i := range d.Tables {
		g := &d.Tables[i]
		if !g.Measured {
			continue
		}
		claim := "no cell is known to be the best"
		if len(g.Answers) > 0 {
			claim = strings.Join(g.Answers, " ")
		}
		command := "iosweep reproduce BUNDLE.zip"
		if filters := d.FiltersOf(g.Cells); len(d.Tables) > 1 && filters != nil {
			for _, f := range filters {
				command += " --only " + oneline.ForShell(f)
			}
		}
		took := 0.0
		for _, c := range g.Cells {
			took += timings[analysis.KeyOf(c.Cell)].Trial.X * float64(c.Trials+run.Warmup)
		}
		duration := format.Undefined // of the merged run of several machines
		if took > 0 {
			duration = format.Roughly(time.Duration(took * float64(time.Second)))
		}
		fmt.Fprintf(&b, "| %s: %s | %s | %s |\n", markdown.Escape(names[i]), markdown.Escape(claim), markdown.Code(command), duration)
	}
	fmt.Fprint(&b, "\nreport.html and report.md have all tables. iosweep makes them from trials.jsonl alone.\n")
	return []byte(b.String())
}
