# SPDX-License-Identifier: GPL-2.0-only
"""Writes the cpio archives (format "newc") that the kernel unpacks at boot.

Linux Documentation/driver-api/early-userspace/buffer-format.rst. Several archives may
follow each other in one initramfs; each is padded so that the next starts aligned.
Times and inode numbers are constant, so that the same input gives the same bytes.
"""

import os
import shutil
import stat


class Archive:
    """An archive under construction in a binary file; use it in a with statement."""

    def __init__(self, out):
        self._out = out
        self._inode = 0
        self._dirs = {"", "."}
        self._size = 0

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is None:
            self._header("TRAILER!!!", 0, 0)
            self._pad(512)

    def directory(self, path, mode=0o755):
        """Adds a directory and those above it; one that is there already is left alone."""
        path = path.strip("/")
        if path in self._dirs:
            return
        self.directory(os.path.dirname(path))
        self._dirs.add(path)
        self._header(path, stat.S_IFDIR | mode, 0)

    def data(self, path, data, mode=0o644):
        """Adds a file with these bytes."""
        self._entry(path, stat.S_IFREG | mode, len(data))
        self._write(data)
        self._pad(4)

    def file(self, path, source):
        """Adds a copy of the file source, with its permissions."""
        with open(source, "rb") as f:
            info = os.fstat(f.fileno())
            if info.st_size >= 1 << 32:
                raise ValueError(f"{source}: too large for an initramfs (4 GiB and more)")
            self._entry(path, stat.S_IFREG | stat.S_IMODE(info.st_mode), info.st_size)
            self._out.flush()
            shutil.copyfileobj(f, self._out, 1 << 20)
            self._size += info.st_size
        self._pad(4)

    def link(self, path, target):
        """Adds a symbolic link."""
        self._entry(path, stat.S_IFLNK | 0o777, len(target.encode()))
        self._write(target.encode())
        self._pad(4)

    def device(self, path, major, minor, mode=0o600):
        """Adds a character device."""
        self.directory(os.path.dirname(path.strip("/")))
        self._header(path.strip("/"), stat.S_IFCHR | mode, 0, major, minor)

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

    def _entry(self, path, mode, size):
        path = path.strip("/")
        self.directory(os.path.dirname(path))
        self._header(path, mode, size)

    def _header(self, name, mode, size, major=0, minor=0):
        self._inode += 1
        links = 2 if stat.S_ISDIR(mode) else 1
        encoded = name.encode() + b"\0"
        fields = (self._inode, mode, 0, 0, links, 0, size, 0, 0, major, minor, len(encoded), 0)
        self._write(b"070701" + b"".join(b"%08X" % field for field in fields) + encoded)
        self._pad(4)

    def _write(self, data):
        self._out.write(data)
        self._size += len(data)

    def _pad(self, alignment):
        self._write(b"\0" * (-self._size % alignment))
