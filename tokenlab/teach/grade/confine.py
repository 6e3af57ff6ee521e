"""What a student's process takes from itself before it runs the first cell: resources, and being root."""

from __future__ import annotations

import os
from pathlib import Path

from tokenlab.teach.grade.limits import SubmissionLimits

_COUNTS_PROCESSES_BY_NAMESPACE = (5, 14)  # Linux; before, RLIMIT_NPROC counts all the teacher's too


def confine(limits: SubmissionLimits, user: int) -> None:
    """Set the limits. ``user`` is the id to become if this is root, which then has no rights left."""
    if os.name != "posix":
        return
    if os.getuid() == 0 and user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _limit(limits)


def _limit(limits: SubmissionLimits) -> None:
    import resource

    wanted = {
        "RLIMIT_CPU": limits.cpu_seconds,
        "RLIMIT_AS": limits.memory,
        "RLIMIT_FSIZE": limits.file,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_MEMLOCK": 0,
    }
    if _processes_are_counted_here():
        wanted["RLIMIT_NPROC"] = limits.processes
    for name, value in wanted.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        _, most = resource.getrlimit(kind)
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        try:
            resource.setrlimit(kind, (value, value))
        except (OSError, ValueError):  # macOS knows RLIMIT_AS and refuses it
            continue


def _processes_are_counted_here() -> bool:
    """True where a limit on processes means this sandbox alone."""
    if not Path("/proc/1/comm").exists() or len(list(Path("/proc").glob("[0-9]*"))) > 8:
        return False  # no PID namespace: the teacher's other processes would count
    release = os.uname().release.split(".")
    return os.getuid() >= 0x40000000 or tuple(map(int, release[:2])) >= _COUNTS_PROCESSES_BY_NAMESPACE
