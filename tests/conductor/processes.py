# SPDX-License-Identifier: GPL-2.0-only
"""The processes that run tests: each is ended with this program, and its processor time known."""

import collections
import os
import signal
import subprocess
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# What a thread that is `patient` starts has the CPUs that nobody else wants. Where the kernel
# schedules sessions (sched_autogroup), nice counts only within one, and a session has its own.
PATIENTLY = ["sh", "-c", "{ echo 19 >/proc/self/autogroup; } 2>/dev/null; exec nice -n 19 \"$@\"", "sh"]
TICK = os.sysconf("SC_CLK_TCK")

Ended = collections.namedtuple("Ended", "status lines seconds cpu")
USED = threading.local()


def used_here():
    """Processor time of what this thread started and saw end, in seconds."""
    return getattr(USED, "cpu", 0.0)


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
        """(exit status, processor time of it and of what it waited for)"""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        with self.lock:
            self.running.discard(child)
        USED.cpu = used_here() + usage.ru_utime + usage.ru_stime
        return child.returncode, usage.ru_utime + usage.ru_stime

    def end(self):
        with self.lock:
            self.ended = True
            for child in self.running:
                os.killpg(child.pid, signal.SIGTERM)


CHILDREN = Children()


def cpu_of_tree(root):
    """Processor time until now of a process, its children and all that they have waited for."""
    children, cpu = collections.defaultdict(list), {}
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", "rb") as source:
                fields = source.read().rsplit(b")", 1)[1].split()
        except OSError:
            continue  # it has just ended
        children[int(fields[1])].append(int(name))
        cpu[int(name)] = sum(map(int, fields[11:15])) / TICK
    total, todo = 0.0, [root]
    while todo:
        process = todo.pop()
        total += cpu.get(process, 0.0)
        todo += children[process]
    return total


class Process:
    """A command that runs: its lines as they come, then its status and processor time."""

    def __init__(self, command, **options):
        self.child = CHILDREN.start(command, **options)
        self.status, self.cpu = None, 0.0

    def lines(self):
        with self.child.stdout:
            for raw in self.child.stdout:
                yield raw.decode("utf-8", "replace").rstrip("\r\n")
        self.status, self.cpu = CHILDREN.wait(self.child)

    def cpu_now(self):
        return cpu_of_tree(self.child.pid)


def run(command, **options):
    """Runs a command to its end."""
    started = time.monotonic()
    process = Process(command, **options)
    lines = list(process.lines())
    return Ended(process.status, lines, time.monotonic() - started, process.cpu)
