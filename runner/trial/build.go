package trial

import (
	"context"
	"fmt"
	"time"

	"iosweep/journal"
)

// runBuild runs a program that makes the source of a contender. The measurement has nothing but the
// time, of which no statistics are made.
func (spec *Spec) runBuild(ctx context.Context) (*journal.Measurement, error) {
	begun := time.Now()
	ran := runProgram(ctx, spec.Build)
	ran.endReading()
	took := time.Since(begun).Seconds()
	m := &journal.Measurement{Seconds: took, Work: took}
	if ran.err != nil {
		return m, fmt.Errorf("%s: %w%s", spec.Build.Name, ran.err, ran.stderr.quoted())
	}
	return m, nil
}
