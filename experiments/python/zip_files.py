#!/usr/bin/env python3
"""Zip every file of a directory into one archive, by one of several methods.

The archive class of the standard library compresses and adds in a single step,
and it adds one entry at a time. With every method, therefore, only one thread
compresses at a time. The others can only load files in parallel.

methods:
  sequential               load, compress and add one file after another
  threads-lock             threads load; each holds a lock while it adds a file
  threads-batch-lock       threads load a chunk of files, then add the whole chunk
                           under one lock
  threads-collector        threads load; the main thread adds the loaded files
  processes                processes load and send back; the main process adds
  processes-batch          the same, a chunk of files in a task
  processes-threads-batch  the same, and threads in each process load
  asyncio                  a coroutine for each file loads and adds it
  asyncio-lock             the same, with a lock around the adding
  asyncio-batch-lock       a coroutine for each chunk loads it, then adds the whole
                           chunk under one lock

At most --workers coroutines load and add at a time.
"""

import argparse
import asyncio
import os
import threading
import zipfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed


def load(path):
    """Return the name and the bytes of a file."""
    with open(path, "rb") as file:
        return os.path.basename(path), file.read()


def load_all(paths):
    return [load(path) for path in paths]


def load_on_threads(paths, workers):
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(load, paths))


def chunks(paths, options):
    """Split the paths into lists of equal length; the last one may be shorter."""
    for first in range(0, len(paths), options.chunk_size):
        yield paths[first : first + options.chunk_size]


def wait_for(futures):
    """Raise the exception of a task, which a pool reports only on request."""
    for future in futures:
        future.result()


def sequential(archive, paths, options):
    for path in paths:
        archive.writestr(*load(path))


def threads_lock(archive, paths, options):
    lock = threading.Lock()

    def load_and_add(path):
        name, data = load(path)
        with lock:
            archive.writestr(name, data)

    with ThreadPoolExecutor(options.workers) as pool:
        wait_for([pool.submit(load_and_add, path) for path in paths])


def threads_batch_lock(archive, paths, options):
    lock = threading.Lock()

    def load_and_add_all(chunk):
        loaded = load_all(chunk)
        with lock:
            for name, data in loaded:
                archive.writestr(name, data)

    with ThreadPoolExecutor(options.workers) as pool:
        wait_for([pool.submit(load_and_add_all, chunk) for chunk in chunks(paths, options)])


def threads_collector(archive, paths, options):
    with ThreadPoolExecutor(options.workers) as pool:
        for loaded in as_completed([pool.submit(load, path) for path in paths]):
            archive.writestr(*loaded.result())


def processes(archive, paths, options):
    with ProcessPoolExecutor(options.workers) as pool:
        for loaded in as_completed([pool.submit(load, path) for path in paths]):
            archive.writestr(*loaded.result())


def processes_batch(archive, paths, options):
    with ProcessPoolExecutor(options.workers) as pool:
        add_chunks(archive, [pool.submit(load_all, chunk) for chunk in chunks(paths, options)])


def processes_threads_batch(archive, paths, options):
    with ProcessPoolExecutor(options.workers) as pool:
        add_chunks(
            archive,
            [pool.submit(load_on_threads, chunk, options.threads) for chunk in chunks(paths, options)],
        )


def add_chunks(archive, futures):
    for future in as_completed(futures):
        for name, data in future.result():
            archive.writestr(name, data)


def asyncio_no_lock(archive, paths, options):
    async def load_and_add(path, lock):
        name, data = await asyncio.to_thread(load, path)
        # Between two awaits no other coroutine runs, so adding needs no lock.
        # It also blocks all other coroutines.
        archive.writestr(name, data)

    asyncio.run(gather(load_and_add, paths, options))


def asyncio_lock(archive, paths, options):
    async def load_and_add(path, lock):
        name, data = await asyncio.to_thread(load, path)
        async with lock:
            archive.writestr(name, data)

    asyncio.run(gather(load_and_add, paths, options))


def asyncio_batch_lock(archive, paths, options):
    async def load_and_add_all(chunk, lock):
        loaded = [await asyncio.to_thread(load, path) for path in chunk]
        async with lock:
            for name, data in loaded:
                archive.writestr(name, data)

    asyncio.run(gather(load_and_add_all, chunks(paths, options), options))


async def gather(coroutine, tasks, options):
    slots, lock = asyncio.Semaphore(options.workers), asyncio.Lock()

    async def run(task):
        async with slots:
            await coroutine(task, lock)

    await asyncio.gather(*[run(task) for task in tasks])


METHODS = {
    "sequential": sequential,
    "threads-lock": threads_lock,
    "threads-batch-lock": threads_batch_lock,
    "threads-collector": threads_collector,
    "processes": processes,
    "processes-batch": processes_batch,
    "processes-threads-batch": processes_threads_batch,
    "asyncio": asyncio_no_lock,
    "asyncio-lock": asyncio_lock,
    "asyncio-batch-lock": asyncio_batch_lock,
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
    add("--method", required=True, choices=METHODS, metavar="METHOD", help="how the files are zipped; see above")
    add("--input", required=True, type=directory, metavar="DIR", help="the directory whose files are zipped")
    add("--output", required=True, metavar="FILE", help="the archive to make, in place of one that may be there")
    add("--level", type=int, choices=range(10), default=6, metavar="0-9", help="zlib's level of effort (%(default)s)")
    add("--workers", type=at_least_one, default=100, metavar="N", help="threads, processes or coroutines (%(default)s)")
    add("--threads", type=at_least_one, default=10, metavar="N", help="threads in each process (%(default)s)")
    add("--chunk-size", type=at_least_one, default=10, metavar="N", help="files in a task (%(default)s)")
    return parser.parse_args()


def main():
    options = parse_arguments()
    paths = [os.path.join(options.input, name) for name in sorted(os.listdir(options.input))]
    with zipfile.ZipFile(options.output, "w", zipfile.ZIP_DEFLATED, compresslevel=options.level) as archive:
        METHODS[options.method](archive, paths, options)


if __name__ == "__main__":
    main()
