# SPDX-License-Identifier: GPL-2.0-only
"""A second look at what failed while other tests ran beside it."""

from conductor.report import UNSTEADY

# With more than these nothing is found out that would change the run's end.
LOOKS = 2 * UNSTEADY


class SecondLook:
    """Runs what failed in the stages before it once more, one after the other, with the
    machine for itself. It is for tests that the machine made late: whoever gave their result
    says whether it can be asked again (a host that crashed cannot)."""

    name = None

    def __init__(self, report):
        self.report = report

    def run(self):
        failed = [result for result in self.report.having("not ok") if result.again]
        if not failed:
            return
        if len(failed) > LOOKS:
            print(f"{len(failed)} tests failed: too many to run each again alone", flush=True)
            return
        for result in failed:
            print(f"again, alone: {result.name}", flush=True)
            self.report.settle(result.again())
