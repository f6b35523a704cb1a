# SPDX-License-Identifier: GPL-2.0-only
"""What the hosts' own KVM is on record to have answered, so that it need not be asked each time.

A test of kvm/ shows that what a guest (or a program of tests/api) expects is what KVM does. That
changes with the kernel, QEMU, the guests, and the scripts that judge them: of these a family of
tests has a key. Comments of C and READMEs change no answer and are left out of it. hvk-run is not
part of it either, though it runs the guests. What it does for them is the same code on both
devices, and each run has it on /dev/hvk; that it still works with /dev/kvm is seen by the tests
that every run asks (ASKED), and by `make check-long`, which asks all."""

import functools
import glob
import hashlib
import os
import re
import subprocess

from conductor.processes import TOP

FILE = "tests/system/kvm-record"
HEAD = """# SPDX-License-Identifier: GPL-2.0-only
# Tests that each host's own KVM passed: host, family, key, tests. Made by `tests/run --long`
# (tests/conductor/record.py says of what the key is made), not by hand.
"""
# What is asked each time, by host.
ASKED = {
    "6.1": ["kvm/guest/boot", "kvm/guest/uart-input", "kvm/guest/restart", "kvm/guest/gic_smp",
            "kvm/linux/6.1-smp2"],
    "6.12": ["kvm/guest/boot", "kvm/guest/uart-input", "kvm/guest/smp-4"],
}
SCRIPTS = ["tests/system/lib.sh"]
# Families, by the second word of a test's name: the files that its answers come from.
FAMILIES = {
    "guest": ["guests/lib/*", "guests/test/*", "guests/test/*/*", "guests/flags.mk",
              "guests/guests.mk", "tests/system/guest.sh", "tests/system/kvm-gaps"],
    "linux": ["build/kernel-6.1/Image", "build/kernel-6.12/Image", "build/busybox/busybox",
              "images/guest-init", "images/ramdisk", "images/cpio.py", "tests/system/linux.sh"],
    "api": ["tests/api/*", "uapi/*", "tests/system/api.sh"],
}


def family(name):
    """Of a test of kvm/, if its answer is kept."""
    words = name.split("/")
    return words[1] if words[0] == "kvm" and words[1] in FAMILIES else None


@functools.cache
def said(*command):
    try:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return b"none"


# A string or character constant of C, which stays, or a comment.
TOKEN = re.compile(rb'("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')|//[^\n]*|/\*.*?\*/', re.DOTALL)


def contents(path):
    """A file's bytes, of a source without its comments, which change no answer."""
    with open(path, "rb") as source:
        text = source.read()
    if path.endswith((".c", ".cc", ".h", ".S")):
        text = b" ".join(TOKEN.sub(lambda token: token[1] or b" ", text).split())
    return text


def key(host, name, top=TOP):
    """What the family's answers on this host depend on, in 16 digits."""
    total = hashlib.sha256()
    for pattern in [f"build/kernel-{host}/Image", *SCRIPTS, *FAMILIES[name]]:
        for path in sorted(glob.glob(f"{top}/{pattern}")) or [pattern]:
            if os.path.isdir(path) or path.endswith(".md"):
                continue
            total.update(os.path.relpath(path, top).encode() + b"\0")
            if os.path.exists(path):
                total.update(hashlib.sha256(contents(path)).digest())
    total.update(said("qemu-system-aarch64", "--version"))
    total.update(said("aarch64-linux-gnu-gcc", "--version"))
    return total.hexdigest()[:16]


def read(path):
    """(host, family): (key, tests)"""
    rows = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as source:
            for fields in map(str.split, source):
                if fields and fields[0] != "#":
                    rows[fields[0], fields[1]] = fields[2], fields[3:]
    return rows


def write(path, rows):
    with open(path, "w", encoding="utf-8") as out:
        out.write(HEAD)
        for (host, name), (digits, tests) in sorted(rows.items()):
            print(host, name, digits, *tests, file=out)


class Record:
    """The record as one host's suite uses it."""

    def __init__(self, host, path=f"{TOP}/{FILE}", make_key=key):
        self.host = host
        self.path = path
        self.rows = read(path)
        self.keys = {name: make_key(host, name) for name in FAMILIES}

    def known(self, plan):
        """Those tests of the plan that need not be run."""
        found = []
        for name in plan:
            digits, tests = self.rows.get((self.host, family(name)), ("", []))
            if name not in ASKED.get(self.host, []) and name in tests \
                    and digits == self.keys[family(name)]:
                found.append(name)
        return found

    def unknown(self, plan):
        """Families of which there is no answer that still holds."""
        return sorted({family(name) for name in plan if family(name) and name not in
                       self.known(plan) + ASKED.get(self.host, [])})

    def take(self, passed):
        """What was passed now, of a whole suite or of a part of it. True if the record said
        that already; else it is made anew."""
        before = dict(self.rows)
        for kind in FAMILIES:
            digits, tests = self.rows.get((self.host, kind), ("", []))
            tests = set(tests if digits == self.keys[kind] else [])
            now = tests.union(name for name in passed if family(name) == kind)
            if now != tests:
                self.rows[self.host, kind] = self.keys[kind], sorted(now)
        if self.rows == before:
            return True
        # The other host's suite may have written its own meanwhile.
        write(self.path, {**read(self.path), **{row: kept for row, kept in self.rows.items()
                                                if row[0] == self.host}})
        return False
