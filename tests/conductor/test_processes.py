# SPDX-License-Identifier: GPL-2.0-only
"""What is patient leaves the machine to the others, however the kernel schedules."""

import os
import threading
import unittest

from conductor.processes import Process

SHOWN = ["sh", "-c", "nice; cat /proc/self/autogroup 2>/dev/null; echo \"$1\"", "sh", "two words"]


class Patience(unittest.TestCase):
    def lines(self, patient):
        found = []

        def run():
            process = Process(SHOWN)
            found.extend(line.rstrip("\n") for line in process.lines())
            self.assertEqual(process.status, 0)

        thread = threading.Thread(target=run)
        thread.patient = patient
        thread.start()
        thread.join()
        return found

    def test_a_patient_command_is_nice(self):
        nice, *group, word = self.lines(True)
        self.assertEqual(nice, "19")
        self.assertEqual(word, "two words")
        if os.path.exists("/proc/self/autogroup"):
            self.assertRegex(group[0], r" nice 19$")

    def test_others_are_as_this_program(self):
        nice, *group, word = self.lines(False)
        self.assertEqual(nice, str(os.nice(0)))
        self.assertEqual(word, "two words")
        if group:
            self.assertRegex(group[0], r" nice 0$")


if __name__ == "__main__":
    unittest.main()
