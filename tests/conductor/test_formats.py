# SPDX-License-Identifier: GPL-2.0-only
"""What other tools read: TAP by its lines, JUnit by an XML parser."""

import unittest
import xml.etree.ElementTree as xml

from conductor import formats
from conductor.report import Result

RESULTS = [
    Result("ok", "unit/A.B", 0.25),
    Result("not ok", "6.1/guest/timer", 3.0, "late <&> \x1b[0m", lines=("one & <two>", "\x07bell")),
    Result("skip", "6.1/el2/cpu-hotplug", 0.1, "this kernel has no CPU hotplug"),
    Result("ok", "6.1/guest/boot", 1.5, "unsteady: failed"),
]
TAP = """\
TAP version 13
1..4
ok 1 - unit/A.B
not ok 2 - 6.1/guest/timer
# late <&> \x1b[0m
# one & <two>
# \x07bell
ok 3 - 6.1/el2/cpu-hotplug # SKIP this kernel has no CPU hotplug
ok 4 - 6.1/guest/boot
# unsteady: failed"""
OPTIONS = [("tap", ("tap", "build/tests/results.tap")), ("tap=a", ("tap", "a")),
           ("junit", ("junit", "build/tests/results.xml")), ("junit=/b=c", ("junit", "/b=c")),
           ("tap=", None), ("xunit", None), ("", None)]


class Formats(unittest.TestCase):
    def test_options(self):
        for text, wanted in OPTIONS:
            with self.subTest(text):
                if wanted:
                    self.assertEqual(formats.parse(text), wanted)
                else:
                    self.assertRaises(ValueError, formats.parse, text)

    def test_tap(self):
        self.assertEqual("\n".join(formats.tap(RESULTS)), TAP)

    def test_junit(self):
        top = xml.fromstring("\n".join(formats.junit(RESULTS)))
        suites = {suite.get("name"): suite for suite in top}
        self.assertEqual(list(suites), ["unit", "6.1/guest", "6.1/el2"])
        guest = suites["6.1/guest"]
        self.assertEqual([guest.get(key) for key in ("tests", "failures", "skipped", "time")],
                         ["2", "1", "0", "4.500"])
        timer, boot = guest
        self.assertEqual([timer.get("name"), timer.get("time")], ["timer", "3.000"])
        self.assertEqual(timer.find("failure").get("message"), "late <&> [0m")
        self.assertEqual(timer.find("failure").text, "one & <two>\nbell")
        self.assertIsNone(boot.find("failure"))
        self.assertEqual(suites["6.1/el2"].get("skipped"), "1")
        self.assertIsNotNone(suites["6.1/el2"][0].find("skipped"))


if __name__ == "__main__":
    unittest.main()
