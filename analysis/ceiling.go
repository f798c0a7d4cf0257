package analysis

import (
	"cmp"
	"fmt"
	"slices"

	"iosweep/experiments"
	"iosweep/internal/format"
	"iosweep/journal"
)

// A Ceiling is a limit of the machine that a cell comes close to.
type Ceiling struct {
	Fraction Value // the rate of the cell / the limit; undefined if no limit applies
	// CI is the interval of the mean time, as rates: the limit has no interval.
	CI   Interval
	Name string // of the limit, such as "sequential reads"
	// Of completes the sentence "it reaches 94% of what ...".
	Of string
}

// A ceilingRule is a limit and the cells that it applies to. No cell that does its work can be faster
// than a limit that applies to it.
type ceilingRule struct {
	name, of string
	ceiling  func(*journal.Ceilings) *float64
	rate     func(*Summary) Value
	applies  func(*journal.Cell) bool
}

const thisDisk = "what this disk can do"

var ceilingRules = []ceilingRule{
	{"sequential reads", thisDisk, func(c *journal.Ceilings) *float64 { return c.SequentialReads }, bytesPerSecond, readsDevice},
	{"reads of 4 KiB", thisDisk, func(c *journal.Ceilings) *float64 { return c.RandomReads }, filesPerSecond, func(c *journal.Cell) bool {
		return readsDevice(c) && c.Bytes > 0 && max(c.Largest, c.Bytes/int64(max(1, c.Files))) <= 4<<10
	}},
	{"creates", "what one directory can do", func(c *journal.Ceilings) *float64 { return c.Creates }, filesPerSecond, createsInOneDirectory},
	{"memory copies", "what this memory can do", func(c *journal.Ceilings) *float64 { return c.MemoryCopy }, bytesPerSecond, readsMemory},
}

func filesPerSecond(s *Summary) Value { return s.FilesPerSecond }
func bytesPerSecond(s *Summary) Value { return s.BytesPerSecond }

// hasLevel reports whether a cell has one of the levels of an axis.
func hasLevel(c *journal.Cell, axis experiments.Axis, levels ...string) bool {
	return slices.Contains(levels, c.Levels[axis.String()])
}

// readsDevice reports whether a cell reads all bytes of its items from the device. Archives are
// smaller than their items, so unzip does not.
func readsDevice(c *journal.Cell) bool {
	return hasLevel(c, experiments.Operation, "read", "copy", "zip") && hasLevel(c, experiments.Cache, experiments.CacheCold, experiments.CacheDirect)
}

// createsInOneDirectory reports whether a cell creates one file for each item, all in one directory.
func createsInOneDirectory(c *journal.Cell) bool {
	return hasLevel(c, experiments.Operation, "write", "copy", "unzip") && hasLevel(c, experiments.Layout, "", experiments.LayoutShared) &&
		c.Directories == 0 && c.Levels[experiments.From.String()] == ""
}

// readsMemory reports whether a cell copies all bytes of its items from the page cache. A program may
// map the files instead.
func readsMemory(c *journal.Cell) bool {
	return hasLevel(c, experiments.Operation, "read") && hasLevel(c, experiments.Cache, experiments.CacheWarm) && c.Command == ""
}

// mostOfCeiling is the highest fraction of a ceiling that applies to a cell. A cell that is faster shows
// that the ceiling does not apply. For example, its files are in a cache of the device.
const mostOfCeiling = 1.1

// ceilingOf returns the limit that a cell comes closest to.
func (d *Data) ceilingOf(s *Summary) (closest Ceiling) {
	measured := d.ceilings(&s.Cell)
	if measured == nil {
		return closest
	}
	for _, rule := range ceilingRules {
		limit, rate := rule.ceiling(measured), rule.rate(s)
		if limit == nil || !rate.OK || !rule.applies(&s.Cell) {
			continue
		}
		if f := rate.X / *limit; f <= mostOfCeiling && f > closest.Fraction.X {
			closest = Ceiling{Fraction: ValueOf(f), Name: rule.name, Of: rule.of}
		}
	}
	if t := s.Seconds; closest.Fraction.OK && t.CI.OK {
		if t.CI.LowOpen {
			closest.CI = Interval{Open: true}
		} else {
			work := closest.Fraction.X * t.Mean.X
			closest.CI = Interval{OK: true, Low: work / t.CI.High, High: work / t.CI.Low}
		}
	}
	return closest
}

// ceilings returns the limits that were measured for the workspace of a cell, or nil. A merged run has
// several machines and no limits.
func (d *Data) ceilings(c *journal.Cell) *journal.Ceilings {
	if len(d.Run.Nodes) > 0 {
		return nil
	}
	workspace := d.workspacePath(c.Levels[experiments.Workspace.String()])
	for i := range d.Run.Ceilings {
		if m := &d.Run.Ceilings[i]; m.Workspace == workspace || len(d.Run.Workspaces) == 1 && m.Workspace == d.Run.Workspaces[0] {
			return m
		}
	}
	return nil
}

const (
	// nearCeiling is the fraction of a limit that a cell "already" reaches.
	nearCeiling = 0.8
	// farFromCeiling is the fraction below which a limit does not explain a table.
	farFromCeiling = 0.5
)

// ceilingSentence says how close a table comes to a limit of the machine. It names the cell with the
// fewest workers that is near a limit or, if none is, the closest cell. It is empty if no limit applies,
// or if all cells are far from theirs.
func (d *Data) ceilingSentence(g *Table) string {
	cells := slices.DeleteFunc(g.contestants(), func(s *Summary) bool { return s.Ceiling.Fraction.X < farFromCeiling })
	if len(cells) == 0 {
		return ""
	}
	closest := slices.MaxFunc(cells, func(a, b *Summary) int { return cmp.Compare(a.Ceiling.Fraction.X, b.Ceiling.Fraction.X) })
	text := fmt.Sprintf("%s comes closest to a limit: it reaches", fullNames(d.Factors, g.Cells)(closest))
	near := slices.DeleteFunc(cells, func(s *Summary) bool { return s.Ceiling.Fraction.X < nearCeiling })
	if len(near) > 0 {
		closest = slices.MinFunc(near, byCost)
		text = fullNames(d.Factors, g.Cells)(closest) + " already reaches"
		if workers := closest.Cell.Levels[experiments.Workers.String()]; workers != "" && workers != "1" {
			text = fmt.Sprintf("%s workers (%s) already reach", workers, closest.Cell.Levels[experiments.Strategy.String()])
		}
	}
	if f := closest.Ceiling.Fraction; f.X >= 1 {
		return fmt.Sprintf("%s %s (%s, %s of the measured limit).", text, closest.Ceiling.Of, closest.Ceiling.Name, format.Percent(f))
	}
	return fmt.Sprintf("%s %s of %s (%s).", text, format.Percent(closest.Ceiling.Fraction), closest.Ceiling.Of, closest.Ceiling.Name)
}
