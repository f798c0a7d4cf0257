package workload

import (
	"bytes"
	"runtime"
	"testing"
)

const many = 100_000

// generatedManifest returns a manifest of many generated items of one size.
func generatedManifest() *Manifest {
	var b manifestBuilder
	for i := range many {
		b.add(&File{Name: itemName(Workload{Content: ContentBytes}, i), Size: 16, CRC: uint32(i) * 2654435761, Mode: generatedMode})
	}
	return b.manifest()
}

// allocated returns the bytes that f allocates per item, and how many of them are still in use
// after a collection. It keeps the result of f.
func allocated[T any](f func() T) (all, kept float64) {
	var before, after, settled runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	result := f()
	runtime.ReadMemStats(&after)
	runtime.GC()
	runtime.ReadMemStats(&settled)
	runtime.KeepAlive(result)
	runtime.KeepAlive(&f) // its variables existed before
	return float64(after.TotalAlloc-before.TotalAlloc) / many, (float64(settled.HeapAlloc) - float64(before.HeapAlloc)) / many
}

// TestManifestInMemory: an item uses the bytes of its name (14 here), of the name's end (4)
// and of its checksum (4), plus the rounding of allocations. Reading it from a file must leave
// almost no garbage.
func TestManifestInMemory(t *testing.T) {
	var file bytes.Buffer
	_, err := generatedManifest().WriteTo(&file)
	must(t, err)
	var m *Manifest
	all, kept := allocated(func() *Manifest {
		m, err = ReadManifest(bytes.NewReader(file.Bytes()))
		return m
	})
	must(t, err)
	if kept > 25 {
		t.Errorf("got %.1f bytes per item, want at most 25", kept)
	}
	if all > kept+10 {
		t.Errorf("reading an item allocates %.1f bytes, and only %.1f of them stay in use", all, kept)
	}
	if reported := float64(m.Memory()) / many; reported < kept-3 || reported > kept+1 {
		t.Errorf("Memory returned %.1f bytes per item, want about %.1f", reported, kept)
	}
	restore := m.HideChecksums()
	if reported := float64(m.Memory()) / many; reported > 19 {
		t.Errorf("without checksums: got %.1f bytes per item, want at most 19", reported)
	}
	restore()
}

// TestFileAllocatesNothing also covers iterating over all items.
func TestFileAllocatesNothing(t *testing.T) {
	m := generatedManifest()
	item, bytes := 0, int64(0)
	if n := testing.AllocsPerRun(1000, func() {
		file := m.File(item)
		bytes += file.Size + int64(len(file.Name))
		item += 97
	}); n != 0 {
		t.Errorf("File allocates %v times", n)
	}
	if n := testing.AllocsPerRun(1, func() {
		for _, file := range m.All() {
			bytes += file.Size + int64(len(file.Name))
		}
	}); n != 0 {
		t.Errorf("All allocates %v times", n)
	}
}

// TestNameIndex finds every item, and no others, with little memory.
func TestNameIndex(t *testing.T) {
	m := generatedManifest()
	var x NameIndex
	all, kept := allocated(func() []uint32 {
		x = IndexNames(m)
		return x.order
	})
	if all > 7 || kept > 7 {
		t.Errorf("an item keeps %.1f of %.1f allocated bytes, want at most 7", kept, all)
	}
	for want, file := range m.All() {
		if item, ok := x.Item(file.Name); !ok || item != want {
			t.Fatalf("%q is item %d, %v; want %d", file.Name, item, ok, want)
		}
		if item, ok := x.Item(file.Name + "x"); ok {
			t.Fatalf("%qx is item %d", file.Name, item)
		}
	}
	none := IndexNames(NewManifest())
	if _, ok := none.Item("a"); ok {
		t.Error("an empty index found a name")
	}
}

// TestManifestOfManyBlocks checks items on both sides of every block boundary, in blocks with
// equal and with different sizes and modes.
func TestManifestOfManyBlocks(t *testing.T) {
	var files []File
	for i := range 3*blockItems + 5 {
		file := File{Name: itemName(published, i), Size: 7, CRC: uint32(i), Mode: 0o600}
		if i >= blockItems && i < 2*blockItems {
			file.Size, file.Mode = int64(i)<<32, 0o640
		}
		if i == 2*blockItems+17 {
			file.Mode = 0o755
		}
		files = append(files, file)
	}
	m, sum := NewManifest(files...), int64(0)
	for i, file := range m.All() {
		if file != files[i] {
			t.Fatalf("item %d is %+v, want %+v", i, file, files[i])
		}
		sum += file.Size
	}
	if m.Len() != len(files) || m.Bytes() != sum {
		t.Errorf("got %d items of %d bytes, want %d of %d", m.Len(), m.Bytes(), len(files), sum)
	}
	var file bytes.Buffer
	_, err := m.WriteTo(&file)
	must(t, err)
	back, err := ReadManifest(&file)
	must(t, err)
	for i, file := range back.All() {
		if file != files[i] {
			t.Fatalf("item %d: read %+v, want %+v", i, file, files[i])
		}
	}
}
