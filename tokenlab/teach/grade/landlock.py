"""Landlock: a Linux process gives up rights to files, for itself and all its children, for good.

What it leaves alone: asking whether a file exists, and its mode, owner and times (chmod, chown, utime).

Sources: docs.kernel.org/userspace-api/landlock.html; the numbers are those of linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture but Alpha
_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
TRUNCATE, IOCTL_DEVICE = 1 << 14, 1 << 15
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
_RIGHTS_OF_VERSION = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many of the lowest bits are known
_BIND_AND_CONNECT = 3  # TCP, from version 4
_SOCKETS_AND_SIGNALS = 3  # scopes, from version 6

READ = EXECUTE | READ_FILE | READ_DIR
WRITE = READ | ((1 << 16) - 1) & ~IOCTL_DEVICE


def version() -> int:
    """The version of the kernel's Landlock; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    try:
        return max(0, int(ctypes.CDLL(None, use_errno=True).syscall(_CREATE, None, 0, 1)))
    except (OSError, AttributeError):
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str]) -> bool:
    """Leave this process only these files and folders, no TCP, and signals to its own kind.

    Paths that do not exist are passed over. False if the kernel has no Landlock. Raises OSError.
    """
    found = version()
    if not found:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    handled = (1 << _RIGHTS_OF_VERSION.get(found, 16)) - 1
    size = 24 if found >= 6 else 16 if found >= 4 else 8
    attributes = struct.pack("=QQQ", handled, _BIND_AND_CONNECT, _SOCKETS_AND_SIGNALS)[:size]
    rules = _done(libc.syscall(_CREATE, attributes, ctypes.c_size_t(size), 0))
    for rights, paths in ((READ, readable), (WRITE, writable)):
        for path in paths:
            _add(libc, rules, path, rights & handled)
    _done(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _done(libc.syscall(_RESTRICT, rules, 0))
    os.close(rules)
    return True


def _add(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _OF_FILES
        _done(libc.syscall(_ADD, rules, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0))
    finally:
        os.close(place)


def _done(result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"Landlock: {os.strerror(error)}")
    return result
