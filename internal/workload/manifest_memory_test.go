package workload

import (
	"bytes"
	"runtime"
	"testing"
)

const many = 100_000

// manyMade is the manifest of many made items of one size.
func manyMade() *Manifest {
	var b manifestBuilder
	for i := range many {
		b.add(&File{Name: itemName(Workload{Content: ContentBytes}, i), Size: 16, CRC: uint32(i) * 2654435761, Mode: madeMode})
	}
	return b.manifest()
}

// allocated is how many bytes a function allocates, and how many of them are
// still in use afterwards, for each of many items. It keeps what f returns.
func allocated[T any](f func() T) (all, held float64) {
	var before, after, settled runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	kept := f()
	runtime.ReadMemStats(&after)
	runtime.GC()
	runtime.ReadMemStats(&settled)
	runtime.KeepAlive(kept)
	runtime.KeepAlive(&f) // what it refers to was there before
	return float64(after.TotalAlloc-before.TotalAlloc) / many, (float64(settled.HeapAlloc) - float64(before.HeapAlloc)) / many
}

// TestManifestInMemory: an item takes its name (14 bytes here), where that ends (4)
// and its checksum (4), beside what blocks of such a size are rounded up to. To read
// it from a file leaves next to nothing behind.
func TestManifestInMemory(t *testing.T) {
	var file bytes.Buffer
	_, err := manyMade().WriteTo(&file)
	must(t, err)
	var m *Manifest
	all, held := allocated(func() *Manifest {
		m, err = ReadManifest(bytes.NewReader(file.Bytes()))
		return m
	})
	must(t, err)
	if held > 25 {
		t.Errorf("an item takes %.1f bytes, expected at most 25", held)
	}
	if all > held+10 {
		t.Errorf("to read an item allocates %.1f bytes, and %.1f of them stay", all, held)
	}
	if told := float64(m.Memory()) / many; told < held-3 || told > held+1 {
		t.Errorf("Memory says %.1f bytes for each item, and it is %.1f", told, held)
	}
	putBack := m.HideChecksums()
	if told := float64(m.Memory()) / many; told > 19 {
		t.Errorf("without checksums an item takes %.1f bytes", told)
	}
	putBack()
}

// TestFileAllocatesNothing, nor does going through all of them, nor to write them.
func TestFileAllocatesNothing(t *testing.T) {
	m := manyMade()
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

// TestNameIndex finds every item in little memory, and nobody else.
func TestNameIndex(t *testing.T) {
	m := manyMade()
	var x NameIndex
	all, held := allocated(func() []uint32 {
		x = IndexNames(m)
		return x.order
	})
	if all > 7 || held > 7 {
		t.Errorf("an item takes %.1f bytes of %.1f allocated, expected at most 7", held, all)
	}
	for want, file := range m.All() {
		if item, ok := x.Item(file.Name); !ok || item != want {
			t.Fatalf("%q is item %d, %v; expected %d", file.Name, item, ok, want)
		}
		if item, ok := x.Item(file.Name + "x"); ok {
			t.Fatalf("%qx is item %d", file.Name, item)
		}
	}
	none := IndexNames(NewManifest())
	if _, ok := none.Item("a"); ok {
		t.Error("an index of nothing knows a name")
	}
}

// TestManifestOfManyBlocks: items on both sides of every seam between blocks are
// as they were added, whether a block's sizes and modes are equal or not.
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
			t.Fatalf("item %d is %+v, expected %+v", i, file, files[i])
		}
		sum += file.Size
	}
	if m.Len() != len(files) || m.Bytes() != sum {
		t.Errorf("%d items of %d bytes, expected %d of %d", m.Len(), m.Bytes(), len(files), sum)
	}
	var file bytes.Buffer
	_, err := m.WriteTo(&file)
	must(t, err)
	back, err := ReadManifest(&file)
	must(t, err)
	for i, file := range back.All() {
		if file != files[i] {
			t.Fatalf("item %d came back as %+v, was %+v", i, file, files[i])
		}
	}
}
