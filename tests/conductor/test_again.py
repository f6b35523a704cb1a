# SPDX-License-Identifier: GPL-2.0-only
"""Tables of what a run comes to when tests fail beside others, and of who is run again."""

import contextlib
import io
import tempfile
import unittest
from unittest import mock

from conductor import times
from conductor.again import LOOKS, SecondLook
from conductor.report import UNSTEADY, Report, Result
from conductor.system import some_of

# What each of these tests comes to: beside others, then alone (None: it cannot be asked again).
OK, BAD, SKIP = "ok", "not ok", "skip"
RUNS = [
    ("all pass", [(OK, None)] * 2, "2 passed, 0 failed", 0),
    ("nothing ran", [], "0 passed, 0 failed", 1),
    ("fails twice", [(OK, None), (BAD, BAD)], "1 passed, 1 failed", 1),
    ("passes alone", [(OK, None), (BAD, OK)], "2 passed, 0 failed", 0),
    ("cannot be asked again", [(OK, None), (BAD, None)], "1 passed, 1 failed", 1),
    ("skipped alone", [(OK, None), (BAD, SKIP)], "1 passed, 0 failed", 0),
    ("as many unsteady ones as may be", [(BAD, OK)] * UNSTEADY, f"{UNSTEADY} passed, 0 failed", 0),
    ("one more", [(BAD, OK)] * (UNSTEADY + 1), f"{UNSTEADY + 1} passed, 1 failed", 1),
    ("as many as are looked at", [(BAD, OK)] * LOOKS, f"{LOOKS} passed, 1 failed", 1),
    ("too many to be looked at", [(BAD, OK)] * (LOOKS + 1), f"0 passed, {LOOKS + 1} failed", 1),
]

# The plan of a host; tests of it; what is run in a lab of its own for these.
PLAN = ["kvm/a", "module/load", "b", "module/unload", "c"]
ALONE = [
    ([], []),
    (["kvm/a"], ["kvm/a"]),
    (["b"], ["module/load", "b", "module/unload"]),
    (["module/load"], ["module/load", "module/unload"]),
    (["module/unload"], ["module/load", "module/unload"]),
    (["c"], ["c"]),
    (["c", "b"], ["module/load", "b", "module/unload", "c"]),
]


def outcome(run, folder):
    """(what is printed, exit status)"""
    report, printed = Report(), io.StringIO()
    report.expect(len(run))
    with contextlib.redirect_stdout(printed), \
            mock.patch.object(times, "TABLE", folder + "/times.tsv"), \
            mock.patch("conductor.report.TOP", ""):
        for number, (beside, by_itself) in enumerate(run):
            name = f"test/{number}"
            again = by_itself and (lambda name=name, by_itself=by_itself:
                                   Result(by_itself, name, 1.5, "why" * (by_itself != OK)))
            report.take(Result(beside, name, 70.25, "late" * (beside == BAD), again=again))
        report.perform(SecondLook(report))
        status = report.finish()
    return printed.getvalue().splitlines(), status


class Again(unittest.TestCase):
    def test_runs(self):
        for name, run, last, status in RUNS:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                lines, ended = outcome(run, folder)
                self.assertEqual((lines[-1], ended), (last, status))

    def test_unsteady_is_listed_with_both_times(self):
        with tempfile.TemporaryDirectory() as folder:
            lines, _ = outcome([(OK, None), (BAD, OK)], folder)
        self.assertIn("unsteady: test/1: failed in 70.2s beside others (late), "
                      "passed in 1.5s alone", lines)

    def test_failure_says_that_it_was_seen_twice(self):
        with tempfile.TemporaryDirectory() as folder:
            lines, _ = outcome([(BAD, BAD)], folder)
        self.assertIn("failed: test/0: why; alone too", lines)

    def test_in_a_lab_of_its_own(self):
        for chosen, names in ALONE:
            with self.subTest(chosen):
                self.assertEqual(some_of(PLAN, chosen), names)


class Times(unittest.TestCase):
    def test_rows_of_other_runs_stay(self):
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/times.tsv"
            times.write(path, {"a": (1.0, 0.5, "unit"), "b": (2.0, None, "6.1")})
            times.write(path, {"b": (3.0, 1.0, "6.1")})
            self.assertEqual(times.read(path), {"a": (1.0, 0.5, "unit"), "b": (3.0, 1.0, "6.1")})


if __name__ == "__main__":
    unittest.main()
