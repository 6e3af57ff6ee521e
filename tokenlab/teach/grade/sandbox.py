"""What a process gives up before it runs a student's code. None of it is needed for points to be right."""

from __future__ import annotations

import ctypes
import os
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

from tokenlab.teach.grade import landlock
from tokenlab.teach.grade.limits import Limits

_KEEP_CAPABILITIES, _PARENT_DEATH_SIGNAL = 8, 1
_READ_SEARCH = 1 << 2  # CAP_DAC_READ_SEARCH
_CAPABILITY_VERSION = 0x20080522
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share", "/etc/ld.so.cache")
_LITTLE = ("/etc/localtime", "/etc/mime.types", "/etc/fonts")

_REFUSED = (
    "ctypes.dlopen", "ctypes.dlsym", "ctypes.dlsym/handle", "ctypes.call_function", "ctypes.string_at",
    "ctypes.wstring_at", "ctypes.cdata", "ctypes.cdata/buffer", "ctypes.PyObj_FromPtr", "os.exec", "os.fork",
    "os.forkpty", "os.kill", "os.killpg", "os.posix_spawn", "os.spawn", "os.startfile", "os.startfile/2",
    "os.system", "pty.spawn", "subprocess.Popen", "_winapi.CreateProcess", "winreg.ConnectRegistry",
    "winreg.OpenKey", "socket.__new__", "socket.bind", "socket.connect", "socket.getaddrinfo",
    "socket.sendmsg", "socket.sendto",
)  # fmt: skip
_CHANGES = (
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.chown",
    "os.truncate", "os.utime", "os.setxattr", "os.removexattr", "os.chflags", "os.lchmod",
)  # fmt: skip
_LOOKS = ("os.listdir", "os.scandir", "os.chdir")
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def readable() -> list[str]:
    """Python's folders, the system's libraries and this package: what an import may need."""
    package = Path(__file__).resolve().parents[2]
    paths = sysconfig.get_paths()
    python = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    site = {path for path in sys.path if path.endswith(("site-packages", "dist-packages", "lib-dynload"))}
    base = {os.path.join(sys.base_prefix, "lib"), os.path.join(sys.base_prefix, "DLLs")}
    found = {os.path.realpath(path) for path in (str(package), *python, *site, *base)}
    return [*sorted(found), *_SYSTEM, *_LITTLE]


def enter(folder: str, limits: Limits, user: int) -> None:
    """Give up what the system lets us give up. ``user`` is the id to become if this is root."""
    os.chdir(folder)
    _environment(folder)
    if os.name == "posix":
        _limit(limits)
    locked = landlock.restrict([*readable(), *_DEVICES], [folder, "/dev/null"])
    if os.name == "posix" and os.getuid() == 0:
        _become(user, keep_reading=locked)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, 9, 0, 0, 0)
    sys.addaudithook(_guard(folder, [*readable(), *_DEVICES]))


def _environment(folder: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    os.environ.clear()
    os.environ.update(kept)
    os.environ.update(dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR"), folder))
    os.environ.update(LANG="C.UTF-8", MPLBACKEND="Agg", OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")


def _limit(limits: Limits) -> None:
    import resource

    wanted = {
        "RLIMIT_CPU": limits.cpu_seconds,
        "RLIMIT_AS": limits.memory,
        "RLIMIT_FSIZE": limits.file,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": 64,
        # It counts all processes of a user. Root's student has an id alone; another's shares the teacher's.
        "RLIMIT_NPROC": limits.processes if os.getuid() == 0 else _running() + limits.processes,
    }
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


def _running() -> int:
    """About how many processes and threads this user has."""
    count = 0
    for process in Path("/proc").glob("[0-9]*/task"):
        try:
            if process.stat().st_uid == os.getuid():
                count += len(os.listdir(process))
        except OSError:
            continue
    return count or 1000


def _become(user: int, keep_reading: bool) -> None:
    """Another user without capabilities. Where Landlock says what can be read, one is kept for reading: a
    teacher's Python may stand in a folder that is theirs alone."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    if libc and keep_reading:
        libc.prctl(_KEEP_CAPABILITIES, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if libc and keep_reading:
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
        sets = (ctypes.c_uint32 * 6)(_READ_SEARCH, _READ_SEARCH, 0, 0, 0, 0)
        libc.capset(header, sets)


def _guard(folder: str, readable: list[str]) -> Callable[[str, tuple[object, ...]], None]:
    """An audit hook. What it needs it holds itself: names of modules can be replaced by those it watches."""
    inside = os.path.realpath(folder)
    reads = tuple(os.path.realpath(path) for path in readable)
    real, fsdecode, separator, null = os.path.realpath, os.fsdecode, os.sep, os.devnull
    refused, changes, looks = frozenset(_REFUSED), frozenset(_CHANGES), frozenset(_LOOKS)
    writing = _FOR_WRITING

    def below(path: object, roots: tuple[str, ...]) -> bool:
        if isinstance(path, int) or path is None:  # a file that is open already
            return True
        name = real(fsdecode(path))  # type: ignore[arg-type]
        return name == null or any(name == root or name.startswith(root + separator) for root in roots)

    def guard(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            wants_write = isinstance(flags, int) and flags & writing
            if not below(path, (inside,) if wants_write else (inside, *reads)):
                raise PermissionError(f"{path!r:.200} is not a submission's to open")
        elif event in refused:
            raise PermissionError(f"{event} is nothing a submission needs")
        elif event in changes:
            paths = arguments[:2] if event in ("os.rename", "os.link") else arguments[:1]
            if not all(below(path, (inside,)) for path in paths):
                raise PermissionError(f"{paths!r:.200} is not a submission's to change")
        elif event in looks and not below(arguments[0] if arguments else None, (inside, *reads)):
            raise PermissionError(f"{arguments[0]!r:.200} is not a submission's to look at")

    return guard
