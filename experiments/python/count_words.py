"""Counts the words of all files in a directory with a pool of threads."""

import argparse
import collections
import concurrent.futures
import pathlib


def count(path):
    """Returns how often each word occurs in a file."""
    words = collections.Counter()
    for line in path.read_text().splitlines():
        words.update(line.split(","))
    return words


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("directory", type=pathlib.Path)
    args = parser.parse_args()
    files = sorted(p for p in args.directory.rglob("*") if p.is_file())
    total = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(args.workers) as pool:
        for words in pool.map(count, files):
            total.update(words)
    print(f"{sum(total.values())} words, {len(total)} different")


if __name__ == "__main__":
    main()
