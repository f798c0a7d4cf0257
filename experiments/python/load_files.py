#!/usr/bin/env python3
"""Load every file of a directory into memory as text, by one of several methods.

At the end all texts are in the memory of this process.

methods:
  sequential         one file after another
  threads            a pool of threads, one file in a task
  processes          a pool of processes, one file in a task, sent back
  processes-batch    a pool of processes, a chunk of files in a task, sent back
  processes-threads  the same, and in each process a thread for each file of the
                     chunk
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def load(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def load_all(paths):
    return [load(path) for path in paths]


def load_on_threads(paths):
    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(load, paths))


def chunks(paths, options):
    """Split the paths into lists of equal length; the last one may be shorter."""
    size = options.chunk_size or max(1, round(len(paths) / options.workers))
    for first in range(0, len(paths), size):
        yield paths[first : first + size]


def sequential(paths, options):
    return load_all(paths)


def threads(paths, options):
    with ThreadPoolExecutor(options.workers) as pool:
        return list(pool.map(load, paths))


def processes(paths, options):
    with ProcessPoolExecutor(options.workers) as pool:
        return list(pool.map(load, paths))


def processes_batch(paths, options):
    return load_chunks(load_all, paths, options)


def processes_threads(paths, options):
    return load_chunks(load_on_threads, paths, options)


def load_chunks(load_chunk, paths, options):
    texts = []
    with ProcessPoolExecutor(options.workers) as pool:
        for loaded in pool.map(load_chunk, chunks(paths, options)):
            texts.extend(loaded)
    return texts


METHODS = {
    "sequential": sequential,
    "threads": threads,
    "processes": processes,
    "processes-batch": processes_batch,
    "processes-threads": processes_threads,
}


def at_least_one(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too small: it has to be 1 or more")
    return number


def directory(text):
    if not os.path.isdir(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a directory")
    return text


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--method", required=True, choices=METHODS, metavar="METHOD", help="how the files are loaded; see above")
    add("--input", required=True, type=directory, metavar="DIR", help="the directory whose files are loaded")
    add("--workers", type=at_least_one, default=8, metavar="N", help="threads or processes (%(default)s)")
    add("--chunk-size", type=at_least_one, metavar="N", help="files in a task (files / workers, rounded)")
    return parser.parse_args()


def main():
    options = parse_arguments()
    paths = [os.path.join(options.input, name) for name in sorted(os.listdir(options.input))]
    texts = METHODS[options.method](paths, options)
    if len(texts) != len(paths):
        raise SystemExit(f"{len(texts)} texts in memory, of {len(paths)} files")


if __name__ == "__main__":
    main()
