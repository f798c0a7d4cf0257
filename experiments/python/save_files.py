#!/usr/bin/env python3
"""Make many files of integers and save them, by one of several methods.

Line r of file i contains the integers seed+i+r+c for the columns c = 0, 1, ...,
joined by commas. Lines are joined by a newline; there is none at the end.

methods:
  sequential            one file after another
  threads               a pool of threads, one file in a task
  processes             a pool of processes, one file in a task
  processes-batch       a pool of processes, a chunk of files in a task
  processes-threads     the same, and in each process a pool of threads saves
                        files while the process makes the next ones
  pipeline              processes make files and send them to threads, which
                        save them; at most --queue files are in memory
  asyncio               a coroutine for each file, --workers of them at a time
  asyncio-unbounded     a coroutine for each file, all at once
  asyncio-as-published  like asyncio, but the coroutine that saves a file is never
                        awaited, so every file is made and none is saved
"""

import argparse
import asyncio
import os
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None


def path_of(options, item):
    return os.path.join(options.output, f"data-{item:04d}.csv")


def make(options, item):
    """Return the text of one file."""
    lines = []
    for line in range(options.lines):
        first = options.seed + item + line
        numbers = [str(first + column) for column in range(options.values)]
        lines.append(",".join(numbers))
    return "\n".join(lines)


def open_new(path):
    return open(path, "w", encoding="ascii", newline="\n")


def save(path, text):
    with open_new(path) as file:
        file.write(text)


def make_and_save(options, item):
    save(path_of(options, item), make(options, item))


def make_and_save_all(options, chunk):
    for item in chunk:
        make_and_save(options, item)


def chunks(options):
    """Split the numbers of the files into ranges of equal length; the last one may be shorter."""
    size = options.chunk_size or max(1, round(options.files / options.workers))
    for first in range(0, options.files, size):
        yield range(first, min(first + size, options.files))


def wait_for(futures):
    """Raise the exception of a task, which a pool reports only on request."""
    for future in futures:
        future.result()


def sequential(options):
    make_and_save_all(options, range(options.files))


def threads(options):
    with ThreadPoolExecutor(options.workers) as pool:
        wait_for([pool.submit(make_and_save, options, item) for item in range(options.files)])


def processes(options):
    with ProcessPoolExecutor(options.workers) as pool:
        wait_for([pool.submit(make_and_save, options, item) for item in range(options.files)])


def processes_batch(options):
    with ProcessPoolExecutor(options.workers) as pool:
        wait_for([pool.submit(make_and_save_all, options, chunk) for chunk in chunks(options)])


def processes_threads(options):
    with ProcessPoolExecutor(options.workers) as pool:
        wait_for([pool.submit(save_on_threads, options, chunk) for chunk in chunks(options)])


def save_on_threads(options, chunk):
    with ThreadPoolExecutor(options.threads) as pool:
        wait_for([pool.submit(save, path_of(options, item), make(options, item)) for item in chunk])


def pipeline(options):
    room = threading.Semaphore(options.queue)
    saved = []
    with ProcessPoolExecutor(options.workers) as makers, ThreadPoolExecutor(options.threads) as savers:
        for item in range(options.files):
            room.acquire()
            made = makers.submit(make, options, item)
            saved.append(savers.submit(save_made, made, path_of(options, item), room))
        wait_for(saved)


def save_made(made, path, room):
    try:
        save(path, made.result())
    finally:
        room.release()


def asyncio_bounded(options):
    asyncio.run(gather(options, make_and_await, options.workers))


def asyncio_unbounded(options):
    asyncio.run(gather(options, make_and_await, options.files))


def asyncio_as_published(options):
    asyncio.run(gather(options, make_and_forget, options.workers))


async def gather(options, coroutine, at_a_time):
    slots = asyncio.Semaphore(at_a_time)
    await asyncio.gather(*[coroutine(options, item, slots) for item in range(options.files)])


async def make_and_await(options, item, slots):
    async with slots:
        await save_async(path_of(options, item), make(options, item))


async def make_and_forget(options, item, slots):
    async with slots:
        # Calling a coroutine function only creates an object. Python prints a
        # warning on standard error and continues.
        save_async(path_of(options, item), make(options, item))


async def save_async(path, text):
    """Run each call that may block on a thread, as asynchronous file libraries do."""
    loop = asyncio.get_running_loop()
    file = await loop.run_in_executor(None, open_new, path)
    try:
        await loop.run_in_executor(None, file.write, text)
    finally:
        await loop.run_in_executor(None, file.close)


METHODS = {
    "sequential": sequential,
    "threads": threads,
    "processes": processes,
    "processes-batch": processes_batch,
    "processes-threads": processes_threads,
    "pipeline": pipeline,
    "asyncio": asyncio_bounded,
    "asyncio-unbounded": asyncio_unbounded,
    "asyncio-as-published": asyncio_as_published,
}


def at_least_one(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too small: it has to be 1 or more")
    return number


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--method", required=True, choices=METHODS, metavar="METHOD", help="how the files are saved; see above")
    add("--output", required=True, metavar="DIR", help="the directory to save them in, which is made if need be")
    add("--files", type=at_least_one, default=5000, metavar="N", help="how many files (%(default)s)")
    add("--lines", type=at_least_one, default=5000, metavar="N", help="lines in a file (%(default)s)")
    add("--values", type=at_least_one, default=10, metavar="N", help="integers in a line (%(default)s)")
    add("--seed", type=int, default=0, metavar="N", help="the first integer of the first file (%(default)s)")
    add("--workers", type=at_least_one, default=8, metavar="N", help="threads, processes or coroutines (%(default)s)")
    add("--threads", type=at_least_one, default=10, metavar="N", help="threads beside the processes (%(default)s)")
    add("--chunk-size", type=at_least_one, metavar="N", help="files in a task (files / workers, rounded)")
    add("--queue", type=at_least_one, default=16, metavar="N", help="files in a pipeline (%(default)s)")
    add("--descriptors", type=at_least_one, metavar="N", help="lower the limit of open files to N (as it is)")
    options = parser.parse_args()
    if options.descriptors and not resource:
        parser.error("argument --descriptors: this system has no limit that a program can lower")
    return options


def main():
    options = parse_arguments()
    os.makedirs(options.output, exist_ok=True)
    if options.descriptors:
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (options.descriptors, most))
    METHODS[options.method](options)


if __name__ == "__main__":
    main()
