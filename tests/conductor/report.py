# SPDX-License-Identifier: GPL-2.0-only
"""What tests come to, and the processes that run them."""

import os
import signal
import subprocess
import sys
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LOGS = "build/tests"
HOSTS = ["6.1", "6.12"]
PI_HOST = "raspi4b"  # another board: four CPUs
RT_HOST = "6.12-rt"  # its spinlocks sleep, its kernel preempts everywhere
NOKVM_HOST = "nokvm"  # without KVM, and so without notifiers
# What a thread that is `patient` starts has the CPUs that nobody else wants.
PATIENTLY = ["nice", "-n", "19"]
SHOWN = 60  # lines of diagnostics of a failed test


class Report:
    """Counts results and prints a line for each, as it comes."""

    def __init__(self):
        self.total = 0
        self.passed = []
        self.failed = []
        self.skipped = []
        self.lock = threading.Lock()

    def expect(self, count):
        self.total += count

    def add(self, verdict, name, seconds, reason="", diagnostics=()):
        kept = {"ok": self.passed, "not ok": self.failed, "skip": self.skipped}[verdict]
        with self.lock:
            kept.append((name, reason))
            done = len(self.passed) + len(self.failed) + len(self.skipped)
            self.total = max(self.total, done)
            print(f"[{done}/{self.total}] {verdict} {name} {seconds:.1f}s"
                  + (f": {reason}" if reason else ""), flush=True)
            if verdict == "not ok":
                for line in list(diagnostics)[-SHOWN:]:
                    print(f"    {line}", flush=True)

    def finish(self):
        for name, reason in self.skipped:
            print(f"skipped: {name}: {reason}")
        for name, reason in self.failed:
            print(f"failed: {name}" + (f": {reason}" if reason else ""))
        print(f"{len(self.passed)} passed, {len(self.failed)} failed")
        return 1 if self.failed or not self.passed else 0


class Children:
    """What runs now, to be ended with this program: each is a session of its own."""

    def __init__(self):
        self.lock = threading.Lock()
        self.running = set()
        self.ended = False

    def start(self, command, **options):
        if getattr(threading.current_thread(), "patient", False):
            command = [*PATIENTLY, *command]
        with self.lock:
            if self.ended:
                raise SystemExit
            child = subprocess.Popen(command, cwd=TOP, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     start_new_session=True, **options)
            self.running.add(child)
        return child

    def wait(self, child):
        status = child.wait()
        with self.lock:
            self.running.discard(child)
        return status

    def end(self):
        with self.lock:
            self.ended = True
            for child in self.running:
                os.killpg(child.pid, signal.SIGTERM)


CHILDREN = Children()


def lines_of(command, **options):
    """Starts `command`; yields (line, None) for its output, at the end (None, status)."""
    child = CHILDREN.start(command, **options)
    with child.stdout:
        for raw in child.stdout:
            yield raw.decode("utf-8", "replace").rstrip("\r\n"), None
    yield None, CHILDREN.wait(child)


def run(command, **options):
    """Runs to the end; returns (status, lines, seconds)."""
    started = time.monotonic()
    lines, status = [], 0
    for line, ended in lines_of(command, **options):
        if line is None:
            status = ended
        else:
            lines.append(line)
    return status, lines, time.monotonic() - started


def whole(report, name, command, **options):
    """A command that is one test: it passes if its status is 0."""
    status, lines, seconds = run(command, **options)
    if status == 0:
        # A figure that was measured is told, as a failure's reason is.
        told = lines[-1] if lines and lines[-1].startswith("median") else ""
        report.add("ok", name, seconds, told)
    else:
        report.add("not ok", name, seconds, f"exit status {status}", lines)
    return status == 0
