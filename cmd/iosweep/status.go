package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"iosweep/cluster"
	"iosweep/internal/oneline"
	"iosweep/internal/units"
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
				return writeStatusJSON(s.out, st)
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
	if st.Left > 0 {
		fmt.Fprintf(w, "about %s left, with %s at once\n", roughly(st.Left), units.Count(counts[cluster.ShardRunning], "shard"))
	}
	if st.Free >= 0 && st.Free < fewBytes {
		fmt.Fprintf(w, "warning: the file system of %s has only %s free: attempts end when it is full\n", dir, units.Size(st.Free))
	}
	if st.Slurm != nil {
		fmt.Fprintf(w, "Slurm does not answer, so this is from the files alone: %s\n", oneline.Of(st.Slurm.Error()))
	}
	if len(st.Nodes) > 0 {
		fmt.Fprintf(w, "\n%-12s %5s %8s %8s %7s\n", "node", "done", "running", "stopped", "failed")
		for _, n := range st.Nodes {
			fmt.Fprintf(w, "%-12s %5d %8d %8d %7d\n", oneline.Of(n.Node), n.Done, n.Running, n.Stopped, n.Failed)
		}
	}
	fmt.Fprintln(w)
	fmt.Fprintf(w, "%5s  %-8s %-12s %9s  %8s  %s\n", "shard", "state", "node", "trials", "attempts", "Slurm")
	const most = 50
	hidden, again := 0, false
	for i := range st.Shards {
		shard := &st.Shards[i]
		again = again || shard.State == cluster.ShardStopped || shard.State == cluster.ShardFailed || shard.State == cluster.ShardWaiting && shard.Slurm == ""
		if len(st.Shards) > most && (shard.State == cluster.ShardDone || shard.State == cluster.ShardWaiting) {
			hidden++
			continue
		}
		line := fmt.Sprintf("%5d  %-8s %-12s %4d/%-4d  %8d  %s", shard.Shard, shard.State, oneline.Of(shard.Node), shard.Trials, shard.Of, shard.Attempts, shard.Slurm)
		fmt.Fprintln(w, strings.TrimRight(line, " "))
		if shard.Note != "" {
			fmt.Fprintf(w, "       %s\n", oneline.Of(shard.Note))
		}
	}
	if hidden > 0 {
		fmt.Fprintf(w, "and %s done or waiting\n", units.Count(hidden, "shard"))
	}
	switch {
	case counts[cluster.ShardDone] == len(st.Shards):
		fmt.Fprintf(w, "\nto make the reports: iosweep merge %s\n", dir)
	case again:
		fmt.Fprintf(w, "\nto submit the others again: iosweep submit %s\n", dir)
	}
}

// writeStatusJSON writes a status as JSON. Durations are seconds.
func writeStatusJSON(w io.Writer, st *cluster.Status) error {
	type shard struct {
		Shard    int     `json:"shard"`
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
	for _, x := range st.Shards {
		content.Shards = append(content.Shards, shard{x.Shard, x.State, x.Node, x.Trials, x.Of, x.Attempts, x.Left.Round(time.Millisecond).Seconds(), x.Slurm, x.Note})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(content)
}
