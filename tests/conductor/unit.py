# SPDX-License-Identifier: GPL-2.0-only
"""The unit tests: each GoogleTest case is a test; and the fuzz targets on inputs that are kept."""

import glob
import os
import re

from conductor.processes import Process, run
from conductor.report import Result

UNIT = "build/vmm-x86/unit-tests"
OUTCOMES = {"OK": "ok", "FAILED": "not ok", "SKIPPED": "skip"}


class Unit:
    name = "unit"

    def __init__(self, report):
        self.report = report
        report.expect(1)

    def names(self):
        """What there is to run is known when it is built."""
        listed = run([UNIT, "--gtest_list_tests"])
        found, suite = [], ""
        for line in listed.lines if listed.status == 0 else []:
            line = line.split("#")[0].rstrip()
            if line.startswith("  "):
                found.append(suite + line.strip())
            elif line.endswith("."):
                suite = line
        return found

    def run(self):
        print("building the unit tests", flush=True)
        status, lines, seconds, cpu = run(["make", "-s", f"-j{os.cpu_count()}", "unit-build"])
        left = self.names() if status == 0 else []
        if not left:
            self.report.add("not ok", "unit/build", seconds, f"exit status {status}", lines, cpu)
            return
        self.report.expect(len(left))
        self.report.add("ok", "unit/build", seconds, cpu=cpu)
        outcome = re.compile(r"\[ +(OK|FAILED|SKIPPED) +\] ([^ ,]+).* \((\d+) ms\)$")
        last, program = [], Process([UNIT, "--gtest_color=no"])
        for line in program.lines():
            match = outcome.match(line)
            if match and match[2] in left:
                left.remove(match[2])
                # Why a test is skipped is the last that it says.
                said = [line.strip() for line in last if line.strip()]
                why = said[-1] if match[1] == "SKIPPED" and said else ""
                self.report.add(OUTCOMES[match[1]], "unit/" + match[2],
                                int(match[3]) / 1000, why, last,
                                again=lambda name=match[2]: self.again(name))
                last = []
            else:
                last.append(line)
        for name in left:
            self.report.add("not ok", "unit/" + name, 0,
                            f"did not finish (status {program.status})", last)
            last = []
        self.replay()

    def replay(self):
        """Each fuzz target with its seeds, and with what it has found before."""
        for file in sorted(glob.glob("tests/fuzz/*_fuzz.cc")):
            target = os.path.basename(file).removesuffix("_fuzz.cc")
            ended = run(["make", "-s", f"replay-{target}"])
            self.report.expect(1)
            self.report.add("not ok" if ended.status else "ok", f"fuzz/{target}", ended.seconds,
                            f"exit status {ended.status}" if ended.status else "", ended.lines,
                            ended.cpu)

    def again(self, name):
        ended = run([UNIT, "--gtest_color=no", f"--gtest_filter={name}"])
        return Result("not ok" if ended.status else "ok", "unit/" + name, ended.seconds, "",
                      ended.cpu, tuple(ended.lines))
