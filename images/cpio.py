# SPDX-License-Identifier: GPL-2.0-only
"""Writes the cpio archives (format "newc") that the kernel unpacks at boot, by bsdtar.

Linux Documentation/driver-api/early-userspace/buffer-format.rst. Several archives may
follow each other in one initramfs: bsdtar pads each to a multiple of its block. bsdtar gets
the entries as a tar archive, which names no inode, device or owner of this machine. Times are
constant, so that the same input gives the same bytes.
"""

import io
import os
import stat
import subprocess
import tarfile

BSDTAR = ("bsdtar", "-c", "--format", "newc", "-f", "-", "@-")


class Archive:
    """An archive under construction at the end of a file; use it in a with statement."""

    def __init__(self, out):
        self._out = out
        self._dirs = {"", "."}

    def __enter__(self):
        self._out.flush()
        self._bsdtar = subprocess.Popen(BSDTAR, stdin=subprocess.PIPE, stdout=self._out)
        self._tar = tarfile.open(fileobj=self._bsdtar.stdin, mode="w|", format=tarfile.GNU_FORMAT)
        return self

    def __exit__(self, kind, value, trace):
        try:
            if kind is None:
                self._tar.close()
            self._bsdtar.stdin.close()
        finally:
            status = self._bsdtar.wait()
            # It shares the position in the file; Python's own is behind.
            self._out.seek(0, os.SEEK_END)
        if kind is None and status:
            raise OSError(f"bsdtar ended with status {status}")

    def directory(self, path, mode=0o755):
        """Adds a directory and those above it; one that is there already is left alone."""
        path = path.strip("/")
        if path in self._dirs:
            return
        self.directory(os.path.dirname(path))
        self._dirs.add(path)
        self._add(path, tarfile.DIRTYPE, mode)

    def data(self, path, data, mode=0o644):
        """Adds a file with these bytes."""
        self._add(path, tarfile.REGTYPE, mode, io.BytesIO(data), len(data))

    def file(self, path, source):
        """Adds a copy of the file source, with its permissions."""
        with open(source, "rb") as f:
            info = os.fstat(f.fileno())
            if info.st_size >= 1 << 32:
                raise ValueError(f"{source}: too large for an initramfs (4 GiB and more)")
            self._add(path, tarfile.REGTYPE, stat.S_IMODE(info.st_mode), f, info.st_size)

    def link(self, path, target):
        """Adds a symbolic link."""
        self._add(path, tarfile.SYMTYPE, 0o777, linkname=target)

    def device(self, path, major, minor, mode=0o600):
        """Adds a character device."""
        self._add(path, tarfile.CHRTYPE, mode, devmajor=major, devminor=minor)

    def tree(self, path, source):
        """Adds a file, a link, or a directory with all that is in it."""
        if os.path.islink(source):
            self.link(path, os.readlink(source))
        elif os.path.isdir(source):
            self.directory(path)
            for name in sorted(os.listdir(source)):
                self.tree(f"{path}/{name}", os.path.join(source, name))
        elif os.path.isfile(source):
            self.file(path, source)
        else:
            raise ValueError(f"{source}: neither a file nor a directory")

    def _add(self, path, kind, mode, content=None, size=0, **fields):
        path = path.strip("/")
        self.directory(os.path.dirname(path))
        entry = tarfile.TarInfo(path)  # of root, at the beginning of time
        entry.type, entry.mode, entry.size = kind, mode, size
        for name, value in fields.items():
            setattr(entry, name, value)
        self._tar.addfile(entry, content)
