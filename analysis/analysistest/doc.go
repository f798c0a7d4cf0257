// Package analysistest has sample journals for the tests of everything that is
// made from a journal: a typical run, a night that went wrong in every way, runs
// that are held against a published table, and a diary to write others with.
//
// Only tests import it.
package analysistest
