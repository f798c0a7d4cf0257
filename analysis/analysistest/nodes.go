package analysistest

import (
	"time"

	"iosweep/journal"
)

// Node returns a node of a cluster.
func Node(name string) journal.Node {
	return journal.Node{
		Name: name, Microcode: "0xa0011d1", Usable: "0-7",
		Machine: journal.Machine{
			Host: name, OS: "linux", Kernel: "6.12.0", CPUModel: "AMD EPYC 7543", CPUs: 8, Memory: 64 << 30,
			Filesystem: "ext4", Mount: "rw,relatime", Governor: "performance",
		},
	}
}

// OtherNode returns a node with other hardware, another kernel and a limit.
func OtherNode(name string) journal.Node {
	n := Node(name)
	n.Microcode, n.Usable, n.Quota, n.MemoryLimit = "0x2b000590", "0-3", 3.5, 16<<30
	n.Machine.Kernel, n.Machine.CPUModel, n.Machine.CPUs, n.Machine.Memory = "6.1.0", "Intel Xeon Gold 6430", 4, 32<<30
	return n
}

// Merged returns a run that was merged from the shards of a sweep on the nodes n1 and n2. Both measured
// rounds of the first table. Only n2 measured the second table.
func Merged(n1, n2 journal.Node) *journal.Log {
	const repeats = 10
	slower := 1.0 // threads with 4 workers on n2
	if n1.Machine.CPUModel != n2.Machine.CPUModel {
		slower = 1.6
	}
	threads := Around(2, repeats, 3)
	for i := range threads {
		if i >= repeats/2 {
			threads[i] *= slower
		}
	}
	log := Log(repeats,
		Cell{Levels: "operation=write strategy=sequential", Seconds: Around(8, repeats, 1)},
		Cell{Levels: "operation=write strategy=threads workers=2", Seconds: Around(4, repeats, 2)},
		Cell{Levels: "operation=write strategy=threads workers=4", Seconds: threads},
		Cell{Levels: "operation=append strategy=sequential", Base: 3, Seconds: Around(3, repeats, 4)},
		Cell{Levels: "operation=append strategy=threads workers=4 sink=locked", Base: 3, Seconds: Around(1.5, repeats, 5)},
	)
	log.Run.Nodes = []journal.Node{n1, n2}
	log.Run.Machine = n1.Machine
	log.Run.Plots = []string{"speedup", "time", "trials", "order"}
	for i := range log.Trials {
		t := &log.Trials[i]
		t.Node = n2.Name
		start := 2 * time.Hour
		switch {
		case t.Cell <= 2 && t.Round <= repeats/2:
			t.Node, start = n1.Name, 0
		case t.Cell <= 2:
			start = -10 * time.Minute // n2 began its part before n1 ended
		}
		t.StartedAt = t.StartedAt.Add(start)
	}
	log.Notes = []journal.Note{{At: StartTime.Add(6 * time.Hour), Kind: journal.NoteFinished, Text: "50 trials of 3 shards, from 2 nodes", After: len(log.Trials)}}
	return log
}
