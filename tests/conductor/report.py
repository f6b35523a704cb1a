# SPDX-License-Identifier: GPL-2.0-only
"""What tests come to: a line for each as it comes, and the sum."""

import threading
import time

from conductor import times
from conductor.processes import TOP, run, used_here

LOGS = "build/tests"
HOSTS = ["6.1", "6.12"]
PI_HOST = "raspi4b"  # another board: four CPUs
RT_HOST = "6.12-rt"  # its spinlocks sleep, its kernel preempts everywhere
NOKVM_HOST = "nokvm"  # without KVM, and so without notifiers
SHOWN = 60  # lines of diagnostics of a failed test


class Report:
    """Counts results and prints a line for each, as it comes."""

    def __init__(self):
        self.total = 0
        self.passed = []
        self.failed = []
        self.skipped = []
        self.times = {}
        self.stages = []
        self.lock = threading.Lock()
        self.here = threading.local()

    def expect(self, count):
        self.total += count

    def add(self, verdict, name, seconds, reason="", diagnostics=(), cpu=None):
        kept = {"ok": self.passed, "not ok": self.failed, "skip": self.skipped}[verdict]
        with self.lock:
            kept.append((name, reason))
            stage = getattr(self.here, "stage", None) or name.split("/")[0]
            self.times[name] = (seconds, cpu, stage)
            done = len(self.passed) + len(self.failed) + len(self.skipped)
            self.total = max(self.total, done)
            print(f"[{done}/{self.total}] {verdict} {name} {seconds:.1f}s"
                  + (f": {reason}" if reason else ""), flush=True)
            if verdict == "not ok":
                for line in list(diagnostics)[-SHOWN:]:
                    print(f"    {line}", flush=True)

    def perform(self, stage):
        """Runs a stage, and tells its time if it has a name."""
        self.here.stage = stage.name
        started, used = time.monotonic(), used_here()
        try:
            stage.run()
        finally:
            self.here.stage = None
        if stage.name:
            with self.lock:
                self.stages.append((stage.name, time.monotonic() - started, used_here() - used))

    def finish(self):
        times.write(f"{TOP}/{times.TABLE}", self.times)
        times.tell(self.times, self.stages)
        for name, reason in self.skipped:
            print(f"skipped: {name}: {reason}")
        for name, reason in self.failed:
            print(f"failed: {name}" + (f": {reason}" if reason else ""))
        print(f"{len(self.passed)} passed, {len(self.failed)} failed")
        return 1 if self.failed or not self.passed else 0


def whole(report, name, command, **options):
    """A command that is one test: it passes if its status is 0."""
    ended = run(command, **options)
    if ended.status == 0:
        # A figure that was measured is told, as a failure's reason is.
        lines = ended.lines
        told = lines[-1] if lines and lines[-1].startswith("median") else ""
        report.add("ok", name, ended.seconds, told, cpu=ended.cpu)
    else:
        report.add("not ok", name, ended.seconds, f"exit status {ended.status}", ended.lines,
                   cpu=ended.cpu)
