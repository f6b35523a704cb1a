# SPDX-License-Identifier: GPL-2.0-only
"""Tables of what `tests/system/bench` makes of figures: rows, complaints, tables, the picture."""

import json
import tempfile
import unittest

from bench import picture, rows, table

LINES = """\
kvm bench hypercall 1431
kvm bench hypercall 1431
kvm bench vm-create 500000
kvm bench vm-create 600000
kvm perhaps bench no 1
kvm bench broken
kvm cost-end
hvk bench hypercall 83
hvk bench hypercall 82
hvk bench notifier-inside 11568
hvk bench window-exit 7562
kvm bench private-memory 3912
hvk bench private-memory 3912
""".splitlines()

# kernel, operation, KVM, hvk, limit, repeats, unit
READ = [
    ("6.1", "hypercall", 1431, 82, 100, True, "instructions"),  # one instruction is a rounding
    ("6.1", "vm-create", 500000, None, None, False, "instructions"),
    ("6.1", "notifier-inside", None, 11568, None, None, "instructions"),
    ("6.1", "window-exit", None, 7562, 4000, None, "instructions"),
    ("6.1", "private-memory", 3912, 3912, 5120, None, "KiB"),
]

# measured, expected, whether it is too dear, whether it is so cheap that the file is old
COMPARED = [
    (100, 100, False, False),
    (105, 100, False, False),
    (106, 100, True, False),
    (95, 100, False, False),
    (94, 100, False, True),
    (3, 2, False, False),
    (4, 2, True, False),
    (1, 0, False, False),
    (2, 0, True, False),
]


def made(figures, kernel="6.1"):
    return rows.read(kernel, [f"hvk bench {op} {figure}" for op, figure in figures.items()])


class Rows(unittest.TestCase):
    def test_read(self):
        found = [tuple(row.plain().values()) for row in rows.read("6.1", LINES)]
        self.assertEqual(found, READ)
        self.assertEqual(list(rows.read("6.1", LINES)[0].plain()),
                         ["kernel", "op", "kvm", "hvk", "limit", "repeats", "unit"])

    def test_dearer(self):
        for measured, figure, dear, cheap in COMPARED:
            found, known = made({"timer": measured}), {"6.1": {"timer": figure}}
            with self.subTest(measured=measured, expected=figure):
                self.assertEqual(bool(rows.dearer(found, known)), dear)
                self.assertEqual(bool(rows.cheaper(found, known)), cheap)

    def test_complaint(self):
        self.assertEqual(rows.dearer(made({"timer": 120}), {"6.1": {"timer": 100, "eoi": 1}}),
                         ["6.1 timer: 120 instructions instead of 100, 20 % more",
                          "6.1 eoi: was not measured"])
        self.assertEqual(rows.dearer(made({"timer": 120}), {}),
                         ["6.1: nothing is expected of this kernel"])
        # What is expected of a kernel that was not measured is nobody's complaint.
        self.assertEqual(rows.dearer(made({"timer": 1}), {"6.1": {"timer": 1}, "6.12": {"eoi": 1}}), [])

    def test_expect(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/expected.json"
            rows.expect(made({"timer": 84, "vm-create": 5}), path)
            rows.expect(made({"hypercall": 82, "timer": 90}, "6.12"), path)
            self.assertEqual(rows.expected(path), {"6.1": {"timer": 84},
                                                   "6.12": {"hypercall": 82, "timer": 90}})
            with open(path, encoding="utf-8") as source:
                self.assertIn("SPDX-License-Identifier:", source.read())

    def test_file(self):
        """The file in the repository is about operations that `bench --check` measures."""
        for kernel, figures in rows.expected().items():
            self.assertEqual(sorted(figures), sorted(rows.EXPECTED), kernel)
        with open(rows.FILE, encoding="utf-8") as source:
            self.assertIn("licence", json.load(source))


class Shown(unittest.TestCase):
    def test_text(self):
        lines = table.text(rows.read("6.1", LINES)).splitlines()
        self.assertEqual([line.split() for line in lines[1:]], [
            ["hypercall", "1431", "82", "0.06", "100"],
            ["vm-create*", "500000", "-", "-", "-"],
            ["notifier-inside", "-", "11568", "-", "-"],
            ["window-exit", "-", "7562", "-", "4000", "above"],
            ["private-memory,", "KiB", "3912", "3912", "1.00", "5120"],
            table.NOTE.split(),
        ])
        self.assertTrue(table.text(made({"hypercall": 101})).endswith(" 100 above"))

    def test_markdown(self):
        both = rows.read("6.1", LINES) + made({"hypercall": 90}, "6.12")
        lines = table.markdown(both).splitlines()
        self.assertEqual(lines[2], "| hypercall | 1431 | 82 | 0.06 | - | 90 | - | 100 |")
        self.assertIn("| private-memory, KiB | 3912 | 3912 | 1.00 | - | - | - | 5120 |", lines)
        self.assertEqual({line.count("|") for line in lines if line.startswith("|")}, {9})

    def test_picture(self):
        """Rows stand below each other; what was not measured has no bar."""
        found = rows.read("6.1", LINES)
        self.assertEqual(picture.data(found).splitlines(), [
            "0 hypercall 1431 82 100 0.06 1431",
            "-1 vm-create 500000 NaN NaN - 500000",
            "-2 notifier-inside NaN 11568 NaN - 11568",
            "-3 window-exit NaN 7562 4000 - 7562",
            "-4 private-memory 3912 3912 5120 1.00 5120",
        ])
        text = picture.script(found + made({"timer": 5}, "6.12"), "x.svg")
        self.assertIn("host kernel 6.12", text)


if __name__ == "__main__":
    unittest.main()
