#!/usr/bin/env python3
"""Copy every file of a directory to another one, by one of several methods.

methods:
  sequential         one file after another
  threads            a pool of threads, one file in a task
  threads-batch      a pool of threads, a chunk of files in a task
  processes          a pool of processes, one file in a task
  processes-batch    a pool of processes, a chunk of files in a task
  processes-threads  the same, and in each process a pool of threads that copy
  asyncio            a coroutine for each file, --workers of them at a time
"""

import argparse
import asyncio
import os
import shutil
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def copy_all(paths, output):
    for path in paths:
        shutil.copy(path, output)


def copy_on_threads(paths, output, workers):
    with ThreadPoolExecutor(workers) as pool:
        wait_for([pool.submit(shutil.copy, path, output) for path in paths])


def chunks(paths, options):
    """Split the paths into lists of equal length; the last one may be shorter."""
    size = options.chunk_size or max(1, round(len(paths) / options.workers))
    for first in range(0, len(paths), size):
        yield paths[first : first + size]


def wait_for(futures):
    """Raise the exception of a task, which a pool reports only on request."""
    for future in futures:
        future.result()


def sequential(paths, options):
    copy_all(paths, options.output)


def threads(paths, options):
    copy_on_threads(paths, options.output, options.workers)


def threads_batch(paths, options):
    with ThreadPoolExecutor(options.workers) as pool:
        wait_for([pool.submit(copy_all, chunk, options.output) for chunk in chunks(paths, options)])


def processes(paths, options):
    with ProcessPoolExecutor(options.workers) as pool:
        wait_for([pool.submit(shutil.copy, path, options.output) for path in paths])


def processes_batch(paths, options):
    with ProcessPoolExecutor(options.workers) as pool:
        wait_for([pool.submit(copy_all, chunk, options.output) for chunk in chunks(paths, options)])


def processes_threads(paths, options):
    with ProcessPoolExecutor(options.workers) as pool:
        wait_for(
            [pool.submit(copy_on_threads, chunk, options.output, options.threads) for chunk in chunks(paths, options)]
        )


def asyncio_bounded(paths, options):
    asyncio.run(copy_async(paths, options))


async def copy_async(paths, options):
    slots = asyncio.Semaphore(options.workers)

    async def copy(path):
        async with slots:
            await asyncio.to_thread(shutil.copy, path, options.output)

    await asyncio.gather(*[copy(path) for path in paths])


METHODS = {
    "sequential": sequential,
    "threads": threads,
    "threads-batch": threads_batch,
    "processes": processes,
    "processes-batch": processes_batch,
    "processes-threads": processes_threads,
    "asyncio": asyncio_bounded,
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
    add("--method", required=True, choices=METHODS, metavar="METHOD", help="how the files are copied; see above")
    add("--input", required=True, type=directory, metavar="DIR", help="the directory whose files are copied")
    add("--output", required=True, metavar="DIR", help="the directory to copy them to, which is made if need be")
    add("--workers", type=at_least_one, default=100, metavar="N", help="threads, processes or coroutines (%(default)s)")
    add("--threads", type=at_least_one, default=10, metavar="N", help="threads in each process (%(default)s)")
    add("--chunk-size", type=at_least_one, metavar="N", help="files in a task (files / workers, rounded)")
    return parser.parse_args()


def main():
    options = parse_arguments()
    os.makedirs(options.output, exist_ok=True)
    paths = [os.path.join(options.input, name) for name in sorted(os.listdir(options.input))]
    METHODS[options.method](paths, options)


if __name__ == "__main__":
    main()
