#!/usr/bin/env python3
"""Save a file in the background, and print the time for which the caller was blocked.

The file data.txt contains "Hello world", repeated and cut to --size bytes. Several
files have the names data-0000.txt, data-0001.txt and so on; they are saved one after
another. After the line "Main is done." the program prints "blocked_seconds X": the
time of the call that saves the file or starts the save.

methods of the published listings:
  foreground  the caller saves the file
  thread      a new thread saves the file
  process     a new process saves the file

deviations of the published methods from their listings:
  - Arguments replace the text. It is made before the clock starts.
  - The time is measured and printed, after an empty line.
  - The working directory is changed to --output.
  - multiprocessing.set_start_method is called if --start-method is given.
  - Several files are saved one after another, all with the same text.

No listing waits for the thread or the process. So a save that fails does not change
the exit code of the program.
"""

import os
import sys
import time


def save(filename, data):
    with open(filename, "w", encoding="utf-8") as handle:
        handle.write(data)
    print(f"File saved: {filename}")


def save_in_process(filename, data):
    with open(filename, "w", encoding="utf-8") as handle:
        handle.write(data)
    print(f"File saved: {filename}", flush=True)


def save_all(task, filenames, data):
    for filename in filenames:
        task(filename, data)


# A method imports what it needs, as a listing does before its main program. It
# returns its task, and the function that runs or starts it.


def foreground(start_method):
    return save, lambda task, *args: task(*args)


def thread(start_method):
    from threading import Thread

    return save, lambda task, *args: Thread(target=task, args=args).start()


def process(start_method):
    from multiprocessing import Process, set_start_method

    if start_method:
        set_start_method(start_method)
    return save_in_process, lambda task, *args: Process(target=task, args=args).start()


METHODS = {"foreground": foreground, "thread": thread, "process": process}
START_METHODS = "fork", "spawn", "forkserver"


def main(method, output, files=1, size=11, start_method=None):
    os.makedirs(output, exist_ok=True)
    os.chdir(output)
    task, start = METHODS[method](start_method)
    data = ("Hello world" * (size // 11 + 1))[:size]
    args = task, "data.txt", data
    if files > 1:
        args = save_all, task, [f"data-{number:04d}.txt" for number in range(files)], data
    print("Main is running")
    print("Saving file...")
    begun = time.perf_counter()
    start(*args)
    blocked = time.perf_counter() - begun
    print("Main is done.")
    # The thread may print its line at the same time. A single write keeps this line
    # whole, and the newline before it keeps it apart from the line of the thread.
    sys.stdout.write(f"\nblocked_seconds {blocked:.9f}\n")


def parse_arguments():
    import argparse

    def at_least(least):
        def number(text):
            if int(text) < least:
                raise argparse.ArgumentTypeError(f"{text} is too small: it has to be {least} or more")
            return int(text)

        return number

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--method", required=True, choices=METHODS, metavar="METHOD", help="who saves the file; see above")
    add("--output", required=True, metavar="DIR", help="the directory to save it in, which is made if need be")
    add("--files", type=at_least(1), default=1, metavar="N", help="how many files (%(default)s)")
    add("--size", type=at_least(0), default=11, metavar="N", help="bytes in a file (%(default)s)")
    names = ", ".join(START_METHODS)
    add("--start-method", choices=START_METHODS, metavar="M", help=f"how a process is started: {names}")
    return vars(parser.parse_args())


def usual_arguments(argv):
    """Return the arguments of main, or None if background-save.yaml does not pass such arguments."""
    values = dict(zip(argv[::2], argv[1::2]))
    start_method = values.pop("--start-method", None)
    if len(argv) % 2 or values.keys() != {"--method", "--output", "--files", "--size"}:
        return None
    method, output, files, size = (values[flag] for flag in ("--method", "--output", "--files", "--size"))
    known = method in METHODS and start_method in (None, *START_METHODS)
    if known and files.isdecimal() and size.isdecimal() and int(files) > 0:
        return {"method": method, "output": output, "files": int(files), "size": int(size), "start_method": start_method}
    return None


if __name__ == "__main__":
    # The import of argparse takes as long as half of a published program, so it is
    # imported for other arguments only.
    main(**(usual_arguments(sys.argv[1:]) or parse_arguments()))
