package runner

import (
	"testing"

	"iosweep/operations"
)

func TestAnswersAreHiddenUntilTheyAreRevealed(t *testing.T) {
	m := &operations.Manifest{Files: []operations.File{{Name: "a", Size: 1, CRC: 17}, {Name: "b", CRC: 4}}}
	reveal := hideAnswers(m)
	for _, f := range m.Files {
		if f.CRC != 0 {
			t.Errorf("%s still has its checksum", f.Name)
		}
	}
	if m.Files[0].Size != 1 || m.Files[0].Name != "a" {
		t.Errorf("more than the checksum is gone: %+v", m.Files[0])
	}
	reveal()
	if m.Files[0].CRC != 17 || m.Files[1].CRC != 4 {
		t.Errorf("revealed: %+v", m.Files)
	}
}
