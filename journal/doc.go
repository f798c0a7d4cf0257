// Package journal is the durable record of a run: trials.jsonl, the only truth.
// Every report is made from it alone.
//
// A journal is a file of lines. The first line holds the Run: what was planned,
// on which machine. Every further line holds one Trial that ended, well or
// badly, or one Note. Lines are only ever appended, and each is synced before
// the next trial starts. A run that was resumed goes on in the same journal;
// where its plan has grown, a further Run stands before the first trial of it.
//
// A line is a JSON object of a fixed shape,
//
//	{"length":187,"crc32c":"9f0e3a51","entry":{...}}
//
// where length counts the bytes of the entry's value as written and crc32c is
// their checksum, so that a torn tail and a damaged middle can be told apart,
// and any JSON tool can read the file all the same.
//
// To write:
//
//  1. Lock keeps other processes out of the results directory.
//  2. Create makes a new journal. Open goes on with one that was read, and cuts a
//     torn end off first.
//  3. Writer.Append checks an Entry, frames it as a line, writes and syncs it. Room
//     for the next ones is reserved ahead, so that a full disk can still be recorded.
//  4. Writer.Check finds what others did to the file since.
//
// To read:
//
//  1. ReadDir and ReadFile read line by line (lines) and take each line's frame off
//     (unframe). A last line that a crash has cut off is torn and no part of the record
//     (torn.go). All else that is not as it was written is a *DamageError.
//  2. Each entry is decoded and checked: by itself (check.go), and against those before
//     it (log.go).
//  3. The Log has the last Run, all Trials in order, and all Notes.
package journal
