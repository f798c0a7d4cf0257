#!/usr/bin/env python3
"""Append a line to one open file in each of many tasks, by one of several methods.

The main thread opens the file once. Task i sleeps for a random part of a second
and then writes the line "Task i blocked for V of a second.", where V is that
part. At the end the program prints "Done." No program asks for the result of a
task, so the exception of a task is lost, and the exit code is 0.

methods:
  locked          a pool of threads that write under a lock: the listing of lesson 7.
                  Deviations: the arguments, and on Windows the newline, which is
                  one character as elsewhere.
  unlocked        the same listing without its lock. Deviations: as in locked.
  locked-batch    a pool of threads, --chunk-size lines in a task. The task sleeps
                  before each line; ours
  unlocked-batch  the same without a lock; ours
  asyncio         a coroutine for each line, --workers of them at a time. They
                  write without a lock, because one runs at a time; ours
"""

import argparse
import random
import time


def append_locked(item, lock, file):
    value = random.random()
    time.sleep(value)
    with lock:
        file.write(f"Task {item} blocked for {value} of a second.\n")


def append_unlocked(item, file):
    value = random.random()
    time.sleep(value)
    file.write(f"Task {item} blocked for {value} of a second.\n")


def append_chunk(append, items, *args):
    for item in items:
        append(item, *args)


def open_file(options):
    return open(options.output, "a", encoding="utf-8", newline="\n")


def chunks(options):
    for first in range(0, options.files, options.chunk_size):
        yield range(first, min(first + options.chunk_size, options.files))


def locked(options):
    from concurrent.futures import ThreadPoolExecutor
    from threading import Lock

    lock = Lock()
    with open_file(options) as file:
        with ThreadPoolExecutor(options.workers) as pool:
            for item in range(options.files):
                pool.submit(append_locked, item, lock, file)


def unlocked(options):
    from concurrent.futures import ThreadPoolExecutor

    with open_file(options) as file:
        with ThreadPoolExecutor(options.workers) as pool:
            for item in range(options.files):
                pool.submit(append_unlocked, item, file)


def locked_batch(options):
    from concurrent.futures import ThreadPoolExecutor
    from threading import Lock

    lock = Lock()
    with open_file(options) as file:
        with ThreadPoolExecutor(options.workers) as pool:
            for items in chunks(options):
                pool.submit(append_chunk, append_locked, items, lock, file)


def unlocked_batch(options):
    from concurrent.futures import ThreadPoolExecutor

    with open_file(options) as file:
        with ThreadPoolExecutor(options.workers) as pool:
            for items in chunks(options):
                pool.submit(append_chunk, append_unlocked, items, file)


def asyncio_bounded(options):
    import asyncio

    async def append_all(file):
        slots = asyncio.Semaphore(options.workers)

        async def append(item):
            async with slots:
                value = random.random()
                await asyncio.sleep(value)
                file.write(f"Task {item} blocked for {value} of a second.\n")

        await asyncio.gather(*[append(item) for item in range(options.files)])

    with open_file(options) as file:
        asyncio.run(append_all(file))


METHODS = {
    "locked": locked,
    "unlocked": unlocked,
    "locked-batch": locked_batch,
    "unlocked-batch": unlocked_batch,
    "asyncio": asyncio_bounded,
}


def at_least_one(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too small: it has to be 1 or more")
    return number


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--method", required=True, choices=METHODS, metavar="METHOD", help="how the lines are appended; see above")
    add("--output", required=True, metavar="FILE", help="the file to append to, which is made if need be")
    add("--files", type=at_least_one, default=10000, metavar="N", help="how many lines are appended (%(default)s)")
    add("--workers", type=at_least_one, default=1000, metavar="N", help="threads or coroutines (%(default)s)")
    add("--chunk-size", type=at_least_one, default=10, metavar="N", help="lines in a task of a batch (%(default)s)")
    return parser.parse_args()


def main():
    options = parse_arguments()
    METHODS[options.method](options)
    print("Done.")


if __name__ == "__main__":
    main()
