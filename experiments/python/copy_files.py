#!/usr/bin/env python3
"""Copy every file of a directory to another one, by one of several methods.

The course has one listing for copying, which the method threads follows. All
methods print ".copied SOURCE to TARGET" for each file and "Done" at the end,
without flushing, and copy in the order of os.listdir. No program asks for the
result of a task, so the exception of a task is lost, and the exit code is 0.

methods:
  sequential        one file after another. The course gives its time without a
                    listing, so this is the work of threads in a loop.
  threads           a pool of threads, one file in a task: the listing of lesson 5.
                    Deviations: only the arguments.
  threads-batch     a pool of threads, a chunk of files in a task; ours
  processes         a pool of processes, one file in a task; ours
  processes-batch   a pool of processes, a chunk of files in a task; ours
  thread-per-file   a new thread for each file, without a pool; ours
  process-per-file  a new process for each file, without a pool; ours
  asyncio           a coroutine for each file, all at the same time. Each copies on
                    a thread of the event loop's default pool; ours
"""

import argparse
import os
import shutil


def copy_file(path, output):
    target = shutil.copy(path, output)
    print(f".copied {path} to {target}")


def copy_files(paths, output):
    for path in paths:
        copy_file(path, output)


def chunks(paths, workers):
    """Split the paths into chunks of round(files / workers) paths, or of 1 if that is 0."""
    size = round(len(paths) / workers) or 1
    for first in range(0, len(paths), size):
        yield paths[first : first + size]


def sequential(paths, options):
    copy_files(paths, options.output)


def threads(paths, options):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(options.workers) as pool:
        for path in paths:
            pool.submit(copy_file, path, options.output)


def threads_batch(paths, options):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(options.workers) as pool:
        for chunk in chunks(paths, options.workers):
            pool.submit(copy_files, chunk, options.output)


def processes(paths, options):
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(options.workers) as pool:
        for path in paths:
            pool.submit(copy_file, path, options.output)


def processes_batch(paths, options):
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(options.workers) as pool:
        for chunk in chunks(paths, options.workers):
            pool.submit(copy_files, chunk, options.output)


def thread_per_file(paths, options):
    from threading import Thread

    run_all([Thread(target=copy_file, args=(path, options.output)) for path in paths])


def process_per_file(paths, options):
    from multiprocessing import Process

    run_all([Process(target=copy_file, args=(path, options.output)) for path in paths])


def run_all(workers):
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def asyncio_each(paths, options):
    import asyncio

    async def copy_all():
        await asyncio.gather(*[asyncio.to_thread(copy_file, path, options.output) for path in paths])

    asyncio.run(copy_all())


METHODS = {
    "sequential": sequential,
    "threads": threads,
    "threads-batch": threads_batch,
    "processes": processes,
    "processes-batch": processes_batch,
    "thread-per-file": thread_per_file,
    "process-per-file": process_per_file,
    "asyncio": asyncio_each,
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
    add("--workers", type=at_least_one, default=100, metavar="N", help="threads or processes of a pool (%(default)s)")
    return parser.parse_args()


def main():
    options = parse_arguments()
    os.makedirs(options.output, exist_ok=True)
    paths = [os.path.join(options.input, name) for name in os.listdir(options.input)]
    METHODS[options.method](paths, options)
    print("Done")


if __name__ == "__main__":
    main()
