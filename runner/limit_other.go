//go:build !unix

package runner

func explain(err error) error { return err }
