# SPDX-License-Identifier: GPL-2.0-only
"""The nested host's kernel log: keeps it, and finds in it what must not be there."""

import re

# What Linux prints when something is wrong with the kernel itself: lib/bug.c,
# kernel/panic.c, arch/arm64/kernel/traps.c, kernel/rcu/tree_stall.h, kernel/watchdog.c,
# kernel/hung_task.c, kernel/locking/lockdep.c, lib/refcount.c, lib/list_debug.c.
FAULT = re.compile(
    r"WARNING: |\bBUG[: ]|\bOops\b|Kernel panic|Internal error|Unable to handle kernel"
    r"|Bad mode in |Unhandled .* exception|synchronous external abort|\bSError\b"
    r"|rcu.*(stall|kthread starved)|soft lockup|hard LOCKUP|blocked for more than"
    r"|scheduling while atomic|sleeping function called|suspicious RCU usage"
    r"|possible (circular|recursive) locking|inconsistent lock state|lock held when returning"
    r"|bad unlock balance|refcount_t: |list_(add|del) corruption"
    r"|\b(KASAN|UBSAN|KCSAN)\b(?!: KernelAddressSanitizer initialized)"
    r"|Bad page state|Bad rss-counter|nobody cared|Unexpected interrupt|detected stalls"
    r"|kmemleak: [0-9]+ new|invalid wait context|held lock freed|ODEBUG",
    re.IGNORECASE)

# What a host says that is told to crash, up to the first line of its crash kernel.
CRASH_BEGINS = re.compile(r"sysrq: Trigger a crash")
CRASH_ENDS = re.compile(r"Booting Linux on physical CPU")

# What the kernel says of hvk.ko when insmod is refused: the module's own reason, or the
# loader's (a version, a symbol). KERN_ERR and KERN_WARNING; that it is not the kernel's own
# module is no reason. Busybox tries both system calls, so that a reason comes twice.
REASON = re.compile(r"hvk: (?!.*\btaint)")
REASON_PRIORITIES = (3, 4)
REASON_AGAIN_SECONDS = 2

# A console line has a time stamp if the kernel was built to print one.
STAMP = re.compile(r"^\[ *[0-9.]+\] ?")


class HostLog:
    """Records as the agent passes them on, and the console for what comes after them. `tell`
    is called with each reason for which the kernel refuses hvk.ko."""

    def __init__(self, console_path, echo, may_crash=False, tell=None):
        self._console_path = console_path
        self._echo = echo
        self._tell = tell
        self._told = {}  # by text, when
        self._may_crash = may_crash
        self._lines = []

    def record(self, data):
        """Takes one record of /dev/kmsg: "priority,sequence,microseconds,...;text"."""
        fields, _, text = data.decode("utf-8", "replace").partition(";")
        text = text.split("\n", 1)[0]
        self._lines.append(text)
        priority, seconds = self._header(fields)
        if self._tell and priority in REASON_PRIORITIES and REASON.match(text):
            if seconds - self._told.get(text, -REASON_AGAIN_SECONDS) >= REASON_AGAIN_SECONDS:
                self._tell(text)
            self._told[text] = seconds
        if self._echo:
            print(f"[{seconds:12.6f}] {text}", file=self._echo, flush=True)

    @staticmethod
    def _header(fields):
        """Priority and time of a record; 7 and 0 if it has none."""
        numbers = fields.split(",")[:3]
        if len(numbers) < 3 or not (numbers[0].isdecimal() and numbers[2].isdecimal()):
            return 7, 0
        return int(numbers[0]) & 7, int(numbers[2]) / 1e6

    def faults(self):
        """The lines that tell of a fault, once each, in order."""
        return list(dict.fromkeys(line for lines in (self._lines, self._console())
                                  for line in self._judged(lines) if FAULT.search(line)))

    def _judged(self, lines):
        """The lines that count: all, but for a crash that was asked for."""
        crashing = False
        for line in lines:
            if self._may_crash and CRASH_BEGINS.search(line):
                crashing = True
            elif CRASH_ENDS.search(line):
                crashing = False
            if not crashing:
                yield line

    def last_lines(self, count):
        """The end of what the host said: the console's if it has any, else the records'."""
        return (self._console() or self._lines)[-count:]

    def _console(self):
        try:
            with open(self._console_path, encoding="utf-8", errors="replace") as f:
                return [STAMP.sub("", line.strip()) for line in f if line.strip()]
        except FileNotFoundError:
            return []
