# SPDX-License-Identifier: GPL-2.0-only
"""What tests come to: a line for each as it comes, and the sum."""

import dataclasses
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
UNSTEADY = 3  # tests that may pass only when they are alone


@dataclasses.dataclass
class Result:
    """`again`, if the test can be run by itself: a call that returns its Result then."""

    verdict: str  # ok, not ok, skip
    name: str
    seconds: float
    reason: str = ""
    cpu: float | None = None
    lines: tuple = ()
    again: object = None
    first: object = None  # what an unsteady test had come to beside others

    def text(self):
        return f"{self.name}: {self.reason}" if self.reason else self.name


class Report:
    """Counts results and prints a line for each, as it comes."""

    def __init__(self):
        self.total = 0
        self.results = {}
        self.times = {}
        self.stages = []
        self.lock = threading.Lock()
        self.here = threading.local()

    def expect(self, count):
        self.total += count

    def having(self, verdict):
        return [result for result in self.results.values() if result.verdict == verdict]

    def passed(self, name):
        return name in self.results and self.results[name].verdict == "ok"

    @property
    def unsteady(self):
        return [result for result in self.results.values() if result.first]

    def add(self, verdict, name, seconds, reason="", diagnostics=(), cpu=None, again=None):
        self.take(Result(verdict, name, seconds, reason, cpu, tuple(diagnostics), again))

    def take(self, result):
        with self.lock:
            name = result.name
            self.results[name] = result
            stage = getattr(self.here, "stage", None) or name.split("/")[0]
            self.times[name] = (result.seconds, result.cpu, stage)
            self.total = max(self.total, len(self.results))
            print(f"[{len(self.results)}/{self.total}] {result.verdict} {name} "
                  f"{result.seconds:.1f}s" + (f": {result.reason}" if result.reason else ""),
                  flush=True)
            if result.verdict == "not ok":
                for line in result.lines[-SHOWN:]:
                    print(f"    {line}", flush=True)

    def settle(self, result):
        """What a test that had failed comes to when it is alone. It counts now."""
        first = self.results[result.name]
        if result.verdict == "ok":
            result.first = first
            result.reason = (f"unsteady: failed in {first.seconds:.1f}s beside others"
                             + (f" ({first.reason})" if first.reason else "")
                             + f", passed in {result.seconds:.1f}s alone")
        elif result.verdict == "not ok":
            result.reason += "; alone too"
        self.take(result)

    def perform(self, stage):
        """Runs a stage, and tells its time if it has a name."""
        self.here.stage = stage.name
        started, used = time.monotonic(), used_here()
        try:
            stage.run()
        finally:
            self.here.stage = None
            self.keep_times()
        if stage.name:
            with self.lock:
                self.stages.append((stage.name, time.monotonic() - started, used_here() - used))

    def keep_times(self):
        """Also of a run that is ended before its end."""
        with self.lock:
            times.write(f"{TOP}/{times.TABLE}", self.times)

    def finish(self):
        if len(self.unsteady) > UNSTEADY:
            self.add("not ok", "steady", 0, f"{len(self.unsteady)} tests passed only alone, "
                                            f"more than {UNSTEADY}")
        times.tell(self.times, self.stages)
        for result in self.having("skip"):
            print("skipped:", result.text())
        for result in self.unsteady:
            print("unsteady:", result.text().replace(": unsteady:", ":", 1))
        failed = self.having("not ok")
        for result in failed:
            print("failed:", result.text())
        passed = self.having("ok")
        print(f"{len(passed)} passed, {len(failed)} failed")
        return 1 if failed or not passed else 0


def whole(report, name, command, **options):
    """A command that is one test: it passes if its status is 0."""
    report.take(result_of(name, command, **options))


def result_of(name, command, **options):
    ended = run(command, **options)
    again = lambda: result_of(name, command, **options)  # noqa: E731
    if ended.status == 0:
        # A figure that was measured is told, as a failure's reason is.
        lines = ended.lines
        told = lines[-1] if lines and lines[-1].startswith("median") else ""
        return Result("ok", name, ended.seconds, told, ended.cpu)
    return Result("not ok", name, ended.seconds, f"exit status {ended.status}", ended.cpu,
                  tuple(ended.lines), again)
