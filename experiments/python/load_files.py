#!/usr/bin/env python3
"""Load every file of a directory as text, by one of several methods.

A file is loaded by open(path, "r") and one read. Then the line ".loaded PATH" is
printed. The main process ignores the texts that a method returns.

methods of the published listing, of lesson 6:
  processes-threads-as-published  a pool of processes, a chunk of files in a task,
                     and in each task a pool with a thread for each file; the
                     function that loads a file reads it and returns nothing
  processes-threads  the same, but that function returns the text, so each text is
                     sent from one process to another

further methods:
  sequential         one file after another; the course has figures for a loop,
                     but no listing
  threads            a pool of threads, one file in a task, which returns the text
  processes          a pool of processes, one file in a task, which returns the
                     text
  processes-batch    a pool of processes, a chunk of files in a task, which returns
                     the texts

deviations of the published methods from their listing:
  - Arguments replace the constants and the directory.
  - A chunk has one file if files / workers rounds to 0. The listing fails.
  - In processes-threads the function that loads a file returns the text.
"""

import argparse
import os


def read(path):
    """Load one file as the listing does: nothing is returned."""
    with open(path, "r") as file:
        file.read()


def load(path):
    with open(path, "r") as file:
        return file.read()


def load_one(path):
    return [load(path)], [path]


def load_all(paths):
    return [load(path) for path in paths], paths


def read_on_threads(paths, threads):
    """The listing's task: the results, which are all None, and the paths."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads or len(paths)) as pool:
        futures = [pool.submit(read, path) for path in paths]
        return [future.result() for future in futures], paths


def load_on_threads(paths, threads):
    """The listing's task with the missing return: the texts, and the paths."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads or len(paths)) as pool:
        futures = [pool.submit(load, path) for path in paths]
        return [future.result() for future in futures], paths


def chunks(paths, options):
    """Return slices of round(files / workers) paths; there may be more slices than workers."""
    size = options.chunk_size or max(1, round(len(paths) / options.workers))
    return [paths[first : first + size] for first in range(0, len(paths), size)]


def print_loaded(futures):
    """Print the paths of each task when it is done. The results stay in the futures."""
    from concurrent.futures import as_completed

    for future in as_completed(futures):
        _, paths = future.result()
        for path in paths:
            print(f".loaded {path}")


def sequential(paths, options):
    """No listing. The loop does the listing's work for each file: open, read, print."""
    for path in paths:
        read(path)
        print(f".loaded {path}")


def processes_threads_as_published(paths, options):
    """Lesson 6. Deviations: the arguments, and a chunk of 1 where the listing fails."""
    in_processes(options, read_on_threads, chunks(paths, options), options.threads)


def processes_threads(paths, options):
    """Lesson 6. Deviations: also that the function that loads a file returns its text."""
    in_processes(options, load_on_threads, chunks(paths, options), options.threads)


def processes(paths, options):
    """No listing."""
    in_processes(options, load_one, paths)


def processes_batch(paths, options):
    """No listing."""
    in_processes(options, load_all, chunks(paths, options))


def in_processes(options, task, pieces, *more):
    # A forked worker has the modules of this process. So, as in the listing, the
    # module for its threads is imported once and not in each worker.
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor  # noqa: F401

    with ProcessPoolExecutor(options.workers) as pool:
        print_loaded([pool.submit(task, piece, *more) for piece in pieces])


def threads(paths, options):
    """No listing."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(options.workers) as pool:
        print_loaded([pool.submit(load_one, path) for path in paths])


METHODS = {
    "sequential": sequential,
    "processes-threads-as-published": processes_threads_as_published,
    "processes-threads": processes_threads,
    "threads": threads,
    "processes": processes,
    "processes-batch": processes_batch,
}


def at_least_one(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too small: it has to be 1 or more")
    return number


def chunk_size(text):
    return None if text == "auto" else at_least_one(text)


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
    add("--threads", type=at_least_one, metavar="N", help="threads in a process (one for each file of the chunk)")
    add("--chunk-size", type=chunk_size, metavar="N", help="files in a task; auto is files / workers, rounded (auto)")
    return parser.parse_args()


def main():
    options = parse_arguments()
    paths = [os.path.join(options.input, name) for name in os.listdir(options.input)]
    METHODS[options.method](paths, options)


if __name__ == "__main__":
    main()
