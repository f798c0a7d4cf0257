package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"iosweep/internal/regular"
	"iosweep/reports"
)

// githubFlag adds the flag --github.
func githubFlag(cmd *cobra.Command, github *bool) {
	cmd.Flags().BoolVar(github, "github", false, "in a GitHub workflow: annotate failed and slower cells, and write the summary of the step")
}

// stepSummary is the environment variable with the path of the summary of a step.
const stepSummary = "GITHUB_STEP_SUMMARY"

// tellGitHub prints annotations, and appends a report to the summary of the step. The annotations go
// to standard error, which GitHub reads too, because standard output may be a file of JSON.
func tellGitHub(s streams, list []reports.Annotation, write func(io.Writer) error) error {
	if err := reports.WriteAnnotations(s.err, list); err != nil {
		return err
	}
	path := os.Getenv(stepSummary)
	if path == "" {
		fmt.Fprintln(s.err, "note: --github writes no summary, because "+stepSummary+" is not set")
		return nil
	}
	var report bytes.Buffer
	if err := write(&report); err != nil {
		return err
	}
	if err := appendSummary(path, report.Bytes()); err != nil {
		return unwritten(fmt.Errorf("the summary of the step cannot be written: %w", err))
	}
	return nil
}

// appendSummary appends a text to the summary of a step, to which other commands may write too.
func appendSummary(path string, text []byte) error {
	f, err := regular.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() > 0 {
		text = append([]byte("\n"), text...)
	}
	if _, err := f.Write(reports.CutStepSummary(text, int(max(0, reports.MaxStepSummary-info.Size())))); err != nil {
		return err
	}
	return f.Close()
}
