//go:build !linux

package strategies

// spin does nothing: see process_spin_linux.go.
func (r *frameReader) spin() {}
