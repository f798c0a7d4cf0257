package operations

import (
	"time"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// A source is where write and append have the content of items from: it is
// made, which is work for the processor, or read from the workload's tree.
type source struct {
	site Site
	made workload.Content // nil for a tree
	tree dirio.Directory  // not open where content is made
}

// openSource opens what the site's workload says.
func openSource(site Site) (source, error) {
	src := source{site: site}
	var err error
	if site.Workload.From != "" {
		src.tree, err = dirio.OpenTree(site.Workload.From)
	} else {
		src.made, err = workload.ContentOf(site.Workload)
	}
	return src, err
}

// load appends the content to p.Data where it comes from a tree.
func (c *source) load(s *Scratch, p *Parcel) (err error) {
	if c.made != nil {
		return nil
	}
	file := new(c.site.Manifest.File(p.Item))
	if p.Data, err = load(s, c.tree, file, p.Data); err != nil {
		return itemError(p.Item, file, err)
	}
	return nil
}

// compute is the timed way to content that is made: it waits for content that
// has to be waited for, and then makes it.
func (c *source) compute(p *Parcel) error {
	if slow, ok := c.made.(workload.Delayed); ok {
		time.Sleep(slow.Delay(p.Item))
	}
	return c.make(p)
}

// make appends the content to p.Data where it is made.
func (c *source) make(p *Parcel) (err error) {
	if c.made == nil {
		return nil
	}
	p.Data, err = c.made.Append(p.Data, p.Item)
	return err
}

// recorded is the content of an item that lies in memory already, not to be
// changed; not ok for all other content.
func (c *source) recorded(item int) (data []byte, ok bool) {
	if made, is := c.made.(workload.Recorded); is {
		return made.Stretch(item)
	}
	return nil, false
}

// Close closes the tree, if there is one.
func (c *source) Close() error {
	if c.made != nil {
		return nil
	}
	return c.tree.Close()
}
