// Package analysistest contains sample journals for tests of code that reads journals: a
// typical run, an eventful run, runs with a published table, and a Builder for further
// journals.
//
// Only tests import it.
package analysistest
