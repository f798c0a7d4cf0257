// Package bundle writes a run as one file that a reviewer can check and repeat, and verifies such a file.
//
// A bundle is a ZIP archive and an RO-Crate: unpacked, it is the results directory of the run with two files
// more, README.md for people and ro-crate-metadata.json for programs.
//
// To write:
//
//  1. Write reads the journal of a results directory. With Options.Redact, a redactor replaces what tells the
//     host, the user and the places of files.
//  2. It makes every report again from that journal, and adds the experiment, the descriptions of the plan and
//     of the machine, and the copies of scripts.
//  3. The metadata (crate.go) has the SHA-256 of each file and the head of the chain (chain.go) over the lines
//     of the journal.
//
// To verify:
//
//  1. Open reads an archive that anybody may have made. It refuses entries outside the archive, repeated names
//     and more data than Open allows.
//  2. Verify compares the files with the metadata, the chain with the journal, the experiment and scripts with
//     the journal, and each report with the one that the journal gives.
package bundle
