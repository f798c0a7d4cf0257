package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"iosweep/experiments"
	"iosweep/runner/catalogue"
)

func newSchema(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the experiment file, for editors",
		Long: `Schema prints a JSON Schema (draft-07) of the experiment file. Save it in the
directory of your experiments, and name it in their first line:

  # yaml-language-server: $schema=experiment.schema.json`,
		Args: noArgument,
		RunE: func(*cobra.Command, []string) error {
			text, err := experiments.Schema(catalogue.New())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "%s\n", text)
			return err
		},
	}
}
