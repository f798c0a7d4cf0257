//go:build !linux

package strategies

import (
	"context"
	"errors"
	"fmt"

	"iosweep/internal/ring"
	"iosweep/operations"
)

func newRingPool(context.Context, Job, operations.Ringed) (Pool, error) {
	return nil, fmt.Errorf("%s: %w", ring.Reason(nil), errors.ErrUnsupported)
}
