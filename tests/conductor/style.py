# SPDX-License-Identifier: GPL-2.0-only
"""What a reader would have to say otherwise: licences, format, checkpatch, sparse."""

import os
import re
import shutil
import subprocess
import tempfile
import time

from conductor import rooms
from conductor.processes import TOP, run, used_here
from conductor.report import HOSTS

CHECKPATCH = "build/checkpatch/checkpatch.pl"
# What checkpatch does not know about a file: (file or folder, types, why).
CHECKPATCH_IGNORED = [
    ("kmod/base/compat.h", "LINUX_VERSION_CODE,CONSTANT_COMPARISON", "it is there to compare versions"),
    ("kmod/trap/mmio.c", "ENOSYS", "KVM's answer to an access without a syndrome"),
    ("kmod/el2/take.c", "LINE_SPACING", "registers that are bound for a call, after all else"),
    ("kmod/el2/image/tlb.c", "MACRO_ARG_REUSE", "the erratum wants the instruction twice"),
    ("kmod/el2/image/", "PREFER_DEFINED_ATTRIBUTE_MACRO", "EL2 has no kernel headers"),
    ("kmod/el2/pe_traps.c", "COMPLEX_MACRO,MACRO_ARG_REUSE", "rows of a table, two of one feature"),
    ("uapi/", "BIT_MACRO", "BIT() is not for userspace"),
]
# Folders whose order stands in their file `rooms`, and how many of them X_state.h may use.
ROOMS = [("kmod", 2), ("vmm", 0)]


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", "-z", "--", *patterns], cwd=TOP, check=True,
                            stdout=subprocess.PIPE).stdout.decode()
    return [name for name in listed.split("\0") if name and os.path.exists(f"{TOP}/{name}")]


def lacks_licence(name):
    if "/" not in name and name.startswith("."):
        return False  # settings of tools
    if name.startswith("LICENSES/"):
        return False
    with open(f"{TOP}/{name}", "rb") as source:
        head = source.read(2000)
    return bool(head) and b"SPDX-License-Identifier:" not in head


class Style:
    name = "style"

    def __init__(self, report, long):
        self.report = report
        self.tests = [("style/licence", self.licence), ("style/format", self.format),
                      ("style/abi-page", self.abi_page), ("style/conductor", self.conductor),
                      ("style/rooms", self.rooms)]
        if os.path.exists(f"{TOP}/{CHECKPATCH}") or long:
            self.tests.append(("style/checkpatch", self.checkpatch))
        self.tests.append(("style/unit", self.unit))
        # A minute each; they differ in the kernel's headers only.
        for host in HOSTS if long else HOSTS[-1:]:
            self.tests.append((f"style/sparse-{host}",
                               lambda name, host=host: self.sparse(name, host)))
        report.expect(len(self.tests))

    def run(self):
        for name, test in self.tests:
            test(name)

    def licence(self, name):
        started = time.monotonic()
        bad = [file for file in tracked() if lacks_licence(file)]
        self.report.add("not ok" if bad else "ok", name, time.monotonic() - started,
                        "without an SPDX line" if bad else "", bad)

    def format(self, name):
        status, lines, seconds, cpu = run(["clang-format", "--dry-run", "--Werror",
                                           *tracked("vmm/*.cc", "vmm/*.h", "tests/*.cc", "tests/*.h",
                                                    "guests/*.cc", "packaging/*.cc",
                                                    ":!tests/unit/kshim")])
        bad = sorted({line.split(":")[0] for line in lines if ": error:" in line})
        if status:
            self.report.add("not ok", name, seconds, "clang-format -i these", bad or lines, cpu)
        else:
            self.report.add("ok", name, seconds, cpu=cpu)

    def rooms(self, name):
        """Folders use those above them, and no files each other in a circle."""
        started, bad = time.monotonic(), []
        for top, ground in ROOMS:
            files = [file[len(top) + 1:] for file in tracked(*(f"{top}/*.{kind}" for kind in
                                                               ("c", "h", "S", "cc")))]
            bad += [f"{top}/{complaint}" for complaint in rooms.look(f"{TOP}/{top}", ground, files)]
        self.report.add("not ok" if bad else "ok", name, time.monotonic() - started,
                        f"{len(bad)} uses against the order" if bad else "", bad)

    def abi_page(self, name):
        """The page that tells where hvk differs is what its tables say."""
        status, lines, seconds, cpu = run(["tests/api/oracle/abi-page", "--check"])
        self.report.add("not ok" if status else "ok", name, seconds, lines[-1] if status else "",
                        cpu=cpu)

    def conductor(self, name):
        """What counts the tests, by tables."""
        status, lines, seconds, cpu = run([
            "env", "PYTHONPATH=tests", "PYTHONDONTWRITEBYTECODE=1", "python3", "-m", "unittest",
            *(f"conductor.{os.path.basename(file)[:-3]}"
              for file in tracked("tests/conductor/test_*.py"))])
        self.report.add("not ok" if status else "ok", name, seconds, "", lines, cpu)

    def unit(self, name):
        """The service as `make install` writes it, but that hvk-run is another program."""
        if not shutil.which("systemd-analyze"):
            self.report.add("skip", name, 0, "this machine has no systemd-analyze")
            return
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{TOP}/packaging/hvk@.service") as file:
                text = file.read().replace("=hvk-run", "=" + shutil.which("true"))
            with open(f"{folder}/hvk@demo.service", "w") as file:
                file.write(text)
            status, lines, seconds, cpu = run(["systemd-analyze", "verify", "--man=no",
                                               f"{folder}/hvk@demo.service"])
        # What it does not know it ignores, and says so.
        bad = [line for line in lines if "hvk@" in line]
        self.report.add("not ok" if status or bad else "ok", name, seconds,
                        "systemd-analyze verify complains" if status or bad else "", bad or lines,
                        cpu)

    def checkpatch(self, name):
        if not os.path.exists(f"{TOP}/{CHECKPATCH}"):
            fetched = run(["tests/fetch-checkpatch"])
            if fetched.status:
                self.report.add("not ok", name, fetched.seconds, "could not be fetched",
                                fetched.lines)
                return
        groups = {}
        for file in tracked("kmod/*.c", "kmod/*.h", "kmod/*.S", "uapi/*.h"):
            ignored = [types for start, types, _ in CHECKPATCH_IGNORED if file.startswith(start)]
            groups.setdefault(",".join(ignored), []).append(file)
        bad, started, used = [], time.monotonic(), used_here()
        for ignored, files in groups.items():
            status, lines, _, _ = run(["perl", CHECKPATCH, "--no-tree", "--strict", "--terse",
                                       "--quiet", "--show-types",
                                       *(["--ignore", ignored] if ignored else []), "-f", *files])
            told = [line for line in lines if not line.startswith("total:")]
            bad += told or ([f"exit status {status}"] if status else [])
        self.report.add("not ok" if bad else "ok", name, time.monotonic() - started,
                        f"{len(bad)} messages" if bad else "", bad, used_here() - used)

    def sparse(self, name, host):
        """The compiler's warnings and sparse's own; C=2 has it look at every file."""
        status, lines, seconds, cpu = run(["make", "-s", f"-j{os.cpu_count()}",
                                           "kmod-sparse-" + host])
        bad = [line for line in lines if re.search(r"\b(warning|error):", line)]
        if status or bad:
            self.report.add("not ok", name, seconds, f"{len(bad)} messages", bad or lines, cpu)
        else:
            self.report.add("ok", name, seconds, cpu=cpu)
