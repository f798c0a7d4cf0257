//go:build !linux

package workspace

import "errors"

// A Group is a control group, of which there are none here.
type Group struct{}

// NewGroup makes none here.
func NewGroup(string) (*Group, error) { return nil, errors.ErrUnsupported }

// EndGroup has nothing to end here.
func EndGroup(string) {}

// FD is never called.
func (*Group) FD() int { return -1 }

// Kill is never called.
func (*Group) Kill() {}

// Close is never called.
func (*Group) Close() error { return nil }
