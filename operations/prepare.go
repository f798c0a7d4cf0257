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
	"iosweep/internal/workload"
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
	large := *src
	large.site.Block = BlockAuto // the blocks of a trial may be as large as its files
	slots := make([]Scratch, runtime.GOMAXPROCS(0))
	defer closeAll(slots)
	return parallel.ForEach(ctx, items, func(number int) func(int) error {
		s := &slots[number]
		return func(item int) error {
			file := new(site.Manifest.File(item))
			itemDir := inputDir(itemDirs, item, items)
			if file.Size > autoBlock {
				return itemError(site.Manifest, item, large.saveBlocks(s, dir, itemDir, file, item))
			}
			if err := src.fetch(s, item); err != nil {
				return err
			}
			return itemError(site.Manifest, item, save(s, dir, itemDir, file))
		}
	})
}

// closeAll closes scratches that were used only for reading, or whose files are closed
// already. Closing them cannot lose data, so their errors are ignored.
func closeAll(slots []Scratch) {
	for i := range slots {
		slots[i].Close()
	}
}

// save writes the content in s.staged to the file of an item.
func save(s *Scratch, dir dirio.Directory, itemDir string, want *workload.File) error {
	out, err := createIn(s, dir, itemDir, want)
	if err != nil {
		return err
	}
	_, err = out.Write(s.staged.Data)
	return errors.Join(err, out.Close())
}

// saveBlocks writes the content of an item to its file, block by block.
func (c *source) saveBlocks(s *Scratch, dir dirio.Directory, itemDir string, want *workload.File, item int) error {
	out, err := createIn(s, dir, itemDir, want)
	if err != nil {
		return err
	}
	var crc uint32
	err = c.eachBlock(s, want, item, func(data []byte) error {
		crc = crc32.Update(crc, crc32.IEEETable, data)
		_, err := out.Write(data)
		return err
	})
	if err == nil && c.content == nil && crc != want.CRC {
		err = contentError(crc, want.CRC) // the file has changed since the survey
	}
	return errors.Join(err, out.Close())
}

// prepareArchive makes the archive, with the entries in the order of the items. It
// generates and compresses a few items for each processor, and then writes them. So it
// needs little memory and no queue.
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
		group := slots[:min(len(slots), site.Manifest.Len()-first)]
		err := parallel.ForEach(ctx, len(group), func(int) func(int) error {
			return func(i int) error {
				s := &group[i]
				if err := src.fetch(s, first+i); err != nil {
					return err
				}
				return deflate(s, &s.staged, archiveLevel)
			}
		})
		if err != nil {
			return err
		}
		for i := range group {
			if err := archive.add(new(site.Manifest.File(first+i)), &group[i].staged); err != nil {
				return err
			}
		}
	}
	if err := archive.close(); err != nil {
		return err
	}
	return file.Close()
}

// fetch loads the content of an item into s.staged from any source. It is not timed, so
// it does not wait for the delay of an item.
func (c *source) fetch(s *Scratch, item int) error {
	p := &s.staged
	p.Reset(item)
	if err := c.appendContent(s, p); err != nil {
		return err
	}
	if file := c.site.Manifest.File(item); int64(len(p.Data)) != file.Size {
		return fmt.Errorf("item %d %s: the workload makes %d bytes, but the manifest has %d; survey the workload again",
			item, oneline.Quoted(file.Name), len(p.Data), file.Size)
	}
	return nil
}

// appendContent appends the content to p.Data.
func (c *source) appendContent(s *Scratch, p *StagedItem) error {
	p.Last = true // fetch takes the whole item as one block
	if c.content != nil {
		return c.generate(p)
	}
	file := new(c.site.Manifest.File(p.Item))
	err := dirio.WithFile(c.tree, &s.from, file.Name, func(f dirio.File, _ dirio.Status) (err error) {
		p.Data, err = readExactly(f, file, p.Data)
		if crc := crc32.ChecksumIEEE(p.Data); err == nil && crc != file.CRC {
			err = contentError(crc, file.CRC) // the file has changed since the survey
		}
		return err
	})
	return itemError(c.site.Manifest, p.Item, err)
}
