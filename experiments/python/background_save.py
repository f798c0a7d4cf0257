#!/usr/bin/env python3
"""Save files in the background, and print the time for which the caller was blocked.

Line r of file i contains the integers seed+i+r+c for the columns c = 0, 1, ...,
joined by commas. The files are saved one after another. At the end the program
prints the line "blocked_seconds X": the time after which the caller could have
continued with other work. The program ends when every file is saved.

methods:
  foreground  the caller saves the files
  thread      a new thread saves the files
  process     a new process saves the files
"""

import argparse
import multiprocessing
import os
import threading
import time


def make(options, item):
    """Return the text of one file."""
    lines = []
    for line in range(options.lines):
        first = options.seed + item + line
        numbers = [str(first + column) for column in range(options.values)]
        lines.append(",".join(numbers))
    return "\n".join(lines)


def save_all(options):
    for item in range(options.files):
        path = os.path.join(options.output, f"data-{item:04d}.csv")
        with open(path, "w", encoding="ascii", newline="\n") as file:
            file.write(make(options, item))


# A method returns as soon as its caller may continue. It returns a function that
# waits until all files are saved and reports whether that succeeded.


def foreground(options):
    save_all(options)
    return lambda: True


def thread(options):
    saved = threading.Event()

    def work():
        save_all(options)
        saved.set()  # not reached if saving raises, which Python reports

    background = threading.Thread(target=work)
    background.start()

    def wait():
        background.join()
        return saved.is_set()

    return wait


def process(options):
    background = multiprocessing.Process(target=save_all, args=(options,))
    background.start()

    def wait():
        background.join()
        return background.exitcode == 0

    return wait


METHODS = {
    "foreground": foreground,
    "thread": thread,
    "process": process,
}


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
    add("--lines", type=at_least_one, default=5000, metavar="N", help="lines in a file (%(default)s)")
    add("--values", type=at_least_one, default=10, metavar="N", help="integers in a line (%(default)s)")
    add("--seed", type=int, default=0, metavar="N", help="the first integer of the first file (%(default)s)")
    return parser.parse_args()


def main():
    options = parse_arguments()
    os.makedirs(options.output, exist_ok=True)
    begun = time.perf_counter()
    wait = METHODS[options.method](options)
    blocked = time.perf_counter() - begun
    if not wait():
        raise SystemExit("not every file was saved")
    print(f"blocked_seconds {blocked:.9f}")


if __name__ == "__main__":
    main()
