#!/usr/bin/env python3
"""Make files of integers and save them in the background, while the caller works.

Line r of file i contains the integers seed+i+r+c for the columns c = 0, 1, ...,
joined by commas. Making the lines needs much more time than saving them. Meanwhile
the caller does work of its own: it makes the same lines and does not save them.

At the end the program prints "blocked_seconds X": the time that the caller lost. It is
the time from the start of the save until the caller's own work is done, without the
time that this work takes alone, and at least the time of the call that starts the
save. The time alone is the median of three measurements before.

methods, none of which has a listing:
  foreground  the caller saves the files, and then does its own work
  thread      a new thread saves the files
  process     a new process saves the files

No method waits for the thread or the process, as in the listings of background_save.py.
So a save that fails does not change the exit code of the program.
"""

import argparse
import os
import time


def generate(first, lines, values):
    """Return the text of one file."""
    rows = []
    for row in range(lines):
        numbers = [str(first + row + column) for column in range(values)]
        rows.append(",".join(numbers))
    return "\n".join(rows)


def generate_all(files, lines, values, seed):
    for number in range(files):
        yield f"data-{number:04d}.csv", generate(seed + number, lines, values)


def save(output, *workload):
    for name, text in generate_all(*workload):
        with open(os.path.join(output, name), "w", encoding="utf-8", newline="\n") as handle:
            handle.write(text)


def work(*workload):
    for _ in generate_all(*workload):
        pass


def foreground(start_method):
    return lambda task, *args: task(*args)


def thread(start_method):
    from threading import Thread

    return lambda task, *args: Thread(target=task, args=args).start()


def process(start_method):
    from multiprocessing import Process, set_start_method

    if start_method:
        set_start_method(start_method)
    return lambda task, *args: Process(target=task, args=args).start()


METHODS = {"foreground": foreground, "thread": thread, "process": process}


def lost_seconds(start, output, *workload):
    """Start the save, do the caller's own work, and return the time that the caller lost."""
    alone = []
    for _ in range(3):
        begun = time.perf_counter()
        work(*workload)
        alone.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    start(save, output, *workload)
    called = time.perf_counter() - begun
    work(*workload)
    took = time.perf_counter() - begun
    return max(called, took - sorted(alone)[1])


def at_least_one(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too small: it has to be 1 or more")
    return number


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--method", required=True, choices=METHODS, metavar="METHOD", help="who saves the files; see above")
    add("--output", required=True, metavar="DIR", help="the directory to save them in, which is made if need be")
    add("--files", type=at_least_one, default=1, metavar="N", help="how many files (%(default)s)")
    add("--lines", type=at_least_one, default=200000, metavar="N", help="lines in a file (%(default)s)")
    add("--values", type=at_least_one, default=10, metavar="N", help="integers in a line (%(default)s)")
    add("--seed", type=int, default=0, metavar="N", help="the first integer of the first file (%(default)s)")
    methods = ["fork", "spawn", "forkserver"]
    add("--start-method", choices=methods, metavar="M", help=f"how a process is started: {', '.join(methods)}")
    return parser.parse_args()


def main():
    options = parse_arguments()
    os.makedirs(options.output, exist_ok=True)
    start = METHODS[options.method](options.start_method)
    lost = lost_seconds(start, options.output, options.files, options.lines, options.values, options.seed)
    print(f"blocked_seconds {lost:.9f}")


if __name__ == "__main__":
    main()
