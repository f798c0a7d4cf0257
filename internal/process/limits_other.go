//go:build !unix

package process

import "math"

var systemLimits []systemLimit

// DescriptorLimit is not known here.
func DescriptorLimit() (limit uint64, ok bool) { return 0, false }

func FileLimit() int64 { return math.MaxInt64 }

// SurviveFileLimit has nothing to do here.
func SurviveFileLimit() {}
