// Package packaging has the scripts that install iosweep and build a release. release.sh makes archives and
// packages, and stage.sh the files of each. The tests build a release twice and install it.
package packaging
