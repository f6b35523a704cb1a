# SPDX-License-Identifier: GPL-2.0-only
"""Tables of how a long run is shared out, and that nothing of it is lost."""

import unittest
from types import SimpleNamespace

from conductor import selection
from conductor.parts import Known, Part, parse, share

SHARES = [
    ("one part", {"a": 1, "b": 2}, 1, {"a": 1, "b": 1}),
    ("longest first", {"a": 1, "b": 5, "c": 3, "d": 2}, 2, {"b": 1, "c": 2, "d": 2, "a": 1}),
    ("more parts than tests", {"a": 1}, 3, {"a": 1}),
    ("by name where they are as long", {"b": 1, "a": 1}, 2, {"a": 1, "b": 2}),
]
PARTS = [("1/1", (1, 1)), ("2/4", (2, 4)), ("0/4", None), ("5/4", None), ("1", None), ("a/b", None)]


class Sharing(unittest.TestCase):
    def test_share(self):
        for name, seconds, count, wanted in SHARES:
            with self.subTest(name):
                self.assertEqual(share(seconds, count), wanted)

    def test_parse(self):
        for text, wanted in PARTS:
            with self.subTest(text):
                if wanted:
                    self.assertEqual(parse(text), wanted)
                else:
                    self.assertRaises(ValueError, parse, text)

    def test_parts_of_the_long_run_are_all_of_it(self):
        options = SimpleNamespace(stage=None, host=None, names=[], long=True)
        seconds = selection.lane_seconds(options, Known())
        parts = [Part(seconds, part, 4) for part in range(1, 5)]
        for name in seconds:
            self.assertEqual(sum(part.has(name) for part in parts), 1, name)
        self.assertLess(max(part.lane_seconds for part in parts),
                        1.1 * min(part.lane_seconds for part in parts))

    def test_the_table_has_no_stale_names(self):
        options = SimpleNamespace(stage=None, host=None, names=[], long=True)
        names = set(selection.lane_seconds(options, Known()))
        self.assertEqual(set(Known().rows) - names, set())


if __name__ == "__main__":
    unittest.main()
