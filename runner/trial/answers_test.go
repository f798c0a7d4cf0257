package trial

import (
	"testing"

	"iosweep/internal/workload"
)

func TestAnswersAreHiddenUntilTheyAreRevealed(t *testing.T) {
	m := workload.NewManifest(workload.File{Name: "a", Size: 1, CRC: 17}, workload.File{Name: "b", CRC: 4})
	reveal := hideAnswers(m)
	for _, f := range m.All() {
		if f.CRC != 0 {
			t.Errorf("%s still has its checksum", f.Name)
		}
	}
	if m.File(0).Size != 1 || m.File(0).Name != "a" {
		t.Errorf("more than the checksum is gone: %+v", m.File(0))
	}
	reveal()
	if m.File(0).CRC != 17 || m.File(1).CRC != 4 {
		t.Errorf("revealed: %+v, %+v", m.File(0), m.File(1))
	}
}
