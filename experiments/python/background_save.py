#!/usr/bin/env python3
"""Save a file in the background, and print the time for which the caller was blocked.

The file data.txt contains "Hello world", repeated and cut to --size bytes. Several
files have the names data-0000.txt, data-0001.txt and so on; they are saved one after
another. After the line "Main is done." the program prints "blocked_seconds X".

methods of the published listings:
  foreground      the caller saves the file
  thread          a new thread saves the file
  process         a new process saves the file

further methods, for much work before the save:
  foreground-cpu  the caller makes rows of integers and saves them in data-0000.csv;
                  then it does work of its own
  thread-cpu      a new thread makes and saves the rows, while the caller works
  process-cpu     a new process does this

blocked_seconds is the time that the caller lost. For the published methods it is the
time of the call that saves the file or starts the save. For the further methods it is
the time from this call until the caller has done its own work, without the time that
the same work takes alone. That is measured before, five times; the median counts. The
own work is to make as many rows as the background makes, and to save none.

deviations of the published methods from their listings:
  - Arguments replace the text. It is made before the clock starts.
  - The time is measured and printed.
  - The working directory is changed to --output.
  - multiprocessing.set_start_method is called if --start-method is given.

No listing waits for the thread or the process. So a save that fails does not change
the exit code of the program.
"""

import os
import sys
import time

SENTENCE = "Hello world"


def save_file(filename, data):
    """The task of the listings for the foreground and for the thread."""
    with open(filename, "w", encoding="utf-8") as handle:
        handle.write(data)
    print(f"File saved: {filename}")


def save_file_in_process(filename, data):
    """The task of the listing for the process."""
    with open(filename, "w", encoding="utf-8") as handle:
        handle.write(data)
    print(f"File saved: {filename}", flush=True)


def save_files(save, filenames, data):
    for filename in filenames:
        save(filename, data)


def generate(first, lines, values):
    """Return rows: line r contains first+r+c for the columns c = 0, 1, ..."""
    rows = []
    for row in range(lines):
        numbers = [str(first + row + column) for column in range(values)]
        rows.append(",".join(numbers))
    return "\n".join(rows)


def generate_and_save(filenames, seed, lines, values):
    """The task of the further methods. The newline is for Windows, which writes another one."""
    for number, filename in enumerate(filenames):
        text = generate(seed + number, lines, values)
        with open(filename, "w", encoding="utf-8", newline="\n") as handle:
            handle.write(text)


def generate_all(files, seed, lines, values):
    """The caller's own work."""
    for number in range(files):
        generate(seed + number, lines, values)


# A starter imports what it needs, as a listing does before its main function. It
# returns the function that saves, or starts the save.


def foreground(options):
    return lambda task, *args: task(*args)


def thread(options):
    from threading import Thread

    return lambda task, *args: Thread(target=task, args=args).start()


def process(options):
    from multiprocessing import Process, set_start_method

    if options["start-method"]:
        set_start_method(options["start-method"])
    return lambda task, *args: Process(target=task, args=args).start()


STARTERS = {"foreground": foreground, "thread": thread, "process": process}
METHODS = [*STARTERS, *(f"{name}-cpu" for name in STARTERS)]


def save(options, start):
    """Do what the listings do, and return the seconds for which the caller was blocked."""
    size, files = options["size"], options["files"]
    data = (SENTENCE * (size // len(SENTENCE) + 1))[:size]
    task = save_file_in_process if options["method"] == "process" else save_file
    print("Main is running")
    print("Saving file...")
    if files == 1:
        begun = time.perf_counter()
        start(task, "data.txt", data)
    else:
        filenames = [f"data-{number:04d}.txt" for number in range(files)]
        begun = time.perf_counter()
        start(save_files, task, filenames, data)
    blocked = time.perf_counter() - begun
    print("Main is done.")
    return blocked


def save_while_working(options, start):
    """Work while the rows are made and saved. Return the seconds that the save cost the caller."""
    files = options["files"]
    work = options["seed"], options["lines"], options["values"]
    alone = []
    for _ in range(5):
        begun = time.perf_counter()
        generate_all(files, *work)
        alone.append(time.perf_counter() - begun)
    filenames = [f"data-{number:04d}.csv" for number in range(files)]
    begun = time.perf_counter()
    start(generate_and_save, filenames, *work)
    generate_all(files, *work)
    took = time.perf_counter() - begun
    return max(0.0, took - sorted(alone)[len(alone) // 2])


def at_least(least):
    def number(text):
        if int(text) < least:
            raise ValueError(f"{text} is too small: it has to be {least} or more")
        return int(text)

    return number


def one_of(words):
    def word(text):
        if text not in words:
            raise ValueError(f"{text!r} is unknown: expected one of {', '.join(words)}")
        return text

    return word


# The name, type, default and explanation of each option. A default of ... means that
# the option is required.
OPTIONS = [
    ("method", one_of(METHODS), ..., "who saves the file; see above"),
    ("output", str, ..., "the directory to save it in, which is made if need be"),
    ("files", at_least(1), 1, "how many files"),
    ("size", at_least(0), len(SENTENCE), "bytes in a text"),
    ("lines", at_least(1), 5000, "lines of rows"),
    ("values", at_least(1), 10, "integers in a line of rows"),
    ("seed", int, 0, "the first integer of the first file"),
    ("start-method", one_of(("fork", "spawn", "forkserver")), None, "how a process is started"),
]


def parse_arguments(argv):
    """Parse pairs of --name and value.

    Importing argparse takes as long as half of a published program, so it is only
    imported for help, for an error, and for another notation.
    """
    options = {name: default for name, _, default, _ in OPTIONS}
    types = {f"--{name}": (name, convert) for name, convert, _, _ in OPTIONS}
    try:
        if len(argv) % 2 > 0:
            raise ValueError("an option without a value")
        for flag, text in zip(argv[::2], argv[1::2]):
            name, convert = types[flag]
            options[name] = convert(text)
        if ... in options.values():
            raise ValueError("a required option is missing")
        return options
    except (KeyError, ValueError):
        return explain_arguments(argv)


def explain_arguments(argv):
    import argparse

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)

    def explained(convert):
        def convert_or_explain(text):
            try:
                return convert(text)
            except ValueError as error:
                raise argparse.ArgumentTypeError(error) from None

        return convert_or_explain

    for name, convert, default, explanation in OPTIONS:
        if default not in (..., None):
            explanation += f" ({default})"
        required = default is ...
        parser.add_argument(
            f"--{name}", dest=name, type=explained(convert), required=required,
            default=None if required else default, metavar=name.upper(), help=explanation,
        )
    return vars(parser.parse_args(argv))


def main():
    options = parse_arguments(sys.argv[1:])
    os.makedirs(options["output"], exist_ok=True)
    os.chdir(options["output"])
    name, _, cpu = options["method"].partition("-")
    start = STARTERS[name](options)
    blocked = save_while_working(options, start) if cpu else save(options, start)
    # The thread may print its line at the same time. A single write keeps this line
    # whole, and the newline before it keeps it apart from the line of the thread.
    sys.stdout.write(f"\nblocked_seconds {blocked:.9f}\n")


if __name__ == "__main__":
    main()
