# SPDX-License-Identifier: GPL-2.0-only
"""What is measured: rows of figures out of what the lab printed, and what they may be."""

import json
import os

# What hvk means to stay below, in the row's unit.
LIMITS = {
    "hypercall": 100, "psci-version": 100, "exit-module": 750, "id-register": 120,
    "gicd-read": 200, "gicd-write": 300, "gicd-write-change": 300, "gicd-write-priority": 300,
    "physical-timer-read": 150, "physical-timer-write": 150,
    "sgi-self": 350, "sgi-running": 300, "sgi-wfi": 3000, "timer": 300, "timer-wfi": 2400,
    "wfi-pending": 100, "mmio-read": 2200, "mmio-write": 2200, "ioeventfd": 900,
    "first-touch": 4500,
    "window-switch": 2500, "window-exit": 4000, "private-memory": 5120,
}

# Rows that are no numbers of instructions.
UNITS = {"module-memory": "KiB", "private-memory": "KiB"}
INSTRUCTIONS = "instructions"

# What takes a moment and repeats: compared with expected.json by each `bench --check`.
EXPECTED = ("hypercall", "psci-version", "exit-module", "id-register", "gicd-read", "gicd-write",
            "gicd-write-change", "sgi-self", "timer", "wfi-pending", "mmio-read", "ioeventfd")
# Of these, what a module is asked that answers nothing at EL2.
WITHOUT_FASTPATH = ("exit-module",)

PERCENT = 5  # so much dearer a row may be than expected
SLACK = 1  # and so many instructions, where a per cent is less than one

FILE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "expected.json")
LICENCE = "SPDX-License-Identifier: GPL-2.0-only"


def same(one, other):
    """Whether two figures of one operation are one figure."""
    return abs(one - other) <= max(1, min(one, other) * 0.01)


class Row:
    """One operation on one host kernel. `repeats` is None if it was not measured twice."""

    def __init__(self, kernel, op):
        self.kernel = kernel
        self.op = op
        self.figures = {"kvm": [], "hvk": []}

    def figure(self, device):
        return min(self.figures[device], default=None)

    @property
    def kvm(self):
        return self.figure("kvm")

    @property
    def hvk(self):
        return self.figure("hvk")

    @property
    def limit(self):
        return LIMITS.get(self.op)

    @property
    def unit(self):
        return UNITS.get(self.op, INSTRUCTIONS)

    @property
    def ratio(self):
        return self.hvk / self.kvm if self.kvm and self.hvk is not None else None

    @property
    def repeats(self):
        twice = [figures for figures in self.figures.values() if len(figures) > 1]
        if not twice:
            return None
        return all(same(min(figures), max(figures)) for figures in twice)

    def plain(self):
        return {"kernel": self.kernel, "op": self.op, "kvm": self.kvm, "hvk": self.hvk,
                "limit": self.limit, "repeats": self.repeats, "unit": self.unit}


def read(kernel, lines):
    """Rows in the order in which their operations were first measured, from lines
    `DEVICE bench OPERATION FIGURE`; other lines are the programs' other words."""
    rows = {}
    for line in lines:
        words = line.split()
        if len(words) != 4 or words[1] != "bench" or words[0] not in ("kvm", "hvk") \
                or not words[3].isdecimal():
            continue
        device, _, op, figure = words
        rows.setdefault(op, Row(kernel, op)).figures[device].append(int(figure))
    return list(rows.values())


def expected(path=FILE):
    """What each host kernel's operations are expected to cost hvk."""
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as source:
        known = json.load(source)
    return {kernel: figures for kernel, figures in known.items() if isinstance(figures, dict)}


def expect(rows, path=FILE):
    """Writes the figures of these rows' kernels; those of others stay."""
    known = expected(path)
    for row in rows:
        if row.op in EXPECTED and row.hvk is not None:
            known.setdefault(row.kernel, {})
    for kernel in {row.kernel for row in rows} & set(known):
        figures = {row.op: row.hvk for row in rows if row.kernel == kernel and row.hvk is not None}
        known[kernel] = {op: figures[op] for op in EXPECTED if op in figures}
    with open(path, "w", encoding="utf-8") as out:
        json.dump({"licence": LICENCE, **dict(sorted(known.items()))}, out, indent=4)
        out.write("\n")


def dearer(rows, known):
    """Complaints: what hvk does at a higher price than `known` has for the rows' kernels, and what
    was not measured."""
    found = []
    for kernel in dict.fromkeys(row.kernel for row in rows):
        measured = {row.op: row.hvk for row in rows if row.kernel == kernel}
        if not known.get(kernel):
            found.append(f"{kernel}: nothing is expected of this kernel")
        for op, figure in known.get(kernel, {}).items():
            now = measured.get(op)
            if now is None:
                found.append(f"{kernel} {op}: was not measured")
            elif now > figure + max(SLACK, figure * PERCENT / 100):
                by = f", {(now - figure) * 100 / figure:.0f} % more" if figure else ""
                found.append(f"{kernel} {op}: {now} instructions instead of {figure}{by}")
    return found


def cheaper(rows, known):
    """What has become so much cheaper that the file should say so."""
    return [f"{row.kernel} {row.op}: {row.hvk} instructions instead of {figure}"
            for row in rows if row.hvk is not None
            for figure in [known.get(row.kernel, {}).get(row.op)]
            if figure is not None and row.hvk < figure - max(SLACK, figure * PERCENT / 100)]
