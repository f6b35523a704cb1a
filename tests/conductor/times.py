# SPDX-License-Identifier: GPL-2.0-only
"""How long tests and stages take: what is told at the end, and a table that outlives the run."""

import os

TABLE = "build/tests/times.tsv"
HEAD = "name\tseconds\tcpu\tstage"
SLOWEST = 20


def read(path):
    """Rows of the table by name: (seconds, processor time or None, stage)."""
    rows = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as source:
            for line in source:
                fields = line.rstrip("\n").split("\t")
                if len(fields) == 4 and fields[0] != "name":
                    name, seconds, cpu, stage = fields
                    rows[name] = (float(seconds), None if cpu == "-" else float(cpu), stage)
    return rows


def line(name, seconds, cpu, stage):
    return f"{name}\t{seconds:.1f}\t{'-' if cpu is None else f'{cpu:.1f}'}\t{stage}"


def write(path, rows):
    """What did not run this time keeps its row."""
    kept = {**read(path), **rows}
    with open(path + ".new", "w", encoding="utf-8") as out:
        print(HEAD, file=out)
        for name in sorted(kept):
            print(line(name, *kept[name]), file=out)
    os.replace(path + ".new", path)


def told(seconds, cpu):
    return f"{seconds:7.1f} s" + ("" if cpu is None else f", {cpu:7.1f} s of processor time")


def tell(rows, stages):
    """The slowest tests, then the stages in the order in which they ended."""
    if len(rows) > SLOWEST:
        print(f"the slowest {SLOWEST} tests:")
        for name in sorted(rows, key=lambda name: -rows[name][0])[:SLOWEST]:
            print(f"  {told(*rows[name][:2])}  {name}")
    if stages:
        print("stages, some of them side by side:")
        for name, seconds, cpu in stages:
            print(f"  {told(seconds, cpu)}  {name}")
