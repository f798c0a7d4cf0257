package operations

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// Prepare puts what an operation needs into site.Input, which exists and is
// empty: the items as files, an archive of them, or victims laid out for the
// trial. It is not timed and uses all processors. For an operation that needs
// nothing it does nothing.
//
// Where the workload is a tree and the operation only reads, Input may be the
// tree itself; then there is nothing to prepare, and Prepare is not to be called.
func Prepare(ctx context.Context, op Operation, site Site) error {
	needs := op.Info().Needs
	if needs == NeedsNothing {
		return nil
	}
	src, err := openSource(site)
	if err != nil {
		return err
	}
	defer src.Close()
	dir, err := openDirectory(site, site.Input)
	if err != nil {
		return err
	}
	defer dir.Close()
	if needs == NeedsArchive {
		return prepareArchive(ctx, site, &src, dir)
	}
	return prepareFiles(ctx, needs.inputSite(site), &src, dir)
}

// prepareFiles makes the directories and the files.
func prepareFiles(ctx context.Context, site Site, src *source, dir dirio.Directory) error {
	if err := makeDirs(site, site.Input); err != nil {
		return err
	}
	items, places := site.Manifest.Len(), places(site)
	slots := make([]Scratch, runtime.GOMAXPROCS(0))
	defer closeAll(slots)
	return workload.ForEach(ctx, items, func(number int) func(int) error {
		s := &slots[number]
		return func(item int) error {
			if err := src.fetch(s, item); err != nil {
				return err
			}
			place := inputPlace(places, item, items)
			return itemError(site.Manifest, item, save(s, dir, place, new(site.Manifest.File(item))))
		}
	})
}

// closeAll closes scratches that have only been read with, or whose files have
// been closed already: there is no error left to lose.
func closeAll(slots []Scratch) {
	for i := range slots {
		slots[i].Close()
	}
}

// save makes the file of the item that the worker's parcel holds.
func save(s *Scratch, dir dirio.Directory, place string, want *workload.File) error {
	out, err := createIn(s, dir, place, want)
	if err != nil {
		return err
	}
	_, err = out.Write(s.staged.Data)
	return errors.Join(err, out.Close())
}

// prepareArchive makes the archive, its entries in the order of the items. Items
// are made and compressed in rounds, a few for each processor, so that the order
// costs neither memory nor a queue.
func prepareArchive(ctx context.Context, site Site, src *source, dir dirio.Directory) error {
	file, err := dir.Create(ArchiveName)
	if err != nil {
		return err
	}
	defer file.Close()
	archive, err := newArchive(file, site.Manifest)
	if err != nil {
		return err
	}
	slots := make([]Scratch, 4*runtime.GOMAXPROCS(0))
	defer closeAll(slots)
	for first := 0; first < site.Manifest.Len(); first += len(slots) {
		round := slots[:min(len(slots), site.Manifest.Len()-first)]
		err := workload.ForEach(ctx, len(round), func(int) func(int) error {
			return func(i int) error {
				s := &round[i]
				if err := src.fetch(s, first+i); err != nil {
					return err
				}
				return deflate(s, &s.staged, archiveLevel)
			}
		})
		if err != nil {
			return err
		}
		for i := range round {
			if err := archive.add(new(site.Manifest.File(first+i)), &round[i].staged); err != nil {
				return err
			}
		}
	}
	if err := archive.close(); err != nil {
		return err
	}
	return file.Close()
}

// bring makes the scratch's parcel hold the content of an item, wherever that
// comes from. It is not timed, so it waits for nothing.
func (c *source) fetch(s *Scratch, item int) error {
	p := &s.staged
	p.Reset(item)
	if err := c.appendContent(s, p); err != nil {
		return err
	}
	if file := c.site.Manifest.File(item); int64(len(p.Data)) != file.Size {
		return fmt.Errorf("item %d %q: the workload makes %d bytes, the manifest has %d; survey it again",
			item, file.Name, len(p.Data), file.Size)
	}
	return nil
}

// fill appends the content to p.Data.
func (c *source) appendContent(s *Scratch, p *StagedItem) error {
	if c.made != nil {
		return c.make(p)
	}
	file := new(c.site.Manifest.File(p.Item))
	err := dirio.WithFile(c.tree, &s.from, file.Name, func(f dirio.File, _ dirio.Status) (err error) {
		p.Data, err = readExactly(f, file, p.Data)
		if crc := crc32.ChecksumIEEE(p.Data); err == nil && crc != file.CRC {
			err = contentError(crc, file.CRC) // it has changed since it was surveyed
		}
		return err
	})
	return itemError(c.site.Manifest, p.Item, err)
}
