//go:build !linux

package strategies

import (
	"context"
	"errors"
	"fmt"

	"iosweep/internal/ring"
	"iosweep/operations"
)

func whyNoRing() string { return ring.Why(nil) }

func startRings(context.Context, Job, operations.Ringed) (Crew, error) {
	return nil, fmt.Errorf("%s: %w", whyNoRing(), errors.ErrUnsupported)
}
