#!/usr/bin/env python3
"""Make many files of integers and save them, by one of several methods.

Line r of file i contains the integers seed+i+r+c for the columns c = 0, 1, ...,
joined by commas. Lines are joined by a newline; there is none at the end. Each
file is made in memory and saved by open(path, "w") and one write. Then the line
".saved PATH" is printed.

methods of the published listings:
  sequential            one file after another
  threads               a pool of threads, one file in a task
  processes             a pool of processes, one file in a task
  processes-batch       a pool of processes, a chunk of files in a task
  processes-threads     the same, and in each task a pool of threads saves files
                        while the process makes the next ones
  asyncio               a coroutine for each file, --workers of them at a time;
                        the module aiofiles saves the files
  asyncio-as-published  the same, but the call that saves a file is not awaited,
                        so every file is made and none is saved
  asyncio-unbounded     a coroutine for each file, all at once

further methods:
  threads-return-path   like threads, but a task returns its path, and only the
                        main thread prints
  processes-map         a pool of processes that forms the chunks itself (map)
  multiprocessing-pool  the same with multiprocessing.Pool
  pipeline              processes make files and send them to threads, which
                        save them; at most --queue files are in memory
  asyncio-limited-save  like asyncio, but --workers is the number of coroutines
                        that save; every file may be in memory
  asyncio-to-thread     like asyncio, but asyncio.to_thread saves the files

deviations of the published methods from their listings:
  - Arguments replace constants. The first integer is seed+i, not i.
  - open has the argument newline="\\n", because Windows writes other newlines.
  - A chunk has one file if files / workers rounds to 0. The listings fail.
  - asyncio awaits the call that saves a file. asyncio-as-published does not.
  - With --descriptors N, a method of asyncio lowers the limit of open files to N,
    or further, so that only half of the files can be open.

The listings never ask for the result of a task. So the methods threads,
processes, processes-batch and processes-threads do not report a failed task:
they exit with 0.
"""

import argparse
import os
from functools import partial


def path_of(directory, number):
    return os.path.join(directory, f"data-{number:04d}.csv")


def generate(first, lines, values):
    """Return the text of one file."""
    rows = []
    for row in range(lines):
        numbers = [str(first + row + column) for column in range(values)]
        rows.append(",".join(numbers))
    return "\n".join(rows)


def save(path, text):
    with open(path, "w", newline="\n") as file:
        file.write(text)


def save_and_print(path, text):
    save(path, text)
    print(f".saved {path}", flush=True)


def generate_and_save(directory, number, seed, lines, values, flush):
    text = generate(seed + number, lines, values)
    path = path_of(directory, number)
    save(path, text)
    print(f".saved {path}", flush=flush)


def generate_and_return_path(directory, number, seed, lines, values):
    text = generate(seed + number, lines, values)
    path = path_of(directory, number)
    save(path, text)
    return path


def task_of(options, function, **more):
    """Return the function as a task with one argument, the number of the file."""
    return partial(function, options.output, seed=options.seed, lines=options.lines, values=options.values, **more)


def chunk_length(options):
    return options.chunk_size or round(options.files / options.workers) or 1


def chunks(options):
    """Split the numbers of the files into slices."""
    numbers = list(range(options.files))
    length = chunk_length(options)
    return [numbers[first : first + length] for first in range(0, len(numbers), length)]


def sequential(options):
    """The listing of the row Sequential. Deviations: only the arguments and newline."""
    task = task_of(options, generate_and_save, flush=False)
    for number in range(options.files):
        task(number)


def threads(options):
    """The listing of the row Threads. Deviations: only the arguments and newline."""
    from concurrent.futures import ThreadPoolExecutor

    task = task_of(options, generate_and_save, flush=False)
    with ThreadPoolExecutor(options.workers) as pool:
        for number in range(options.files):
            pool.submit(task, number)


def threads_return_path(options):
    from concurrent.futures import ThreadPoolExecutor, as_completed

    task = task_of(options, generate_and_return_path)
    with ThreadPoolExecutor(options.workers) as pool:
        for future in as_completed([pool.submit(task, number) for number in range(options.files)]):
            print(f".saved {future.result()}")


def processes(options):
    """The listing of the row Processes, and of lesson 4 of the course. Deviations: only the arguments and newline."""
    from concurrent.futures import ProcessPoolExecutor

    task = task_of(options, generate_and_save, flush=True)
    with ProcessPoolExecutor(options.workers) as pool:
        for number in range(options.files):
            pool.submit(task, number)


def processes_map(options):
    from concurrent.futures import ProcessPoolExecutor

    task = task_of(options, generate_and_save, flush=True)
    with ProcessPoolExecutor(options.workers) as pool:
        list(pool.map(task, range(options.files), chunksize=chunk_length(options)))


def multiprocessing_pool(options):
    from multiprocessing import Pool

    task = task_of(options, generate_and_save, flush=True)
    with Pool(options.workers) as pool:
        pool.map(task, range(options.files), chunksize=chunk_length(options))


def processes_batch(options):
    """The listing of the row Processes/Batch. Deviations: also a chunk of 1 where the listing fails."""
    from concurrent.futures import ProcessPoolExecutor

    task = task_of(options, generate_and_save, flush=True)
    with ProcessPoolExecutor(options.workers) as pool:
        for chunk in chunks(options):
            pool.submit(generate_and_save_all, task, chunk)


def generate_and_save_all(task, chunk):
    for number in chunk:
        task(number)


def processes_threads(options):
    """The listing of the row Processes/Threads. Deviations: also a chunk of 1 where the listing fails."""
    # A forked worker has the modules of this process. So, as in the listing, the
    # module for its threads is imported once and not in each worker.
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor  # noqa: F401

    task = task_of(options, generate_and_save_on_threads, threads=options.threads)
    with ProcessPoolExecutor(options.workers) as pool:
        for chunk in chunks(options):
            pool.submit(task, chunk)


def generate_and_save_on_threads(directory, chunk, seed, lines, values, threads):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        for number in chunk:
            text = generate(seed + number, lines, values)
            pool.submit(save_and_print, path_of(directory, number), text)


def pipeline(options):
    import threading
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

    room = threading.Semaphore(options.queue)

    def save_result(path, made):
        try:
            save(path, made.result())
        finally:
            room.release()
        print(f".saved {path}")

    saved = []
    with ProcessPoolExecutor(options.workers) as makers, ThreadPoolExecutor(options.threads) as savers:
        for number in range(options.files):
            room.acquire()
            made = makers.submit(generate, options.seed + number, options.lines, options.values)
            saved.append(savers.submit(save_result, path_of(options.output, number), made))
        for future in saved:
            future.result()


def aiofiles_save():
    """Return a coroutine function that saves a file with aiofiles."""
    import aiofiles

    async def save_file(path, text):
        async with aiofiles.open(path, "w", newline="\n") as file:
            await file.write(text)

    return save_file


def to_thread_save():
    """Return a coroutine function that saves a file in the calls of aiofiles, each by asyncio.to_thread."""
    from asyncio import to_thread

    async def save_file(path, text):
        file = await to_thread(open, path, "w", newline="\n")
        try:
            await to_thread(file.write, text)
        finally:
            await to_thread(file.close)

    return save_file


def gather(options, coroutine, save_file, at_once=None):
    """Run one coroutine for each file, all in one gather. Its slots are a semaphore of at_once, or None."""
    import asyncio

    async def main():
        slots = asyncio.Semaphore(at_once) if at_once else None
        if options.descriptors:
            lower_limit(options)
        await asyncio.gather(*[coroutine(options, number, save_file, slots) for number in range(options.files)])

    asyncio.run(main())


def generate_file(options, number):
    text = generate(options.seed + number, options.lines, options.values)
    return path_of(options.output, number), text


def asyncio_bounded(options):
    """The listing of the row Asyncio. Deviations: also the await that the listing lacks."""
    gather(options, generate_and_save_in_slot, aiofiles_save(), options.workers)


def asyncio_to_thread(options):
    """The listing of the row Asyncio. Deviations: also the await, and asyncio.to_thread in place of aiofiles."""
    gather(options, generate_and_save_in_slot, to_thread_save(), options.workers)


async def generate_and_save_in_slot(options, number, save_file, slots):
    async with slots:
        path, text = generate_file(options, number)
        await save_file(path, text)
        print(f".saved {path}")


def asyncio_limited_save(options):
    gather(options, generate_and_wait_for_slot, aiofiles_save(), options.workers)


async def generate_and_wait_for_slot(options, number, save_file, slots):
    path, text = generate_file(options, number)
    async with slots:
        await save_file(path, text)
    print(f".saved {path}")


def asyncio_as_published(options):
    """The listing of the row Asyncio. Deviations: only the arguments and newline."""
    gather(options, generate_and_forget, aiofiles_save(), options.workers)


async def generate_and_forget(options, number, save_file, slots):
    async with slots:
        path, text = generate_file(options, number)
        # Calling a coroutine function only creates an object. Python prints a
        # warning on standard error and continues.
        save_file(path, text)
        print(f".saved {path}")


def asyncio_unbounded(options):
    """The listing without a semaphore. Deviations: also the limit of open files under --descriptors."""
    gather(options, generate_and_save_at_once, aiofiles_save())


async def generate_and_save_at_once(options, number, save_file, _):
    path, text = generate_file(options, number)
    await save_file(path, text)
    print(f".saved {path}")


def lower_limit(options):
    """Lower the limit of open files to --descriptors, or further, so that only half of the files can be open.

    With few files, --descriptors alone would not stop the listing without a semaphore.
    """
    import concurrent.futures.thread  # asyncio imports it later, and the import opens files
    import resource

    limit, free = 0, options.files // 2
    while limit < options.descriptors and (free > 0 or is_open(limit)):
        free -= not is_open(limit)
        limit += 1
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if now == resource.RLIM_INFINITY or limit < now:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most))


def is_open(descriptor):
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


METHODS = {
    "sequential": sequential,
    "threads": threads,
    "processes": processes,
    "processes-batch": processes_batch,
    "processes-threads": processes_threads,
    "asyncio": asyncio_bounded,
    "asyncio-as-published": asyncio_as_published,
    "asyncio-unbounded": asyncio_unbounded,
    "threads-return-path": threads_return_path,
    "processes-map": processes_map,
    "multiprocessing-pool": multiprocessing_pool,
    "pipeline": pipeline,
    "asyncio-limited-save": asyncio_limited_save,
    "asyncio-to-thread": asyncio_to_thread,
}


def at_least_one(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too small: it has to be 1 or more")
    return number


def length(text):
    return None if text == "auto" else at_least_one(text)


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
    add("--chunk-size", type=length, metavar="N", help="files in a task (auto: files / workers, rounded)")
    add("--queue", type=at_least_one, default=16, metavar="N", help="files in a pipeline (%(default)s)")
    add("--descriptors", type=at_least_one, metavar="N",
        help="lower the limit of open files to N, or further, so that half of the files can be open (as it is)")
    options = parser.parse_args()
    if options.descriptors and os.name == "nt":
        parser.error("argument --descriptors: this system has no limit that a program can lower")
    return options


def main():
    options = parse_arguments()
    os.makedirs(options.output, exist_ok=True)
    METHODS[options.method](options)


if __name__ == "__main__":
    main()
