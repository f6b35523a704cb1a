# SPDX-License-Identifier: GPL-2.0-only
"""Tables of which uses of files are against the order of folders."""

import unittest

from conductor.rooms import Rooms

# What it is; its files; words that each complaint has to have, one a complaint.
HOUSES = [
    ("a file that uses one above it",
     {"low/a.h": "void hvk_a(void);", "low/a.c": "void hvk_a(void)\n{\n}\n",
      "high/b.c": '#include "low/a.h"\nstatic void b(void)\n{\n\thvk_a();\n}\n'}, []),
    ("an include against the order",
     {"low/a.c": '#include "high/b.h"\n', "high/b.h": "int b;"}, [["low/a", "includes high/b.h"]]),
    ("a call against the order, without an include",
     {"low/a.c": "static int a(void)\n{\n\treturn hvk_b();\n}\n",
      "high/b.c": "int hvk_b(void)\n{\n\treturn 0;\n}\n"}, [["low/a", "names hvk_b"]]),
    ("an object against the order",
     {"low/a.c": "static int a(void)\n{\n\treturn hvk_b;\n}\n", "high/b.c": "int hvk_b = 1;\n"},
     [["names hvk_b"]]),
    ("a name in a comment or a text is no use of it",
     {"low/a.c": '/* See hvk_b(). */\nstatic const char a[] = "hvk_b";\n',
      "high/b.c": "int hvk_b(void)\n{\n\treturn 0;\n}\n"}, []),
    ("another file's own function of that name",
     {"low/a.c": "static int hvk_b(void)\n{\n\treturn 0;\n}\n",
      "high/b.c": "static int hvk_b(void)\n{\n\treturn 0;\n}\n"}, []),
    ("a circle in one folder",
     {"low/a.h": "", "low/a.c": '#include "low/b.h"\n', "low/b.h": "", "low/b.c": '#include "low/a.h"\n'},
     [["circle", "low/a", "low/b"]]),
    ("a circle of three, by calls",
     {"low/a.c": "int hvk_a(void)\n{\n\treturn hvk_b();\n}\n",
      "low/b.c": "int hvk_b(void)\n{\n\treturn hvk_c();\n}\n",
      "low/c.c": "int hvk_c(void)\n{\n\treturn hvk_a();\n}\n"}, [["circle", "low/a, low/b, low/c"]]),
    ("a state that all may use", {"low/a.h": '#include "high/b_state.h"\n', "high/b_state.h": ""}, []),
    ("a state that uses more than states",
     {"high/a_state.h": '#include "high/b.h"\n', "high/b.h": ""}, [["high/a_state", "high/b.h"]]),
    ("a folder that nobody told of", {"attic/a.c": ""}, [["attic/a", "not in the list"]]),
    ("a folder within one that is told of", {"low/deep/a.c": '#include "high/b.h"\n', "high/b.h": ""},
     [["low/deep/a"]]),
]


class Houses(unittest.TestCase):
    def test_table(self):
        for name, texts, expected in HOUSES:
            with self.subTest(name):
                told = Rooms(["low", "high"], texts, 1).complaints()
                self.assertEqual(len(told), len(expected), told)
                for complaint, words in zip(told, expected):
                    for word in words:
                        self.assertIn(word, complaint)


if __name__ == "__main__":
    unittest.main()
