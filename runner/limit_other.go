//go:build !unix

package runner

func explain(err error) error { return err }

// descriptorLimit is not known here: there is none to speak of.
func descriptorLimit() (limit uint64, ok bool) { return 0, false }
