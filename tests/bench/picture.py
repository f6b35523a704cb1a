# SPDX-License-Identifier: GPL-2.0-only
"""Rows as one picture: for each host kernel a panel, for each operation three bars."""

import shutil
import subprocess

from bench.rows import Row

LINE = 34  # pixels of an operation
PANEL = 560
NAMES = 170
BARS = (("KVM", "#8da0cb", 2), ("hvk", "#d9532c", 3), ("limit", "#c8c8c8", 4))
HEIGHT = 0.27  # of a bar, of an operation's line


def data(rows):
    """`POSITION OPERATION KVM HVK LIMIT RATIO RIGHT`, from the top to the bottom; RIGHT is where
    the longest bar ends. A figure of 0 has no place on a logarithmic scale: 1."""
    lines = []
    for place, row in enumerate(rows):
        figures = [row.kvm, row.hvk, row.limit]
        shown = ["NaN" if figure is None else str(max(figure, 1)) for figure in figures]
        right = max((figure for figure in figures if figure), default=1)
        told = "-" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append(f"{-place} {row.op} {' '.join(shown)} {told} {right}")
    return "\n".join(lines)


def panel(kernel, rows, named):
    """A block of data and the commands that draw it."""
    block = f"$k{kernel.replace('.', '_')}"
    bars = []
    for number, (title, colour, column) in enumerate(BARS):
        top = (0.5 - number) * HEIGHT + HEIGHT
        bars.append(f"{block} using (${column + 1}):1:(0.5):{column + 1}:($1+{top - HEIGHT:.3f}):"
                    f"($1+{top:.3f}) with boxxyerror fill solid 1 noborder lc rgb '{colour}' "
                    f"title '{title}'")
    names = ", ".join(f"'{row.op}' {-place}" for place, row in enumerate(rows))
    tics = f"set ytics ({names}) scale 0" if named else "unset ytics"
    return f"""
{block} << END
{data(rows)}
END
set title 'host kernel {kernel}'
set yrange [{-len(rows) + 0.4}:0.6]
{tics}
plot {', '.join(bars)}, \\
    {block} using ($7*1.15):1:6 with labels left font ',10' notitle
"""


def script(rows, path):
    kernels = list(dict.fromkeys(row.kernel for row in rows))
    ops = list(dict.fromkeys(row.op for row in rows))
    by_key = {(row.kernel, row.op): row for row in rows}
    # A line is the same operation in each panel.
    panels = [[by_key.get((kernel, op)) or Row(kernel, op) for op in ops] for kernel in kernels]
    most = len(ops)
    width = NAMES + PANEL * len(kernels)
    left = NAMES / width
    share = (1 - left) / len(kernels)
    commands = f"""
set terminal svg size {width},{most * LINE + 140} background 'white' font 'sans-serif,11'
set output '{path}'
set logscale x
set xrange [0.5:4e7]
set format x '10^{{%L}}'
set grid x lc rgb '#e0e0e0'
set xlabel 'instructions for one operation; at the bars: hvk / KVM'
set key at screen 0.5,0.012 bottom center horizontal maxrows 1
set tmargin at screen {1 - 40 / (most * LINE + 140):.4f}
set bmargin at screen {100 / (most * LINE + 140):.4f}
set multiplot
"""
    for number, (kernel, found) in enumerate(zip(kernels, panels)):
        begin = left + number * share
        commands += f"\nset lmargin at screen {begin:.4f}\n" \
                    f"set rmargin at screen {begin + share * 0.96:.4f}\n"
        commands += panel(kernel, found, number == 0)
        commands += "unset key\n"
    return commands + "unset multiplot\n"


def draw(rows, path):
    """False if there is nothing to draw with."""
    if not shutil.which("gnuplot"):
        return False
    subprocess.run(["gnuplot"], input=script(rows, path), text=True, check=True)
    return True
