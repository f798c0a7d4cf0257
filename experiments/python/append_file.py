#!/usr/bin/env python3
"""Append lines to one open file from many threads, with or without a lock.

Task i waits for a pseudo-random fraction of a second, which depends only on
seed+i, and then appends the line "Task i blocked for 0.123 of a second.".

methods:
  locked          a pool of threads that write under a lock
  unlocked        a pool of threads that write without a lock
  asyncio-locked  a coroutine for each line, --workers of them at a time; under a
                  lock, each lets a thread write its line
"""

import argparse
import asyncio
import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor


def thousandths(options, item):
    """Return the wait of a task in ms: a multiplicative hash, scaled to 0 ... 999."""
    return ((options.seed + item) * 2654435761 % 2**32 * 1000) >> 32


def line_of(item, waited):
    return f"Task {item} blocked for 0.{waited:03d} of a second.\n"


def wait_and_append(options, item, file, lock):
    waited = thousandths(options, item)
    time.sleep(waited / 1000)
    with lock:
        file.write(line_of(item, waited))


def append_on_threads(options, lock):
    with open_log(options) as file, ThreadPoolExecutor(options.workers) as pool:
        tasks = [pool.submit(wait_and_append, options, item, file, lock) for item in range(options.files)]
        for task in tasks:
            task.result()


def open_log(options):
    return open(options.output, "a", encoding="utf-8", newline="\n")


def locked(options):
    append_on_threads(options, threading.Lock())


def unlocked(options):
    append_on_threads(options, contextlib.nullcontext())


def asyncio_locked(options):
    asyncio.run(append_async(options))


async def append_async(options):
    slots, turn = asyncio.Semaphore(options.workers), asyncio.Lock()
    with open_log(options) as file:

        async def append(item):
            async with slots:
                waited = thousandths(options, item)
                await asyncio.sleep(waited / 1000)
                async with turn:
                    await asyncio.to_thread(file.write, line_of(item, waited))

        await asyncio.gather(*[append(item) for item in range(options.files)])


METHODS = {
    "locked": locked,
    "unlocked": unlocked,
    "asyncio-locked": asyncio_locked,
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
    add("--files", type=at_least_one, default=10000, metavar="N", help="how many tasks, a line each (%(default)s)")
    add("--seed", type=int, default=0, metavar="N", help="chooses how long each task waits (%(default)s)")
    add("--workers", type=at_least_one, default=1000, metavar="N", help="threads or coroutines (%(default)s)")
    return parser.parse_args()


def main():
    options = parse_arguments()
    METHODS[options.method](options)


if __name__ == "__main__":
    main()
