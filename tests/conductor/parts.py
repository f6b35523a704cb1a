# SPDX-License-Identifier: GPL-2.0-only
"""How long things are known to take: what begins first in the lanes, and which part of
`make check-long` has what."""

from conductor import times
from conductor.processes import TOP

TABLE = f"{TOP}/tests/conductor/known-times.tsv"
UNKNOWN = 10.0  # seconds of a test that the table does not know
MINUTES = 80  # that a part may take, on two CPUs


class Known:
    def __init__(self, path=TABLE):
        self.rows = times.read(path)

    def seconds(self, name):
        return self.rows[name][0] if name in self.rows else UNKNOWN


def parse(text):
    """(K, N) of 'K/N'; ValueError if it is none."""
    part, count = map(int, text.split("/"))
    if not 1 <= part <= count:
        raise ValueError(text)
    return part, count


def share(seconds, count):
    """By test, the part (from 1) that runs it: always the same one for the same table, and the
    parts of about the same length. Longest first, to the part that has least so far."""
    load, found = [0.0] * count, {}
    for name in sorted(seconds, key=lambda name: (-seconds[name], name)):
        least = min(range(count), key=lambda part: (load[part], part))
        load[least] += seconds[name]
        found[name] = least + 1
    return found


class Part:
    """Which tests this run has, of all that there are."""

    def __init__(self, seconds, part, count):
        self.part, self.count = part, count
        self.shares = share(seconds, count)
        self.lane_seconds = sum(seconds[name] for name in seconds if self.has(name))

    def has(self, name):
        return self.shares[name] == self.part

    def told(self, lanes):
        minutes = self.lane_seconds / lanes / 60
        return (f"part {self.part} of {self.count}: about {minutes:.0f} minutes of {lanes} lanes, "
                f"where {MINUTES} may be" if minutes <= MINUTES else
                f"part {self.part} of {self.count} would take about {minutes:.0f} minutes, more than "
                f"{MINUTES}: choose more parts")
