package operations

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime"

	"iosweep/internal/dirio"
	"iosweep/internal/oneline"
	"iosweep/internal/parallel"
)

// Prepare puts an operation's inputs into site.Input, which must be an empty directory:
// the items as files, an archive of them, or a disposable copy. It is not timed and uses
// all processors. It does nothing for an operation without inputs.
//
// If the workload is a tree and the operation only reads, Input may be the tree itself.
// Prepare must not be called then.
func Prepare(ctx context.Context, op Operation, site Site) error {
	needs := op.Info().Needs
	if needs == NeedsNothing {
		return nil
	}
	site.Block = BlockAuto // trials with different blocks have the same inputs
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
	items, itemDirs := site.Manifest.Len(), itemDirs(site)
	slots := make([]Scratch, runtime.GOMAXPROCS(0))
	defer closeAll(slots)
	return parallel.ForEach(ctx, items, func(number int) func(int) error {
		s := &slots[number]
		return func(item int) error { return save(s, src, dir, inputDir(itemDirs, item, items), item) }
	})
}

// closeAll closes scratches that were used only for reading, or whose files are closed
// already. Closing them cannot lose data, so their errors are ignored.
func closeAll(slots []Scratch) {
	for i := range slots {
		slots[i].Close()
	}
}

// save makes the file of an item. It loads and writes the item block by block.
func save(s *Scratch, src *source, dir dirio.Directory, itemDir string, item int) (err error) {
	out, err := createIn(s, dir, itemDir, new(src.site.Manifest.File(item)))
	if err != nil {
		return itemError(src.site.Manifest, item, err)
	}
	_, err = s.staged.Blocks(item, func() (Result, error) {
		if err := src.fetch(s, &s.staged); err != nil {
			return Result{}, err
		}
		_, err := out.Write(s.staged.Data)
		return Result{}, itemError(src.site.Manifest, item, err)
	})
	return errors.Join(err, out.Close())
}

// prepareArchive makes the archive, with the entries in the order of the items. It
// generates and compresses a few blocks for each processor, and then writes them. So it
// needs little memory and no queue. Small items are generated in parallel, and the blocks of
// a large one in order.
func prepareArchive(ctx context.Context, site Site, src *source, dir dirio.Directory) error {
	file, err := dir.Create(ArchiveName)
	if err != nil {
		return err
	}
	defer file.Close()
	archive, err := newArchive(file, site.Manifest, archiveLevel, site.Block)
	if err != nil {
		return err
	}
	slots := make([]Scratch, 4*runtime.GOMAXPROCS(0))
	defer closeAll(slots)
	loader := make([]Scratch, 1)
	defer closeAll(loader)
	blocks := blockCursor{site: site}
	var last zipWorker
	for {
		group := slots[:0]
		for len(group) < cap(slots) && blocks.next(&slots[len(group)].staged) {
			group = slots[:len(group)+1]
			p := &slots[len(group)-1].staged
			if p.isWhole() {
				continue // it is fetched below
			}
			if err := src.fetch(&loader[0], p); err != nil {
				return err
			}
			if p.Offset == 0 {
				last.tail = nil
			}
			last.follow(p)
		}
		if len(group) == 0 {
			break
		}
		err := parallel.ForEach(ctx, len(group), func(int) func(int) error {
			return func(i int) error {
				s := &group[i]
				if s.staged.isWhole() {
					if err := src.fetch(s, &s.staged); err != nil {
						return err
					}
				}
				return deflate(s, &s.staged, archiveLevel)
			}
		})
		if err != nil {
			return err
		}
		for i := range group {
			p := &group[i].staged
			if err := archive.add(new(site.Manifest.File(p.Item)), p); err != nil {
				return itemError(site.Manifest, p.Item, err)
			}
		}
	}
	if err := archive.close(); err != nil {
		return err
	}
	return file.Close()
}

// A blockCursor goes through the blocks of all items, in order.
type blockCursor struct {
	site   Site
	item   int
	offset int64
}

// next prepares p for the next block. It returns false after the last one.
func (c *blockCursor) next(p *StagedItem) bool {
	if c.item == c.site.Manifest.Len() {
		return false
	}
	p.Resume(c.item, c.offset)
	p.cut(c.site.Manifest.File(c.item).Size, c.site.Block)
	if c.offset = p.End(); p.Last {
		c.item, c.offset = c.item+1, 0
	}
	return true
}

// fetch loads the content of a block from any source. It is not timed, so it does not wait for the
// delay of an item. The blocks of an item are fetched in order, with one scratch.
func (c *source) fetch(s *Scratch, p *StagedItem) error {
	if err := c.checkKind(s, p); err != nil {
		return err
	}
	if err := c.load(s, p); err != nil {
		return err
	}
	if err := c.generate(p); err != nil {
		return err
	}
	file := c.site.Manifest.File(p.Item)
	if size := int64(len(p.Data)); size != p.Size {
		return fmt.Errorf("item %d %s: the workload makes %d bytes, but the manifest has %d; survey the workload again",
			p.Item, oneline.Quoted(file.Name), p.Offset+size, file.Size)
	}
	if p.Offset == 0 {
		s.loading.crc = 0
	}
	s.loading.crc = crc32.Update(s.loading.crc, crc32.IEEETable, p.Data)
	if p.Last && s.loading.crc != file.CRC {
		return itemError(c.site.Manifest, p.Item, contentError(s.loading.crc, file.CRC)) // it has changed since the survey
	}
	return nil
}

// checkKind returns an error if something else has replaced the item's file in the tree. A trial
// does not spend time on this.
func (c *source) checkKind(s *Scratch, p *StagedItem) error {
	if c.content != nil || p.Offset > 0 {
		return nil
	}
	name := c.site.Manifest.Name(p.Item)
	err := dirio.WithFile(c.tree, &s.from, name, func(dirio.File, dirio.Status) error { return nil })
	return itemError(c.site.Manifest, p.Item, err)
}
