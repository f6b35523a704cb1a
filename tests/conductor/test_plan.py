# SPDX-License-Identifier: GPL-2.0-only
"""The table by-turns against the plan: nothing is left out of both hosts but what it says. What runs
once more with fastpath=0."""

import subprocess
import unittest

from conductor.processes import TOP

SYSTEM = f"{TOP}/tests/system"
HOSTS = ["6.1", "6.12"]


def plan(host, *options):
    return subprocess.run(["sh", f"{SYSTEM}/run-suite", "--list", "--host", host, *options],
                          check=True, stdout=subprocess.PIPE).stdout.decode().split()


def turns():
    """Pairs of a host (or `long`) and a test."""
    with open(f"{SYSTEM}/by-turns", encoding="utf-8") as source:
        rows = [line.split() for line in source if not line.startswith("#")]
    return [(row[0], name) for row in rows if row for name in row[1:]]


class Turns(unittest.TestCase):
    def setUp(self):
        self.short = {host: plan(host) for host in HOSTS}
        self.long = {host: plan(host, "--long") for host in HOSTS}

    def test_each_name_is_a_test_and_stands_once(self):
        names = [name for _, name in turns()]
        self.assertEqual(sorted(set(names)), sorted(names))
        self.assertEqual(set(names) - set(self.long["6.1"]), set())

    def test_each_runs_where_the_table_says(self):
        for where, name in turns():
            self.assertEqual([host for host in HOSTS if name in self.short[host]],
                             [where] if where in HOSTS else [], name)

    def test_nothing_is_lost(self):
        for host in HOSTS:
            self.assertEqual(set(self.short[host]) - set(self.long[host]), set())
            self.assertEqual({name for _, name in turns()} - set(self.long[host]), set())

    def test_each_guest_runs_without_fastpath_on_one_host(self):
        asked = ["vgic", "eventfds", "irqfds", "clock", "debug", "suspend", "smccc"]
        guests = {name for name in self.long["6.1"] if name.startswith("guest/")} - {"guest/slow"}
        found = [name for host in HOSTS for name in self.long[host] if name.startswith("slow/")]
        self.assertEqual(sorted(found), sorted(f"slow/{name}" for name in
                                               [*guests, *(f"api/{name}" for name in asked)]))
        for host in HOSTS:
            self.assertEqual([name for name in self.short[host] if name.startswith("slow/")], [])
            self.assertEqual(set(found) - set(plan(host, "--long", *found)), set())


if __name__ == "__main__":
    unittest.main()
