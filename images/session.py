# SPDX-License-Identifier: GPL-2.0-only
"""Runs QEMU and talks with the agent in it (agent.c has the protocol)."""

import collections
import contextlib
import ctypes
import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import time
import tty

EXITED, CRASH, TIMEOUT, ESCAPE, NOT_STARTED = "exited", "crash", "timeout", "escape", "not started"

End = collections.namedtuple("End", "kind status reason", defaults=(None, None))

ESCAPE_KEY = b"\x1d"  # Ctrl-]
WINDOW = 2048  # bytes of input under way, at most; agent.c has the same
BOOT_SECONDS = 300  # for a host on a very busy machine; it takes 3 on an idle one
POWER_OFF_SECONDS = 60
PR_SET_PDEATHSIG = 1


def window_size():
    """Rows and columns of the terminal on standard input."""
    data = fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8))
    return struct.unpack("HHHH", data)[:2]


def die_with_parent():
    """In QEMU's process before it starts: ends with the lab, however that ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextlib.contextmanager
def raw_terminal(enabled):
    if not enabled:
        yield
        return
    saved = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        yield
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, saved)


def write_all(fd, data):
    """Writes all of it, also to a terminal or pipe that somebody made non-blocking."""
    while data:
        try:
            data = data[os.write(fd, data):]
        except BlockingIOError:
            select.select([], [fd], [])


class Session:
    """One run of the host, from QEMU's start to its end."""

    def __init__(self, command, terminal, log, timeout):
        self._command = command
        self._terminal = terminal
        self._log = log
        self._start = time.monotonic()
        self._deadline = self._start + timeout if timeout else None
        self._ready = False
        self._status = None
        self._received = bytearray()
        self._credit = WINDOW
        self._input_open = True

    def run(self):
        wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        with raw_terminal(self._terminal):
            self._qemu = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, start_new_session=True, preexec_fn=die_with_parent)
            if self._terminal:
                signal.signal(signal.SIGWINCH, lambda *_: None)
                signal.set_wakeup_fd(wake_write)
            try:
                return self._serve(wake_read)
            except BrokenPipeError:
                # Who read the output has gone: as for any writer in a pipeline.
                return End(EXITED, 128 + signal.SIGPIPE)
            finally:
                signal.set_wakeup_fd(-1)
                self._qemu.kill()
                self._qemu.wait()
                os.close(wake_read)
                os.close(wake_write)

    def _serve(self, wake):
        out, err = self._qemu.stdout.fileno(), self._qemu.stderr.fileno()
        complaints = b""
        sources = {out, err}
        while sources:
            reading = sources | ({wake} if self._terminal else set())
            if self._ready and self._input_open and self._credit and self._status is None:
                reading.add(0)
            limit, kind = self._limit()
            left = max(0, limit - time.monotonic())
            ready = select.select(list(reading), [], [], left)[0]
            if not ready and time.monotonic() >= limit:
                return kind
            if wake in ready:
                os.read(wake, 512)
                self._send(b"W", struct.pack("<HH", *window_size()))
            if 0 in ready and not self._take_input():
                return End(ESCAPE)
            if out in ready and not self._take_output(out):
                sources.discard(out)
            if err in ready:
                data = os.read(err, 4096)
                complaints += data
                if not data:
                    sources.discard(err)
        self._qemu.wait()
        if self._status is not None:
            return End(EXITED, self._status)
        if not self._ready and self._qemu.returncode > 0:
            return End(NOT_STARTED, reason=complaints.decode(errors="replace").strip())
        reason = "the host ended before the command did"
        return End(CRASH, reason=f"{reason}: {complaints.decode(errors='replace').strip()}"
                   if complaints else reason)

    def _limit(self):
        """When to stop waiting, and how that is called."""
        limits = []
        if self._deadline:
            limits.append((self._deadline, End(TIMEOUT)))
        if self._status is not None:
            limits.append((self._ended + POWER_OFF_SECONDS,
                           End(CRASH, reason="the host did not power off")))
        elif not self._ready:
            limits.append((self._start + BOOT_SECONDS, End(
                CRASH, reason=f"the host did not boot in {BOOT_SECONDS} s")))
        return min(limits, default=(time.monotonic() + 3600, None), key=lambda pair: pair[0])

    def _take_input(self):
        """Passes on standard input; false if the escape key was in it."""
        try:
            data = os.read(0, self._credit)
        except BlockingIOError:
            return True
        except OSError:
            data = b""
        if not data:
            self._input_open = False
            self._send(b"E", b"")
            return True
        if self._terminal and ESCAPE_KEY in data:
            return False
        self._credit -= len(data)
        self._send(b"I", data)
        return True

    def _send(self, kind, data):
        if not self._ready or self._status is not None:
            return
        try:
            self._qemu.stdin.write(kind + struct.pack("<H", len(data)) + data)
            self._qemu.stdin.flush()
        except BrokenPipeError:
            pass  # QEMU has ended, which its output will tell

    def _take_output(self, fd):
        data = os.read(fd, 1 << 16)
        self._received += data
        while len(self._received) >= 3:
            if not self._received[0]:
                # Of a kernel that another has started: agent.c.
                del self._received[0]
                continue
            length = struct.unpack_from("<H", self._received, 1)[0]
            if len(self._received) < 3 + length:
                break
            kind = bytes(self._received[:1])
            body = bytes(self._received[3:3 + length])
            del self._received[:3 + length]
            self._take_frame(kind, body)
        return bool(data)

    def _take_frame(self, kind, body):
        if kind == b"O":
            write_all(1, body)
        elif kind == b"D":
            write_all(2, body)
        elif kind == b"K":
            self._log.record(body)
        elif kind == b"A":
            self._credit += struct.unpack("<H", body)[0]
        elif kind == b"R":
            self._ready = True
            if self._terminal:
                write_all(2, b"lab: the nested host is up; Ctrl-] ends it\r\n")
        elif kind == b"X":
            self._status = struct.unpack("<I", body)[0]
            self._ended = time.monotonic()
        else:
            raise ValueError(f"the agent sent a frame of unknown type {kind!r}")
