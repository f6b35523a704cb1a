# SPDX-License-Identifier: GPL-2.0-only
"""Tables of which tests of KVM's are run, and when its record is made anew."""

import os
import tempfile
import unittest

from conductor.record import ASKED, Record, key, read, write

PLAN = ["kvm/guest/boot", "kvm/guest/gic", "kvm/guest/mmio", "kvm/linux/6.1-smp1",
        "kvm/vmm/page-size", "module/load", "guest/gic"]
GUESTS = {("6.1", "guest"): ("k", ["kvm/guest/gic", "kvm/guest/mmio"])}

# The record; the key now; what need not be run; families that the record says nothing of.
KNOWN = [
    ("no record", {}, "k", [], ["guest", "linux"]),
    ("fits", GUESTS, "k", ["kvm/guest/gic", "kvm/guest/mmio"], ["linux"]),
    ("another key", GUESTS, "l", [], ["guest", "linux"]),
    ("another host's", {("6.12", "guest"): ("k", ["kvm/guest/gic"])}, "k", [],
     ["guest", "linux"]),
    ("a test that is new", {("6.1", "guest"): ("k", ["kvm/guest/gic"])}, "k", ["kvm/guest/gic"],
     ["guest", "linux"]),
    ("asked each time", {("6.1", "guest"): ("k", ["kvm/guest/boot"])}, "k", [],
     ["guest", "linux"]),
]
# What passed now; whether the record of GUESTS said so.
TAKEN = [
    ("the same", ["kvm/guest/gic", "kvm/guest/mmio", "guest/gic"], True),
    ("one more", ["kvm/guest/gic", "kvm/guest/mmio", "kvm/guest/boot"], False),
    ("a part of them", ["kvm/guest/gic"], True),
    ("none", [], True),
    ("another family", ["kvm/guest/gic", "kvm/guest/mmio", "kvm/linux/6.1-smp1"], False),
]


class Kept(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = self.folder.name + "/record"

    def record(self, rows, digits, host="6.1"):
        write(self.path, rows)
        return Record(host, self.path, lambda *_: digits)

    def test_known(self):
        self.assertIn("kvm/guest/boot", ASKED["6.1"])
        for name, rows, digits, known, unknown in KNOWN:
            with self.subTest(name):
                record = self.record(rows, digits)
                self.assertEqual((record.known(PLAN), record.unknown(PLAN)), (known, unknown))

    def test_taken(self):
        for name, passed, same in TAKEN:
            with self.subTest(name):
                self.assertEqual(self.record(GUESTS, "k").take(passed), same)
                # Asked a second time it is on record.
                self.assertTrue(Record("6.1", self.path, lambda *_: "k").take(passed))

    def test_answers_of_another_key_go(self):
        self.record(GUESTS, "l").take(["kvm/guest/gic"])
        self.assertEqual(read(self.path), {("6.1", "guest"): ("l", ["kvm/guest/gic"])})

    def test_hosts_write_beside_each_other(self):
        first, second = self.record({}, "k"), self.record({}, "k", "6.12")
        first.take(["kvm/guest/gic"])
        second.take(["kvm/guest/mmio"])
        self.assertEqual(read(self.path), {("6.1", "guest"): ("k", ["kvm/guest/gic"]),
                                           ("6.12", "guest"): ("k", ["kvm/guest/mmio"])})

    def test_key_changes_with_what_the_answers_come_from(self):
        top = self.folder.name
        for path in ("guests/test/gic.c", "build/kernel-6.1/Image", "build/kernel-6.12/Image",
                     "tests/system/lib.sh", "vmm/main.cc"):
            os.makedirs(os.path.dirname(f"{top}/{path}"), exist_ok=True)
            with open(f"{top}/{path}", "w", encoding="utf-8") as out:
                out.write("1")
        for path, text, guest, linux in (
                ("guests/test/gic.c", "2", True, False),
                ("guests/test/gic.c", " /* why\n */ // 3", False, False),
                ("guests/test/gic.c", '\n"// 3 /* no comment */"', True, False),
                ("guests/test/README.md", "prose", False, False),
                ("build/kernel-6.1/Image", "2", True, True),
                ("build/kernel-6.12/Image", "2", False, True),
                ("tests/system/lib.sh", "# 2", True, True),
                ("vmm/main.cc", "2", False, False)):
            with self.subTest(path, text=text):
                before = [key("6.1", name, top) for name in ("guest", "linux")]
                with open(f"{top}/{path}", "a", encoding="utf-8") as out:
                    out.write(text)
                after = [key("6.1", name, top) for name in ("guest", "linux")]
                self.assertEqual([a != b for a, b in zip(before, after)], [guest, linux])


if __name__ == "__main__":
    unittest.main()
