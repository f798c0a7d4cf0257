package trial

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/journal"
)

func TestMetrics(t *testing.T) {
	const rate = `written (\S+) MB/s`
	many := strings.Repeat("written 7 MB/s\n", 3*matchesAtOnce)
	tests := []struct {
		name, pattern, output string
		judged                bool
		want                  float64
		err                   []string // what the error contains
	}{
		{name: "one match", pattern: rate, output: "written 12.5 MB/s\n", want: 12.5},
		{name: "the last match", pattern: rate, output: "written 1 MB/s\nwritten 2 MB/s\rwritten 3 MB/s", want: 3},
		{name: "exponent", pattern: rate, output: "written +1.5e-3 MB/s", want: 0.0015},
		{name: "negative", pattern: rate, output: "written -3 MB/s", want: -3},
		{name: "zero", pattern: rate, output: "written 0 MB/s", want: 0},
		{name: "lines", pattern: `^total (\d+)$`, output: "total 1\nsub total 2\ntotal 3 of 4\n", want: 1},
		{name: "two lines", pattern: `rate:\n *(\d+)`, output: "rate:\n  5\nrate:\n  6\n", want: 6},
		{name: "many matches", pattern: rate, output: many + "written 8 MB/s\n", want: 8},
		{name: "many matches on a line", pattern: `\b(\d)\b`, output: strings.Repeat("1 ", 3*matchesAtOnce) + "2", want: 2},
		{name: "many matches at the beginnings of lines", pattern: `^(\d)`, output: strings.Repeat("1 2\n", 3*matchesAtOnce) + " 3", want: 1},
		{name: "missing", pattern: rate, output: "reading\nread 12 MB/s\n\n", err: []string{`the metric "rate" is missing`, `its pattern is "written (\\S+) MB/s"`, `the last line of its stdout is "read 12 MB/s"`}},
		{name: "no output", pattern: rate, err: []string{"is missing", "its stdout is empty"}},
		{name: "word", pattern: rate, output: "written fast MB/s", err: []string{`is "fast", which is not a number`}},
		{name: "separator", pattern: rate, output: "written 1,234 MB/s", err: []string{`is "1,234", which is not a number`}},
		{name: "hexadecimal", pattern: rate, output: "written 0x1p-2 MB/s", err: []string{`is "0x1p-2", which is not a number`}},
		{name: "NaN", pattern: rate, output: "written nan MB/s", err: []string{`is "nan", which is not finite`}},
		{name: "infinite", pattern: rate, output: "written -Inf MB/s", err: []string{`is "-Inf", which is not finite`}},
		{name: "too large", pattern: rate, output: "written 1e999 MB/s", err: []string{`is "1e999", which is not finite`}},
		{name: "optional group", pattern: `done(?: in (\d+) s)?`, output: "done in 3 s\ndone\n", err: []string{`is "", which is not a number`}},
		{name: "judged zero", pattern: rate, output: "written 0.0 MB/s", judged: true, err: []string{"is 0, but a judged metric must be above 0"}},
		{name: "judged negative", pattern: rate, output: "written -3 MB/s", judged: true, err: []string{"is -3, but a judged metric must be above 0"}},
		{name: "long", pattern: rate, output: strings.Repeat("x", maxSearched/2) + "\nlast kept\n" + strings.Repeat("y", maxSearched/2) + "written 3 MB/s", err: []string{"is missing", `the last line of the first 16.0 MiB of its stdout (the rest is not searched) is "last kept"`}},
	}
	for _, test := range tests {
		for _, stream := range []string{"stdout", "stderr"} {
			t.Run(test.name+" "+stream, func(t *testing.T) {
				ran := &programRun{stdout: outputHead{max: maxSearched}, errors: outputHead{max: maxSearched}}
				m, head := journal.Metric{Name: "rate", Stdout: test.pattern}, &ran.stdout
				if stream == "stderr" {
					m, head = journal.Metric{Name: "rate", Stderr: test.pattern}, &ran.errors
				}
				if _, err := io.WriteString(head, test.output); err != nil {
					t.Fatal(err)
				}
				c := &Command{Metrics: []journal.Metric{m}}
				if test.judged {
					c.Judge = "rate"
				}
				got, err := c.metrics(ran)
				if test.err == nil {
					if diff := cmp.Diff(map[string]float64{"rate": test.want}, got); diff != "" || err != nil {
						t.Errorf("(-want +got):\n%s%v", diff, err)
					}
					return
				}
				for _, text := range test.err {
					if text = strings.ReplaceAll(text, "stdout", stream); !strings.Contains(fmt.Sprint(err), text) {
						t.Errorf("the error has no %q: %v", text, err)
					}
				}
			})
		}
	}
}
