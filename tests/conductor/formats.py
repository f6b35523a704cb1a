# SPDX-License-Identifier: GPL-2.0-only
"""A run's results for other tools: TAP version 13 and JUnit's XML, in a file at the run's end."""

import xml.etree.ElementTree as xml

# What --format takes, and where its file is if none is named.
FILES = {"tap": "build/tests/results.tap", "junit": "build/tests/results.xml"}


def parse(text):
    """(format, file) of 'FORMAT' or 'FORMAT=FILE'; ValueError if there is no such format."""
    name, equals, path = text.partition("=")
    if name not in FILES or (equals and not path):
        raise ValueError(text)
    return name, path or FILES[name]


def tap(results):
    """Lines; a failed test's diagnostics follow it as comments."""
    yield "TAP version 13"
    yield f"1..{len(results)}"
    for number, result in enumerate(results, 1):
        verdict = "not ok" if result.verdict == "not ok" else "ok"
        # A '#' in a description would begin a directive.
        line = f"{verdict} {number} - {result.name}".replace("#", "\\#")
        yield line + (f" # SKIP {one_line(result.reason)}" if result.verdict == "skip" else "")
        if result.reason and result.verdict != "skip":
            yield f"# {one_line(result.reason)}"
        if result.verdict == "not ok":
            for text in result.lines:
                yield f"# {one_line(text)}"


def one_line(text):
    return " ".join(text.split())


def printable(text):
    """XML 1.0 has no other control characters, however they are written."""
    return "".join(char for char in text if char in "\t\n" or " " <= char <= "\ud7ff" or
                   "\ue000" <= char <= "\ufffd" or char >= "\U00010000")


def junit(results):
    """One suite for each stage or host; times in seconds."""
    top = xml.Element("testsuites", name="hvk")
    suites = {}
    for result in results:
        suite, _, name = result.name.rpartition("/")
        suites.setdefault(suite or "hvk", []).append((name, result))
    for suite, members in suites.items():
        def count(verdict, members=members):
            return str(sum(result.verdict == verdict for _, result in members))
        node = xml.SubElement(top, "testsuite", name=suite, tests=str(len(members)),
                              failures=count("not ok"), skipped=count("skip"), errors="0",
                              time=f"{sum(result.seconds for _, result in members):.3f}")
        for name, result in members:
            case = xml.SubElement(node, "testcase", classname=suite, name=printable(name),
                                  time=f"{result.seconds:.3f}")
            reason = printable(result.reason)
            if result.verdict == "not ok":
                failure = xml.SubElement(case, "failure", message=reason)
                failure.text = printable("\n".join(result.lines))
            elif result.verdict == "skip":
                xml.SubElement(case, "skipped", message=reason)
            elif reason:
                xml.SubElement(case, "system-out").text = reason
    xml.indent(top)
    return xml.tostring(top, encoding="unicode", xml_declaration=True).splitlines()


WRITERS = {"tap": tap, "junit": junit}


def write(name, path, results):
    with open(path, "w", encoding="utf-8") as out:
        for line in WRITERS[name](results):
            print(line, file=out)
