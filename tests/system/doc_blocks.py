# SPDX-License-Identifier: GPL-2.0-only
"""The commands of a page of Markdown, and what they print: ```sh and ```text blocks."""

import re

BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class BlockError(Exception):
    """The page is not made so; the message says where."""


def blocks(text):
    """(commands, lines that they must print), in the page's order."""
    found = []
    for kind, body in BLOCK.findall(text):
        if kind == "sh":
            found.append((body, []))
        elif not found or found[-1][1]:
            raise BlockError("a text block without commands before it")
        else:
            found[-1][1].extend(body.splitlines())
    return found


def pattern(line):
    """What a line that was printed has to match; `...` stands for anything."""
    return re.compile("^" + ".*".join(re.escape(part) for part in line.split("...")) + "$")
