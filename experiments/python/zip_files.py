#!/usr/bin/env python3
"""Zip every file of a directory into one archive, by one of several methods.

The archive class of the standard library compresses and adds in a single step,
and it adds one entry at a time. So only one thread at a time can compress and
add. Other threads, processes and coroutines can only load files meanwhile.

methods with a published listing:
  sequential               add one file after another with ZipFile.write
  threads-lock             threads load; each holds a lock while it adds a file
  threads-batch-lock       threads load a chunk of files, then add the whole chunk
                           under one lock
  threads-collector        threads load; the main thread adds the loaded files
  processes                processes load and send back; the main process adds
  processes-batch          the same, a chunk of files in a task
  processes-threads-batch  the same, and threads in each process load
  asyncio                  a coroutine for each file loads; the main one adds
  asyncio-lock             a coroutine for each file loads and adds it, with a lock
                           around the adding
  asyncio-batch-lock       a coroutine for each chunk loads it, then adds the whole
                           chunk under one lock
  threads-batch-locks      threads load a chunk of files; a lock for each file
  asyncio-batch-locks      a coroutine for each chunk; a lock for each file
  make-inputs              make the files to zip, in the directory --output

methods that are published only in words:
  threads-unlocked         threads load and add without a lock: most files are lost
  threads-write-lock       threads call ZipFile.write under a lock
  memory                   like sequential, in memory, written at the end

method of iosweep:
  asyncio-to-thread        like asyncio, without the module aiofiles

deviations from the listings:
  all                      Arguments replace the constants.
  all but make-inputs      The program changes to the directory of the files, so
                           that a file is added and printed as data-0000.csv, not
                           tmp/data-0000.csv. iosweep verifies the names.
  the four with chunks     A chunk has 1 file where round(files / workers) is 0.
  of files / workers
  make-inputs              The generator has a seed for each file, so that iosweep
                           can verify it. Lines end as on Linux on every system.
  --descriptors            The limit is at most half of what the files need, so
                           that it stops the program for few files too.
  asyncio-to-thread        One call on a thread opens, reads and closes a file.

The methods whose names begin with threads, except threads-collector, do not ask
for the result of a task. So an error is lost. iosweep's verification finds the
missing files.
"""

import os

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None


def load(path):
    """Return the text of a file."""
    with open(path, "r") as file:
        return file.read()


def load_with_path(path):
    return path, load(path)


def load_all(paths):
    return paths, [load(path) for path in paths]


def load_on_threads(paths, workers):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(load, path) for path in paths]
        return paths, [future.result() for future in futures]


def slices(paths, size):
    """Split the paths into lists of equal length; the last one may be shorter."""
    return [paths[first : first + size] for first in range(0, len(paths), size)]


def slices_for(paths, workers):
    return slices(paths, max(1, round(len(paths) / workers)))


def sequential(archive, paths, options):
    """The listing. Deviations: none of its own."""
    for path in paths:
        archive.write(path)
        print(f".added {path}")


def threads_lock(archive, paths, options):
    """The listing. Deviations: none of its own."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Lock

    def load_and_add(lock, archive, path):
        text = load(path)
        with lock:
            archive.writestr(path, text)
        print(f".added {path}")

    lock = Lock()
    with ThreadPoolExecutor(options.workers) as pool:
        _ = [pool.submit(load_and_add, lock, archive, path) for path in paths]


def threads_batch_lock(archive, paths, options):
    """The listing. Deviation: a chunk has 1 file where round(files / workers) is 0."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Lock

    def load_and_add_all(lock, archive, paths):
        texts = [load(path) for path in paths]
        with lock:
            for path, text in zip(paths, texts):
                archive.writestr(path, text)
                print(f".added {path}")

    lock = Lock()
    with ThreadPoolExecutor(options.workers) as pool:
        _ = [pool.submit(load_and_add_all, lock, archive, chunk) for chunk in slices_for(paths, options.workers)]


def threads_batch_locks(archive, paths, options):
    """The listed function, in the pool of threads_batch_lock and with its deviation."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Lock

    def load_and_add_each(lock, archive, paths):
        for path in paths:
            text = load(path)
            with lock:
                archive.writestr(path, text)
                print(f".added {path}")

    lock = Lock()
    with ThreadPoolExecutor(options.workers) as pool:
        _ = [pool.submit(load_and_add_each, lock, archive, chunk) for chunk in slices_for(paths, options.workers)]


def threads_collector(archive, paths, options):
    """The listing. Deviations: none of its own."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(options.workers) as pool:
        add_each(archive, [pool.submit(load_with_path, path) for path in paths])


def threads_unlocked(archive, paths, options):
    """No listing: threads_lock without its lock."""
    from concurrent.futures import ThreadPoolExecutor

    def load_and_add(archive, path):
        text = load(path)
        archive.writestr(path, text)
        print(f".added {path}")

    with ThreadPoolExecutor(options.workers) as pool:
        _ = [pool.submit(load_and_add, archive, path) for path in paths]


def threads_write_lock(archive, paths, options):
    """No listing: threads_lock with ZipFile.write, which loads and adds."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Lock

    def add(lock, archive, path):
        with lock:
            archive.write(path)
        print(f".added {path}")

    lock = Lock()
    with ThreadPoolExecutor(options.workers) as pool:
        _ = [pool.submit(add, lock, archive, path) for path in paths]


def processes(archive, paths, options):
    """The listing. Deviations: none of its own."""
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(options.workers) as pool:
        add_each(archive, [pool.submit(load_with_path, path) for path in paths])


def processes_batch(archive, paths, options):
    """The listing. Deviations: none of its own."""
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(options.workers) as pool:
        add_all(archive, [pool.submit(load_all, chunk) for chunk in slices(paths, options.chunk_size)])


def processes_threads_batch(archive, paths, options):
    """The listing. Deviations: none of its own."""
    # A forked worker has the modules of this process. So, as in the listing, the
    # module for its threads is imported once and not in each worker.
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor  # noqa: F401

    with ProcessPoolExecutor(options.workers) as pool:
        chunks = slices(paths, options.chunk_size)
        add_all(archive, [pool.submit(load_on_threads, chunk, options.threads) for chunk in chunks])


def add_each(archive, futures):
    """Add files in the order in which they are loaded. The list keeps every text to the end."""
    from concurrent.futures import as_completed

    for future in as_completed(futures):
        path, text = future.result()
        archive.writestr(path, text)
        print(f".added {path}")


def add_all(archive, futures):
    from concurrent.futures import as_completed

    for future in as_completed(futures):
        for path, text in zip(*future.result()):
            archive.writestr(path, text)
            print(f".added {path}")


def load_with_aiofiles():
    """Return the coroutine function that loads a file. Other methods need not import aiofiles."""
    import aiofiles

    async def load_text(path):
        async with aiofiles.open(path, "r") as file:
            return await file.read()

    return load_text


def asyncio_no_lock(archive, paths, options):
    """The listing. Deviations: none of its own."""
    load_text = load_with_aiofiles()

    async def load_with_path(path):
        return await load_text(path), path

    run_no_lock(archive, paths, load_with_path)


def asyncio_to_thread(archive, paths, options):
    """asyncio_no_lock without aiofiles: one call on a thread opens, reads and closes a file."""
    import asyncio

    async def load_with_path(path):
        return await asyncio.to_thread(load, path), path

    run_no_lock(archive, paths, load_with_path)


def run_no_lock(archive, paths, load_with_path):
    import asyncio

    async def add_loaded():
        tasks = [load_with_path(path) for path in paths]
        for task in asyncio.as_completed(tasks):
            text, path = await task
            # This blocks all coroutines. Between two awaits no other one runs, so
            # it needs no lock.
            archive.writestr(path, text)
            print(f".added {path}")
        print("Done")

    asyncio.run(add_loaded())


def asyncio_lock(archive, paths, options):
    """The listing. Deviations: none of its own."""
    load_text = load_with_aiofiles()

    async def load_and_add(lock, archive, path):
        text = await load_text(path)
        async with lock:
            archive.writestr(path, text)
        print(f".added {path}")

    gather(load_and_add, archive, paths)


def asyncio_batch_lock(archive, paths, options):
    """The listing. Deviation: a chunk has 1 file where round(files / workers) is 0."""
    load_text = load_with_aiofiles()

    async def load_and_add_all(lock, archive, paths):
        texts = [await load_text(path) for path in paths]
        async with lock:
            for path, text in zip(paths, texts):
                archive.writestr(path, text)
                print(f".added {path}")

    gather(load_and_add_all, archive, slices_for(paths, options.workers))


def asyncio_batch_locks(archive, paths, options):
    """The listed function, with the coroutines of asyncio_batch_lock and its deviation."""
    load_text = load_with_aiofiles()

    async def load_and_add_each(lock, archive, paths):
        for path in paths:
            text = await load_text(path)
            async with lock:
                archive.writestr(path, text)
            print(f".added {path}")

    gather(load_and_add_each, archive, slices_for(paths, options.workers))


def gather(coroutine, archive, tasks):
    import asyncio

    async def run_all():
        lock = asyncio.Lock()
        await asyncio.gather(*[coroutine(lock, archive, task) for task in tasks])

    asyncio.run(run_all())


def make_inputs(options):
    """The listing. Deviations: a seed for each file, and newlines as on Linux."""
    import random

    os.makedirs(options.output, exist_ok=True)
    for item in range(options.files):
        random.seed(options.seed + item)
        text = text_of_numbers(random.random, options.lines, options.values)
        path = os.path.join(options.output, f"data-{item:04d}.csv")
        with open(path, "w", newline="\n") as file:
            file.write(text)
        print(f".saved {path}")


def text_of_numbers(random, lines, values):
    rows = []
    for _ in range(lines):
        rows.append(",".join([str(random()) for _ in range(values)]))
    return "\n".join(rows)


def memory(paths, options):
    """No listing: sequential, with the archive in memory until it is complete."""
    from io import BytesIO
    from zipfile import ZIP_DEFLATED, ZipFile

    buffer = BytesIO()
    with ZipFile(buffer, "w", compression=ZIP_DEFLATED) as archive:
        sequential(archive, paths, options)
    with open(options.output, "wb") as file:
        file.write(buffer.getbuffer())


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
    "threads-batch-locks": threads_batch_locks,
    "asyncio-batch-locks": asyncio_batch_locks,
    "make-inputs": make_inputs,
    "threads-unlocked": threads_unlocked,
    "threads-write-lock": threads_write_lock,
    "memory": memory,
    "asyncio-to-thread": asyncio_to_thread,
}


def parse_arguments():
    import argparse

    def at_least_one(text):
        number = int(text)
        if number < 1:
            raise argparse.ArgumentTypeError(f"{number} is too small: it has to be 1 or more")
        return number

    def directory(text):
        if not os.path.isdir(text):
            raise argparse.ArgumentTypeError(f"{text!r} is not a directory")
        return text

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--method", required=True, choices=METHODS, metavar="METHOD", help="how the files are zipped; see above")
    add("--input", type=directory, metavar="DIR", help="the directory whose files are zipped")
    add("--output", required=True, metavar="FILE", help="the archive to make, in place of one that may be there")
    add("--workers", type=at_least_one, default=100, metavar="N", help="threads, processes or coroutines (%(default)s)")
    add("--threads", type=at_least_one, default=10, metavar="N", help="threads in each process (%(default)s)")
    add("--chunk-size", type=at_least_one, default=10, metavar="N", help="files in a task of a process (%(default)s)")
    add("--descriptors", type=at_least_one, metavar="N", help="lower the limit of open files to N or less (as it is)")
    add("--files", type=at_least_one, default=1000, metavar="N", help="files to make (%(default)s)")
    add("--lines", type=at_least_one, default=10000, metavar="N", help="lines in a file to make (%(default)s)")
    add("--values", type=at_least_one, default=10, metavar="N", help="numbers in a line to make (%(default)s)")
    add("--seed", type=int, default=0, metavar="N", help="the seed of the first file to make (%(default)s)")
    options = parser.parse_args()
    if options.descriptors and not resource:
        parser.error("argument --descriptors: this system has no limit that a program can lower")
    if not options.input and options.method != "make-inputs":
        parser.error("the following arguments are required: --input")
    return options


def lower_limit(descriptors, files):
    """Lower the limit of open files. All files at once need some more descriptors than files."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = min(descriptors, files // 2 + 4)
    if now == resource.RLIM_INFINITY or limit < now:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most))


def main():
    options = parse_arguments()
    options.output = os.path.abspath(options.output)
    if options.method == "make-inputs":
        make_inputs(options)
        return
    os.chdir(options.input)
    paths = os.listdir()
    if options.method == "memory":
        memory(paths, options)
        return
    from zipfile import ZIP_DEFLATED, ZipFile

    with ZipFile(options.output, "w", compression=ZIP_DEFLATED) as archive:
        if options.descriptors:
            lower_limit(options.descriptors, len(paths))
        METHODS[options.method](archive, paths, options)


if __name__ == "__main__":
    main()
