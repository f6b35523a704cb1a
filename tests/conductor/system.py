# SPDX-License-Identifier: GPL-2.0-only
"""The suite that runs beside the module."""

import re
import sys
import time

from conductor import record
from conductor.processes import TOP, Process, run
from conductor.record import Record
from conductor.report import HOSTS, LOGS, NOKVM_HOST, PI_HOST, Result

LAB_SECONDS = {False: 5400, True: 14400}  # of one lab boot, by --long; each test has its own
REASONS = {123: "the lab could not start", 124: "the time was over",
           125: "the host crashed, or its log has a complaint"}
RESULT = re.compile(r"(ok|not ok|skip) ([a-z0-9][a-z0-9./_-]*) ([0-9]+(?:\.[0-9]+)?)(?: (.*))?$")


def some_of(plan, names):
    """These tests of the plan in its order, with the module if one of them comes between its
    module/load and module/unload."""
    load, unload = "module/load", "module/unload"
    names = set(names)
    if load in plan:
        within = plan[plan.index(load):plan.index(unload) + 1]
        if names.intersection(within):
            names |= {load, unload}
    return [name for name in plan if name in names]


def suite_of(host, long):
    """The command of a host's suite, and its arguments."""
    if host == "native":
        return ["tests/system/native"], []
    return ["sh", "tests/system/run-suite"], (["--long"] if long else []) + ["--host", host]


def plan_of(host, long, names=()):
    """Its tests in order; what is asked for by name may be what another host has otherwise."""
    suite, arguments = suite_of(host, long)
    listed = run([*suite, "--list", *arguments, *names])
    if listed.status:
        sys.exit(f"tests/run: {suite[-1]} --list failed:\n" + "\n".join(listed.lines))
    return listed.lines


class System:
    """One host's suite: in the lab, on this machine, or on one that tests/system/native makes.
    Of its tests those of `names`, if there are any, or those that `pick` says."""

    def __init__(self, report, host, long, names, pick=None):
        self.report = report
        self.host = host
        self.name = host
        self.prefix = "" if host == "here" else host + "/"
        self.suite, self.arguments = suite_of(host, long)
        self.long = long
        self.plan = plan_of(host, long, names)
        self.names = [name for name in self.plan if not names or name in names]
        if pick:
            self.names = some_of(self.plan, [name for name in self.names
                                             if pick(self.prefix + name)])
        # What KVM is on record to have answered is not run, but by --long, which keeps the record.
        self.record = Record(host) if host in HOSTS and not names else None
        self.known = self.record.known(self.plan) if self.record and not long else []
        self.names = [name for name in self.names if name not in self.known]
        self.chosen = self.names if names or pick or self.known else []
        report.expect(len(self.names) + 1 + bool(self.record) if self.names else 0)

    def expected(self, known):
        return sum(known.seconds(self.prefix + name) for name in self.names)

    def command(self, chosen):
        if self.host in ("here", "native"):
            return [*self.suite, *self.arguments, *chosen]
        # What these suites leave out they need no files for.
        if self.host in ("debug", NOKVM_HOST, PI_HOST):
            files = ["--file", f"{LOGS}/api:api",
                     "--file", "packaging/60-hvk.rules:packaging/60-hvk.rules"]
            if self.host == NOKVM_HOST:
                files += ["--file", "build/qemu:qemu", "--file", "build/virtio-6.1:virtio"]
        else:
            files = ["--file", f"{LOGS}/formats:formats", "--file", f"{LOGS}/api:api",
                     "--file", f"{LOGS}/fit:fit",
                     "--file", "build/qemu:qemu", "--file", "build/virtio-6.1:virtio",
                     "--file", "packaging/60-hvk.rules:packaging/60-hvk.rules"]
        if self.long and self.host not in ("debug", PI_HOST):
            files += ["--file", "build/edk2:edk2"]
        board = "--machine" if self.host == PI_HOST else "--host"
        return ["images/lab", board, self.host, "--timeout", str(LAB_SECONDS[self.long]),
                "--file", "tests/system:system", *files, "--",
                "sh", "system/run-suite", *self.arguments, *chosen]

    def run(self):
        if not self.names:
            return
        print(f"the system suite on {self.host}", flush=True)
        if self.record and not self.long:
            self.look_up()
        left, failed = list(self.names), None
        pending, last = [], []  # a failed test's diagnostics follow its line
        started = time.monotonic()

        def tell_failed():
            nonlocal failed
            if failed:
                name, seconds, reason, cpu = failed
                self.report.add("not ok", self.prefix + name, seconds, reason, pending + last, cpu,
                                lambda: self.again(name))
                failed = None

        with open(f"{TOP}/{LOGS}/system-{self.host}.log", "w", encoding="utf-8") as log:
            process, before = Process(self.command(self.chosen)), 0.0
            for line in process.lines():
                log.write(line + "\n")
                log.flush()
                match = RESULT.match(line)
                if not match or match[2] not in left:
                    last.append(line)
                    continue
                verdict, name, seconds, reason = match.groups()
                left.remove(name)
                tell_failed()
                # The host's start counts for the first test.
                now = process.cpu_now()
                cpu, before = now - before, now
                if verdict == "not ok":
                    failed, pending = (name, float(seconds), reason or "", cpu), last
                else:
                    self.report.add(verdict, self.prefix + name, float(seconds), reason or "",
                                    cpu=cpu)
                last = []
            tell_failed()
        for name in left:
            self.report.add("not ok", self.prefix + name, 0, "did not run", last)
            last = []
        self.verdict(process, last, time.monotonic() - started)
        if self.record and self.long:
            self.keep()

    def again(self, name):
        """One test, in a lab of its own whose host must be well too."""
        ended = run(self.command(some_of(self.plan, [name])))
        found = Result("not ok", self.prefix + name, ended.seconds, "did not run", ended.cpu,
                       tuple(ended.lines))
        for match in filter(None, map(RESULT.match, ended.lines)):
            if match[2] == name:
                found.verdict, found.seconds = match[1], float(match[3])
                found.reason = match[4] or ""
        if ended.status and found.verdict == "ok":
            found.verdict = "not ok"
            found.reason = REASONS.get(ended.status, f"exit status {ended.status}")
        return found

    def verdict(self, process, last, seconds):
        """The host's own health. 0 and 1 are the suite's, told test by test already."""
        status, name = process.status, self.prefix + "host"
        if status in (0, 1):
            self.report.add("ok", name, seconds, cpu=process.cpu)
        else:
            self.report.add("not ok", name, seconds,
                            REASONS.get(status, f"exit status {status}"), last, process.cpu)

    def look_up(self):
        """What is on record of KVM, before the suite: how much, and what has to be asked."""
        self.report.add("ok", self.prefix + "kvm-record", 0,
                        f"{len(self.known)} answers of KVM are on record")
        for kind in self.record.unknown(self.plan):
            print(f"{self.host}: KVM's answers to kvm/{kind}/* are not all on record for this kernel, "
                  "QEMU, guests and tests: they are asked now ('make check-long' records them)",
                  flush=True)

    def keep(self):
        """After a long suite: a record that was not what KVM answers is a failure, once."""
        same = self.record.take([name for name in self.names
                                 if self.report.passed(self.prefix + name)])
        self.report.add("ok" if same else "not ok", self.prefix + "kvm-record", 0,
                        "" if same else f"{record.FILE} was of another kernel, QEMU, guests or "
                        "tests; it is made anew: look at it, and commit it")
