package journal

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenChecksTheJournalThatWasRead(t *testing.T) {
	data := write(t)
	for _, test := range []struct {
		name string
		now  []byte
		want string
	}{
		{"it has grown", append(bytes.Clone(data), data...), "another process is writing it"},
		{"it is shorter", data[:len(data)-10], "shorter than when it was read"},
		{"it is empty", nil, "shorter than when it was read"},
	} {
		path := filepath.Join(t.TempDir(), FileName)
		if err := os.WriteFile(path, test.now, 0o644); err != nil {
			t.Fatal(err)
		}
		log, err := Read(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, log); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, test.now) {
			t.Errorf("%s: it was changed", test.name)
		}
	}
}
