#!/usr/bin/env python3
"""Compares measured results with the promises of docs/performance.md about the engines.

    promises.py RUN... GO.TXT

RUN is the results directory of a run of the shipped experiment engines, engines-large or
engines-direct, GO.TXT the output of the Go benchmarks of this repository. For each argument it prints a Markdown
table with a line for each promise. make bench creates all arguments first. This script is
not part of iosweep: the promises apply to this repository, and not to a user's machine.
"""

import json
import math
import os
import re
import statistics
import sys

LARGE, SMALL = "239034", "4096"  # bytes: they distinguish the two workloads in every profile
TIME, WORK, STORED = "time", "time once started", "size of the archive"
FIGURES = {
    TIME: lambda m: m["seconds"],
    WORK: lambda m: m["metrics"]["work"] / 1000 if "metrics" in m else m["work_seconds"],  # fio prints its own
    STORED: lambda m: m["output_bytes"],
}


def files(operation, size, strategy, workers="2", **more):
    """Selects cells that work on many files in one directory. A directory for each worker is other work."""
    return dict(operation=operation, content="bytes", size=size, strategy=strategy, workers=workers, layout="shared|", **more)


# The functions below yield each promise of an experiment: the cells that may keep it, the cell that
# they are compared with, the figure, and the bound. A positive bound is the maximum of ours /
# theirs, a negative bound is the minimum of theirs / ours. The character | separates levels. An
# empty level matches a cell that does not use the axis.


def small_files():
    two = "threads|processes"  # compared with a program with two threads
    sizes = [(operation, size) for operation in ("write", "read", "copy", "delete") for size in (LARGE, SMALL)]
    for operation, size in sizes:  # at most 15% above the floor
        yield files(operation, size, two), files(operation, size, "floor-" + operation), TIME, 1.15
    for operation, program, bound in ("read", "cat", 0.4), ("copy", "cp", 0.6), ("delete", "rm", 0.7):
        for size in LARGE, SMALL:
            yield files(operation, size, two), files(operation, size, program, ""), TIME, bound
    archive = dict(operation="zip", strategy=two, workers="2", sink="parallel")
    yield archive, dict(operation="zip", strategy="7z"), TIME, 0.45
    yield archive, dict(operation="zip", strategy="7z"), STORED, 1
    rows = dict(operation="write", content="rows")
    yield dict(rows, strategy=two, workers="2"), dict(rows, strategy="threads", workers="1"), TIME, -1.9
    yield dict(rows, strategy=two, workers="2"), dict(rows, strategy="python"), TIME, -15
    records = dict(operation="append", strategy="threads")
    yield dict(records, sink="collector"), dict(records, sink="locked"), TIME, -5
    auto = [files(operation, size, "", chunk_size="auto") for operation, size in sizes]
    for cells in auto + [dict(rows, workers="2", chunk_size="auto")]:  # after the workers have started
        yield dict(cells, strategy="processes"), dict(cells, strategy="threads"), WORK, 1.05


def large_files():
    two, whole = "threads|processes", dict(split="none|")
    four = dict(whole, files="4", content="bytes", workers="2")
    cold = dict(four, pool="cold|")  # a program is timed with its start
    for operation in "read", "write", "copy":
        yield dict(cold, operation=operation, strategy=two), dict(four, operation=operation, strategy="floor-" + operation), TIME, 1.15
    yield dict(cold, operation="read", strategy=two), dict(operation="read", strategy="cat", files="4"), TIME, 0.6
    for operation in "read", "copy":  # with any block size, against the default one of one worker
        one = dict(operation=operation, files="1", content="bytes")
        yield dict(one, strategy=two, workers="2"), dict(one, strategy="threads", workers="1", block_size="auto"), TIME, -1.8
        yield dict(one, strategy=two, workers="2"), dict(one, strategy="floor-split-" + operation, workers="2"), TIME, 1.15
    zips = dict(operation="zip", files="4")
    yield dict(zips, strategy=two), dict(zips, strategy="7z"), TIME, 0.45
    yield dict(zips, strategy=two), dict(zips, strategy="7z"), STORED, 1
    one = dict(operation="zip", files="1")
    yield dict(one, strategy="threads", workers="2"), dict(one, strategy="threads", workers="1"), TIME, -1.8
    yield dict(one, strategy="threads", workers="2"), dict(one, strategy="pigz", workers="2"), TIME, 0.45
    for operation in "read", "write", "copy":
        warm = dict(four, operation=operation, pool="warm")
        yield dict(warm, strategy="processes"), dict(warm, strategy="threads"), WORK, 1.05


def direct_reads():
    yield dict(strategy="io_uring", workers="16", cache="direct"), dict(operation="read", strategy="fio"), WORK, -0.95


PROMISED = {"engines": small_files, "engines-large": large_files, "engines-direct": direct_reads}


# Bounds on figures of Go benchmarks: a pattern for the benchmarks, the unit, the number of items
# of the figure, its description, the bound. Allocations made once for all items count too.
BENCHMARKS = [
    (r"^Floor/", "of-floor", 1, "time of the floor's, neither with its start", 1.15),
    (r"^ProcessTask-", "us/task", 1, "microseconds for a task through a pipe", 15),
    (r"^Million/(?!zip|unzip)", "MiB-trial", 1, "MiB of memory for a million files", 64),
    (r"^Million/(zip|unzip)/", "MiB-trial", 1, "MiB of memory for a million files", 1000),
    (r"^Engine/(write|read|copy|delete)/4KiB-", "allocs/op", 10_000, "allocations for an item", 0.01),
    (r"^Engine/(write|read|copy|delete)/239KiB-", "allocs/op", 1000, "allocations for an item", 0.1),
    (r"^Report-", "s/report", 1, "seconds to make the files of a run of 2,000 cells and 100,000 trials", 10),
    (r"^Page-", "s/page", 1, "seconds to make report.html of 2,000 cells and 20,000 trials, without pictures", 3),
    (r"^Page-", "peak-MiB", 1, "MiB of memory to make that page", 300),
    (r"^Page-", "MB", 1, "MB of that page, with pictures", 3),
    (r"^Page-", "s/open", 1, "seconds to open that page in Chromium", 1),
    (r"^Page-", "s/sort", 1, "seconds to sort a table of that page", 0.1),
    (r"^Sweep-", "cut-s", 1, "seconds to divide a plan of 10,000 cells and 100,000 trials into shards", 2),
    (r"^Sweep-", "merge-s", 1, "seconds to merge its shards, with all reports", 60),
    (r"^Sweep-", "merge-MiB", 1, "MiB of memory to merge them", 1024),
    (r"^Page-", "s/filter", 1, "seconds to filter the tables of that page", 0.1),
]


class Run:
    """The good trials of a run, which completed all work at the first attempt."""

    def __init__(self, directory):
        with open(os.path.join(directory, "trials.jsonl"), encoding="utf-8") as journal:
            entries = [json.loads(line)["entry"] for line in journal if line.endswith("}\n")]
        run = [e["run"] for e in entries if "run" in e][-1]
        if run["name"] not in PROMISED:
            sys.exit(f"promises: {directory}: the experiment is {run['name']}: expected one of {', '.join(PROMISED)}")
        self.promised = PROMISED[run["name"]]
        self.cells, self.machine = run["cells"], run["machine"]
        self.rounds = [{} for _ in self.cells]  # by cell, then by round
        self.errors = [c.get("skip", "") for c in self.cells]  # the first reason why a cell has no good trial
        for t in (e["trial"] for e in entries if "trial" in e):
            measurement = t.get("measurement")
            if t.get("void") or t["phase"] != "measured":
                continue
            if t["status"] != "ok":
                self.errors[t["cell"]] = self.errors[t["cell"]] or t["status"] + ": " + t.get("error", "")
            # The reads of fio cannot be verified. It has done them if it prints their time.
            elif t.get("attempt", 0) <= 1 and ("metrics" in measurement or not measurement.get("finding")):
                self.rounds[t["cell"]][t["round"]] = measurement

    def matching(self, where):
        return [i for i, c in enumerate(self.cells) if not c.get("retired")
                and all(c["levels"].get(axis, "") in levels.split("|") for axis, levels in where.items())]

    def title(self):
        m = self.machine
        return f"{m['filesystem']}, {m['cpus']} processors ({m['cpu_model']}), {m['os']} {m['kernel']}"

    def lines(self):
        return [self.hold(*p) for p in self.promised()]

    def hold(self, by, against, figure, bound):
        """Returns the line of a promise. The best of the cells that may keep it counts. The figure is
        the median of the ratios within rounds, so effects that slow down a whole round cancel."""
        ours, theirs = self.matching(by), self.matching(against)
        if len(theirs) > 1:
            sys.exit(f"promises: {len(theirs)} cells are {against}: expected one; run the experiment engines in one workspace")
        if not ours or not theirs:
            return Line(against["operation"], "", against["strategy"], [], bound, "the run has no such cells")
        other, value = theirs[0], FIGURES[figure]
        what = f"{work_of(self.cells[other])}, {figure}"
        best, way = [], ""
        for cell in ours:
            pairs = [(value(m), value(self.rounds[other][n])) for n, m in self.rounds[cell].items() if n in self.rounds[other]]
            ratios = [a / b if bound > 0 else b / a for a, b in pairs if a and b]
            # A cell with fewer rounds could win by chance.
            if ratios and (len(ratios) > len(best) or len(ratios) == len(best) and
                           statistics.median(ratios) * sign(bound) < statistics.median(best) * sign(bound)):
                best, way = ratios, way_of(self.cells[cell])
        why = (self.errors[ours[0]] if self.rounds[other] else self.errors[other]) or "no round has both"
        return Line(what, way, way_of(self.cells[other]), best, bound, why)


class Benchmarks:
    """The output of go test -bench -benchmem."""

    def __init__(self, path):
        self.samples = {}  # by promise and name
        for line in open(path, encoding="utf-8"):
            words = line.split()
            if len(words) < 4 or not words[0].startswith("Benchmark") or not words[1].isdigit():
                continue
            name, figures = words[0].removeprefix("Benchmark"), dict(zip(words[3::2], words[2::2]))
            for promise in BENCHMARKS:
                if promise[1] in figures and re.search(promise[0], name):
                    self.samples.setdefault((promise, name), []).append(float(figures[promise[1]]) / promise[2])
        if not self.samples:
            sys.exit(f"promises: {path}: expected the output of go test -bench -benchmem, found none of the benchmarks that promise something")

    def title(self):
        return "Go benchmarks"

    def lines(self):
        for promise in BENCHMARKS:
            pattern, unit, _, what, bound = promise
            found = [Line(what, name, "", sample, bound) for (p, name), sample in self.samples.items() if p == promise]
            yield from found or [Line(what, "", "", [], bound, f"no benchmark {pattern} reports {unit}")]


class Line:
    """A promise with its measured values."""

    def __init__(self, what, by, against, sample, bound, why=""):
        self.what, self.by, self.against, self.sample, self.bound, self.why = what, by, against, sorted(sample), bound, why
        self.figure = statistics.median(sample) if sample else None
        self.interval = interval(self.sample)
        self.reached = bool(sample) and self.keeps(self.figure)

    def keeps(self, x):
        return x <= self.bound if self.bound > 0 else x >= -self.bound

    def verdict(self):
        """Returns the verdict on the figure. It adds a note if the interval crosses the bound, or if a
        run has too few rounds for an interval."""
        if self.figure is None:
            return "not measured: " + self.why
        verdict = "yes" if self.reached else "no"
        if any(self.keeps(x) != self.reached for x in self.interval):
            return verdict + ", not certain"
        return verdict + (", too few rounds" if self.against and not self.interval else "")

    def __str__(self):
        cells = [self.what, self.by, self.against, str(len(self.sample)), number(self.figure), "–".join(map(number, self.interval)),
                 ("≤ " if self.bound > 0 else "≥ ") + f"{abs(self.bound):g}", self.verdict()]
        return "| " + " | ".join(c.replace("|", r"\|").replace("\n", " ") for c in cells) + " |"


def sign(x):
    return math.copysign(1, x)


def interval(ordered):
    """Returns the 95% interval of the median for any distribution. Both ends are values of the sample.
    A sample with fewer than six values has no interval."""
    n, outside, k = len(ordered), 0, 0
    while 2 * (outside := outside + math.comb(n, k)) <= 0.05 * 2**n:
        k += 1
    return (ordered[k - 1], ordered[n - k]) if k else ()


def number(x):
    """Formats a number with three significant digits and without an exponent."""
    if not x:
        return "" if x is None else "0"
    return f"{x:.{max(0, 2 - math.floor(math.log10(abs(x))))}f}"


def work_of(cell):
    levels = cell["levels"]
    each = levels["lines"] + " lines" if levels.get("content") == "rows" else levels.get("size", "") + " B"
    return f"{levels['operation']} {cell['files']} x {each}"


def way_of(cell):
    levels = cell["levels"]
    named = [a for a in ("workers", "chunk_size", "block_size", "sink", "layout") if levels.get(a)]
    return ", ".join([levels["strategy"]] + [f"{a} {levels[a]}" for a in named if (a, levels[a]) != ("block_size", "auto")])


def main(paths):
    if not paths:
        sys.exit("promises: expected directories of runs of the experiment engines, or outputs of go test -bench; found nothing (make bench makes both)")
    every = []
    for path in paths:
        held = Run(path) if os.path.isdir(path) else Benchmarks(path)
        lines = list(held.lines())
        print(f"### {held.title()}\n\n| work | best | against | rounds | figure | 95% interval | promised | reached |\n"
              "| --- | --- | --- | ---: | ---: | ---: | ---: | --- |", *lines, "", sep="\n")
        every += lines
    reached, measured = sum(l.reached for l in every), sum(l.figure is not None for l in every)
    print(f"{reached} of {len(every)} reached, {measured - reached} missed, {len(every) - measured} not measured")


main(sys.argv[1:])
