//go:build !unix

package runner

import "math"

var systemLimits []systemLimit

// descriptorLimit is not known here.
func descriptorLimit() (limit uint64, ok bool) { return 0, false }

func fileLimit() int64 { return math.MaxInt64 }

// SurviveFileLimit has nothing to do here.
func SurviveFileLimit() {}
