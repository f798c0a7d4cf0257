// Package journal reads and writes the durable record of a run: the file trials.jsonl.
// Every report is made from this file alone.
//
// A journal is a file of lines. The first line contains the Run: the plan and the
// machine. Every further line contains one Trial that ended, successfully or not, or one
// Note. Lines are only appended, and each line is synced before the next trial starts. A
// resumed run continues in the same journal. If its plan has changed, another Run
// precedes the first trial of the new plan.
//
// A line is a JSON object of a fixed form,
//
//	{"length":187,"crc32c":"9f0e3a51","entry":{...}}
//
// where length is the number of bytes of the entry's value as written, and crc32c is
// their checksum. So a reader can tell a torn tail from a damaged middle, and any JSON
// tool can still read the file.
//
// To write:
//
//  1. Lock keeps other processes out of the results directory.
//  2. Create makes a new journal. Open continues a journal that was read, after it has
//     cut off a torn end.
//  3. Writer.Append checks an Entry, frames it as a line, writes it and syncs it.
//     Space for further entries is reserved ahead, so that the event of a full disk can
//     still be recorded.
//  4. Writer.Check reports changes that other processes made to the file.
//
// To read:
//
//  1. ReadDir and ReadFile read line by line (lines) and remove the frame of each line
//     (unframe). A last line that a crash has cut off is torn and does not count
//     (torn.go). Git may have converted the line ends. Any other difference from the written
//     form is a *DamageError.
//  2. Each entry is decoded and checked: alone (check.go), and against the entries
//     before it (log.go).
//  3. The Log contains the last Run, all Trials in order, and all Notes.
package journal
