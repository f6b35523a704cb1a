# SPDX-License-Identifier: GPL-2.0-only
"""Rows as a table: for a terminal, and as Markdown."""

from bench.rows import INSTRUCTIONS

NOTE = "* differs between two runs of one boot"


def cell(value):
    return "-" if value is None else str(value)


def ratio(row):
    return "-" if row.ratio is None else f"{row.ratio:.2f}"


def name(row):
    """With the unit, if it is not what the table is about."""
    return row.op if row.unit == INSTRUCTIONS else f"{row.op}, {row.unit}"


def star(row):
    return "*" if row.repeats is False else ""


def over(row):
    return row.limit is not None and row.hvk is not None and row.hvk > row.limit


def text(rows):
    """One kernel's rows."""
    lines = [f"{'operation':<32} {'kvm':>8} {'hvk':>8} {'hvk / kvm':>9} {'limit':>6}"]
    for row in rows:
        lines.append(f"{name(row) + star(row):<32} {cell(row.kvm):>8} {cell(row.hvk):>8} "
                     f"{ratio(row):>9} {cell(row.limit):>6}{' above' * over(row)}")
    if any(row.repeats is False for row in rows):
        lines.append(NOTE)
    return "\n".join(lines)


def markdown(rows):
    """All kernels side by side, an operation a line."""
    kernels = list(dict.fromkeys(row.kernel for row in rows))
    by_key = {(row.kernel, row.op): row for row in rows}
    heads = [head for kernel in kernels for head in (f"KVM, {kernel}", f"hvk, {kernel}", "hvk / KVM")]
    lines = ["| operation | " + " | ".join([*heads, "limit"]) + " |",
             "|---|" + "---:|" * (len(heads) + 1)]
    for op in dict.fromkeys(row.op for row in rows):
        found = [by_key.get((kernel, op)) for kernel in kernels]
        cells = []
        for row in found:
            cells += ["-"] * 3 if row is None else \
                [cell(row.kvm), cell(row.hvk) + "\\*" * bool(star(row)), ratio(row)]
        first = next(row for row in found if row)
        lines.append(f"| {name(first)} | " + " | ".join([*cells, cell(first.limit)]) + " |")
    if any(row.repeats is False for row in rows):
        lines += ["", "\\" + NOTE]
    return "\n".join(lines) + "\n"
