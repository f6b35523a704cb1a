# SPDX-License-Identifier: GPL-2.0-only
"""Folders use each other in one direction, and files not in a circle.

The order stands in a file `rooms` of the top folder, a line each: `folder  # what it
holds`; what stands lower may use what stands above it, and nothing else. A file uses
another if it includes it or, in C, names a function or an object that the other
defines. X.c (X.cc, X.S) and X.h are one file here. X_state.h holds a structure alone:
all may use it, and it uses the first `ground` folders and others of its kind; with a
ground of 0 there are none of these.
"""

import os
import re

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
TEXT = re.compile(r'"(?:\\.|[^"\\\n])*"')
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.M)
NAME = re.compile(r"\bhvk_\w+\b")
# A definition that other files can see: of a function, of an object.
FUNCTION = re.compile(r"^(?!static|typedef|extern|#|\s)[A-Za-z_][\w\s*]*?\b(hvk_\w+)\s*"
                      r"\([^;{]*\)\s*\n?\{", re.M)
OBJECT = re.compile(r"^(?!static|typedef|extern|#|\s)[A-Za-z_][\w\s*]*?\b(hvk_\w+)"
                    r"(?:\[[^\]]*\])?\s*(?:=|;)", re.M)
PER_CPU = re.compile(r"^DEFINE_PER_CPU\([^,]+,\s*(hvk_\w+)\)", re.M)


def bare(text):
    """Without comments."""
    return COMMENT.sub(" ", text)


class Rooms:
    """The files of `top`, which `texts` maps from their names there, and what they use."""

    def __init__(self, order, texts, ground):
        self.order, self.ground = order, ground
        self.nouns = {self.noun(name) for name in texts}
        self.uses = {}  # (user, used): why
        homes = {}
        for name, text in texts.items():
            if name.endswith(".c"):
                for pattern in (FUNCTION, OBJECT, PER_CPU):
                    for symbol in pattern.findall(bare(text)):
                        homes.setdefault(symbol, self.noun(name))
        for name, text in texts.items():
            user, text = self.noun(name), bare(text)
            for included in INCLUDE.findall(text):
                here = os.path.normpath(os.path.join(os.path.dirname(name), included))
                for found in (here, included):
                    if found in texts:
                        self.uses.setdefault((user, self.noun(found)), f"includes {included}")
                        break
            if name.endswith(".c"):
                for symbol in NAME.findall(TEXT.sub('""', text)):
                    if symbol in homes:
                        self.uses.setdefault((user, homes[symbol]), f"names {symbol}")
        self.uses = {pair: why for pair, why in self.uses.items() if pair[0] != pair[1]}

    @staticmethod
    def noun(name):
        return name.rsplit(".", 1)[0]

    def is_state(self, noun):
        return self.ground > 0 and noun.endswith("_state")

    def room(self, noun):
        """The index of its folder, the deepest that is told of; None: none is."""
        folder = os.path.dirname(noun)
        while folder:
            if folder in self.order:
                return self.order.index(folder)
            folder = os.path.dirname(folder)
        return None

    def homeless(self):
        return [f"{noun}: its folder is not in the list" for noun in sorted(self.nouns)
                if self.room(noun) is None]

    def upward(self):
        """Uses of what stands lower in the list."""
        bad = []
        for (user, used), why in sorted(self.uses.items()):
            mine, other = self.room(user), self.room(used)
            if mine is None or other is None:
                continue
            if self.is_state(user):
                wrong = not self.is_state(used) and other >= self.ground
            else:
                wrong = not self.is_state(used) and other > mine
            if wrong:
                bad.append(f"{user} uses {used}, which stands below it: {why}")
        return bad

    def circles(self):
        """Each set of files that use each other in a circle, with what ties it."""
        after = {}
        for user, used in self.uses:
            after.setdefault(user, []).append(used)
        number, low, stack, found = {}, {}, [], []

        def visit(start):
            """Tarjan's, without recursion."""
            work = [(start, iter(after.get(start, ())))]
            number[start] = low[start] = len(number)
            stack.append(start)
            while work:
                noun, rest = work[-1]
                for used in rest:
                    if used not in number:
                        number[used] = low[used] = len(number)
                        stack.append(used)
                        work.append((used, iter(after.get(used, ()))))
                        break
                    if used in stack:
                        low[noun] = min(low[noun], number[used])
                else:
                    work.pop()
                    if work:
                        low[work[-1][0]] = min(low[work[-1][0]], low[noun])
                    if low[noun] == number[noun]:
                        circle = stack[stack.index(noun):]
                        del stack[stack.index(noun):]
                        if len(circle) > 1:
                            found.append(sorted(circle))

        for noun in sorted(self.nouns):
            if noun not in number:
                visit(noun)
        return [f"a circle: {', '.join(circle)}: " + "; ".join(
            f"{user} {why}" for (user, used), why in sorted(self.uses.items())
            if user in circle and used in circle) for circle in found]

    def complaints(self):
        return self.homeless() + self.upward() + self.circles()


def order_of(path):
    """The folders that a file `rooms` lists, from the ground up."""
    with open(path, encoding="utf-8") as source:
        lines = [line.split("#", 1)[0].strip() for line in source]
    return [line for line in lines if line]


def look(top, ground, files):
    """What is wrong with the folder `top`; `files` are names below it."""
    texts = {}
    for file in files:
        with open(f"{top}/{file}", encoding="utf-8") as source:
            texts[file] = source.read()
    return Rooms(order_of(f"{top}/rooms"), texts, ground).complaints()
