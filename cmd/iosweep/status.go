package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"iosweep/analysis"
	"iosweep/cluster"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
	"iosweep/internal/units"
	"iosweep/journal"
)

func newStatus(s streams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "status DIR",
		Short: "Show the shards of a sweep: done, running, waiting or failed, by node",
		Long: `Status shows how far a sweep is, from the files in its directory. If Slurm answers, its
states are beside them. A shard is done if its file .done is there: the state COMPLETED
of Slurm does not mean that.

A shard that is stopped was asked to end, for example by its time limit, and has to be
submitted again, as one that failed.`,
		Example: `  iosweep status /shared/night`,
		Args:    exactlyOne("DIR", sweepArg),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			sweep, err := cluster.Open(args[0])
			if err != nil {
				return err
			}
			st, err := sweep.Status(cmd.Context())
			if err != nil {
				return err
			}
			if format == "json" {
				return writeStatusJSON(s.out, sweep, st)
			}
			writeStatus(s.out, sweep, st, oneline.ForShell(args[0]))
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", formatUsage)
	return cmd
}

// fewBytes is the free space below which the directory of a sweep is nearly full.
const fewBytes = 16 << 20

func writeStatus(w io.Writer, sweep *cluster.Sweep, st *cluster.Status, dir string) {
	counts := st.Counts()
	var parts []string
	for _, state := range []string{cluster.ShardDone, cluster.ShardRunning, cluster.ShardWaiting, cluster.ShardStopped, cluster.ShardFailed} {
		if n := counts[state]; n > 0 || state == cluster.ShardDone {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	fmt.Fprintf(w, "%s: %s: %s\n", sweep.Run.Name, units.Count(len(st.Shards), "shard"), strings.Join(parts, ", "))
	trials, of := 0, 0
	for i := range st.Shards {
		trials += st.Shards[i].Trials
		of += st.Shards[i].Of
	}
	most := ""
	if sweep.Run.Adaptive != nil {
		most = "at most "
	}
	fmt.Fprintf(w, "%d of %s%s", trials, most, units.Count(of, "trial"))
	if st.Left > 0 {
		fmt.Fprintf(w, ", about %s left with %s at once", format.Roughly(st.Left), units.Count(counts[cluster.ShardRunning], "shard"))
	}
	fmt.Fprintln(w)
	if st.Free >= 0 && st.Free < fewBytes {
		fmt.Fprintf(w, "warning: the file system of %s has only %s free: attempts end when it is full\n", dir, units.Size(st.Free))
	}
	if st.Slurm != nil {
		fmt.Fprintf(w, "Slurm does not answer, so this is from the files alone: %s\n", oneline.Of(st.Slurm.Error()))
	}
	if len(st.Nodes) > 0 {
		rows := [][]string{{"node", "done", "running", "stopped", "failed"}}
		for _, n := range st.Nodes {
			rows = append(rows, []string{oneline.Of(n.Node), strconv.Itoa(n.Done), strconv.Itoa(n.Running), strconv.Itoa(n.Stopped), strconv.Itoa(n.Failed)})
		}
		fmt.Fprintln(w)
		for _, line := range align("lrrrr", rows) {
			fmt.Fprintln(w, line)
		}
	}
	fmt.Fprintln(w)
	hidden, again := writeShards(w, st, tablesOf(sweep))
	if hidden > 0 {
		fmt.Fprintf(w, "and %s done or waiting\n", units.Count(hidden, "shard"))
	}
	if counts[cluster.ShardStopped]+counts[cluster.ShardFailed] > 0 {
		fmt.Fprintf(w, "\nthe output of each job: %s\n", filepath.Join(dir, "shards", "SHARD", "*.out"))
	}
	switch {
	case counts[cluster.ShardDone] == len(st.Shards):
		fmt.Fprintf(w, "\nto make the reports: iosweep merge %s\n", dir)
	case again && !st.Submitted:
		fmt.Fprintf(w, "\nto submit the shards that are not done to Slurm: iosweep submit %[1]s\nto print them for another launcher: iosweep submit %[1]s --print\n", dir)
	case again:
		fmt.Fprintf(w, "\nto submit the shards that are neither done nor queued: iosweep submit %s\n", dir)
	}
}

// writeShards writes a line for each shard, and its note. In a large sweep it leaves out shards that are done or
// waiting, and returns their number. again reports whether a shard has to be submitted.
func writeShards(w io.Writer, st *cluster.Status, tables []string) (hidden int, again bool) {
	const most = 50
	rows, notes := [][]string{{"shard", "table", "state", "node", "trials", "attempts", ""}}, []string{""}
	for i := range st.Shards {
		shard := &st.Shards[i]
		again = again || shard.State == cluster.ShardStopped || shard.State == cluster.ShardFailed || shard.State == cluster.ShardWaiting && shard.Slurm == ""
		if len(st.Shards) > most && (shard.State == cluster.ShardDone || shard.State == cluster.ShardWaiting) {
			hidden++
			continue
		}
		node := oneline.Of(shard.Node)
		if shard.State == cluster.ShardWaiting {
			node = "" // the node of the latest attempt may not be the next one
		}
		rows = append(rows, []string{
			strconv.Itoa(shard.Shard), tables[i], shard.State, node, fmt.Sprintf("%d/%d", shard.Trials, shard.Of),
			strconv.Itoa(shard.Attempts), shard.Slurm,
		})
		notes = append(notes, shard.Note)
		if shard.Slurm != "" {
			rows[0][6] = "Slurm"
		}
	}
	for i, line := range align("rlllrrl", rows) {
		fmt.Fprintln(w, line)
		if notes[i] != "" {
			fmt.Fprintf(w, "       %s\n", oneline.Of(notes[i]))
		}
	}
	return hidden, again
}

// tablesOf returns what each shard measures: the heading of its table in the reports. A shard that has only
// some of the rounds names them.
func tablesOf(sweep *cluster.Sweep) []string {
	heading := make([]string, len(sweep.Run.Cells)) // by cell
	for _, g := range analysis.New(&journal.Log{Run: sweep.Run}).Tables {
		for _, c := range g.Cells {
			heading[c.Index] = g.Heading
		}
	}
	list := make([]string, len(sweep.Shards))
	for n, shard := range sweep.Shards {
		var all []string
		rounds := 0
		for _, cell := range shard.Cells {
			rounds = max(rounds, sweep.Run.RepeatsOf(&sweep.Run.Cells[cell]))
			if !slices.Contains(all, heading[cell]) {
				all = append(all, heading[cell])
			}
		}
		list[n] = oneline.Of(all[0])
		if len(all) > 1 {
			list[n] += fmt.Sprintf(" and %d more", len(all)-1)
		}
		if shard.First > 1 || shard.Last < rounds {
			list[n] += fmt.Sprintf(", rounds %d-%d", shard.First, shard.Last)
		}
	}
	return list
}

// align returns the rows as lines whose columns are as wide as their longest texts. columns has l (left) or r
// (right) for each column.
func align(columns string, rows [][]string) []string {
	widths := make([]int, len(columns))
	for _, row := range rows {
		for i, text := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	lines := make([]string, len(rows))
	for n, row := range rows {
		var line strings.Builder
		for i, text := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			width := widths[i]
			if columns[i] == 'l' {
				width = -width
			}
			fmt.Fprintf(&line, "%*s", width, text)
		}
		lines[n] = strings.TrimRight(line.String(), " ")
	}
	return lines
}

// writeStatusJSON writes a status as JSON. Durations are seconds.
func writeStatusJSON(w io.Writer, sweep *cluster.Sweep, st *cluster.Status) error {
	type shard struct {
		Shard    int     `json:"shard"`
		Table    string  `json:"table"`
		State    string  `json:"state"`
		Node     string  `json:"node,omitempty"`
		Trials   int     `json:"trials"`
		Of       int     `json:"of"`
		Attempts int     `json:"attempts"`
		Left     float64 `json:"left_seconds,omitempty"`
		Slurm    string  `json:"slurm,omitempty"`
		Note     string  `json:"note,omitempty"`
	}
	content := struct {
		Counts map[string]int `json:"counts"`
		Left   float64        `json:"left_seconds,omitempty"`
		Shards []shard        `json:"shards"`
	}{Counts: st.Counts(), Left: st.Left.Seconds()}
	tables := tablesOf(sweep)
	for i, x := range st.Shards {
		content.Shards = append(content.Shards, shard{x.Shard, tables[i], x.State, x.Node, x.Trials, x.Of, x.Attempts, x.Left.Round(time.Millisecond).Seconds(), x.Slurm, x.Note})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(content)
}
