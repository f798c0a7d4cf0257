package journal

import (
	"bufio"
	"io"

	"iosweep/internal/durable"
)

// WriteFile replaces the file at path by the journal of a log. A process that reads the old file keeps its
// content. It is for journals that are made from others. A run uses a Writer. After must not decrease in
// Notes. Replaced is ignored.
func WriteFile(path string, log *Log) error {
	return durable.WriteFrom(path, func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 1<<20)
		if err := log.writeTo(b); err != nil {
			return err
		}
		return b.Flush()
	})
}

func (log *Log) writeTo(w io.Writer) error {
	write := func(e Entry) error {
		if err := e.check(); err != nil {
			return err
		}
		line, err := encodeLine(e)
		if err == nil {
			_, err = w.Write(line)
		}
		return err
	}
	if err := write(Entry{Run: &log.Run}); err != nil {
		return err
	}
	notes := log.Notes
	for i := 0; i <= len(log.Trials); i++ {
		for ; len(notes) > 0 && notes[0].After <= i; notes = notes[1:] {
			if err := write(Entry{Note: &notes[0]}); err != nil {
				return err
			}
		}
		if i < len(log.Trials) {
			if err := write(Entry{Trial: &log.Trials[i]}); err != nil {
				return err
			}
		}
	}
	return nil
}
