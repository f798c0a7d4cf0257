"""Writes SQL statements that insert rows in transactions of a chosen size."""

import argparse


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True, help="rows in one transaction")
    parser.add_argument("--journal", required=True, help="the journal mode")
    parser.add_argument("--synchronous", required=True)
    parser.add_argument("--output", required=True)
    args = parser.parse_args()
    with open(args.output, "w") as out:
        out.write(f"PRAGMA journal_mode={args.journal};\nPRAGMA synchronous={args.synchronous};\n")
        out.write("CREATE TABLE measurements (id INTEGER PRIMARY KEY, value INTEGER, note TEXT);\n")
        for first in range(1, args.rows + 1, args.batch):
            out.write("BEGIN;\n")
            for i in range(first, min(first + args.batch, args.rows + 1)):
                out.write(f"INSERT INTO measurements VALUES ({i}, {i * 7 % 1000}, 'note {i}');\n")
            out.write("COMMIT;\n")


if __name__ == "__main__":
    main()
