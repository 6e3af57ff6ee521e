"""Set the course up and open it, with nothing but Python 3.11 or later.

    python lab.py                 opens your copy of the course, my_course, in JupyterLab
    python lab.py --no-browser    starts it and prints its address (--port N chooses the port)
    python lab.py afresh 04       copies lesson 04 anew (exercises/04: its exercises) and keeps yours
    python lab.py teach           opens the course itself, with nbgrader's pages for teachers
    python lab.py test            runs every test; what follows is handed to pytest
    python lab.py site            makes the course as a site, to read and to run in a browser

The first start makes .venv beside this file and installs exactly what requirements.lock names,
with uv where it is installed and pip otherwise. `teach`, `test` and `site` add what requirements-all.lock
names. A stamp written last says what the environment was made from: a start that finds its own
stamp does no work, one that needs more adds it, any other start makes it anew.
"""

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Python 2 stops at this annotation and shows the line; an older Python 3 stops below.
TOO_OLD: str = "tokenlab needs Python 3.11 or later: install a newer one and run lab.py with it"
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(f"{TOO_OLD} (this is Python {sys.version.split()[0]})")

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"  # what learners need
ALL = ROOT / "requirements-all.lock"  # the same, and what teachers and tests need
VENV = ROOT / os.environ.get("TOKENLAB_VENV", ".venv")
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "tokenlab-stamp.txt"
MARK = VENV / "tokenlab-made-this.txt"  # written first: only what bears it is ever deleted
WORKSPACE = ROOT / os.environ.get("TOKENLAB_WORKSPACE", "my_course")
NEEDED_BYTES = {LOCK: 800_000_000, ALL: 1_300_000_000}  # with the downloads on their way in

# The lines of pip and uv that a person wants to see go by.
MILESTONES = ("Collecting ", "Downloading ", "Prepared ", "Installing ", "Installed ")
# What venv, pip and uv say when they fail, and what it means; the first that fits is told.
CAUSES = {
    ("No space left on device", "not enough space on the disk"): (
        "the disk is full. Make room (about 1.3 GB, temporary files included) and start again."
    ),
    ("ensurepip is not available",): (
        "this Python cannot make environments. On Debian or Ubuntu, install python3-venv."
    ),
    ("DO NOT MATCH THE HASHES", "Hash mismatch"): (
        "a download is not the file that the lock names, so it was not installed."
    ),
    ("Retrying (", "from versions: none", "error sending request", "Failed to fetch"): (
        "no package can be reached. The first start needs a network: connect and start again."
    ),
    ("Read-only file system", "Permission denied"): (
        "this folder cannot be written. Copy it to one that is yours and start there."
    ),
}


class SetupError(Exception):
    """The environment cannot be made; the text says why, for the person at the keyboard."""


def set_up(lock: Path = LOCK) -> None:
    """Have an environment in which a lock is installed. Raises SetupError, OSError."""
    if is_ready(lock):
        return
    if not lock.is_file():
        raise SetupError(f"this copy of the course has no {lock.name}: it is for learners alone.")
    with only_one():
        if is_ready(lock):  # another start may have made it meanwhile
            return
        if is_ready(LOCK) and STAMP.read_bytes() == stamp(LOCK).encode():
            print(f"Adding to {VENV.name}, once; this takes a minute or two.", flush=True)
            install(lock)
        else:
            make_environment(lock)


def is_ready(lock: Path) -> bool:
    """True if the environment is whole and holds what today's lock names."""
    whole = PYTHON.exists() and STAMP.is_file() and lock.is_file()
    return whole and STAMP.read_bytes().startswith(stamp(lock).encode())


@contextmanager
def only_one() -> Iterator[None]:
    """Let one start at a time make the environment. Raises SetupError, OSError."""
    with open(ROOT / f"{VENV.name}.lock", "w") as lock:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SetupError("another start is setting the course up. Wait until it is ready.") from error
        yield


def make_environment(lock: Path) -> None:
    """Make it anew, from nothing. Raises SetupError, OSError."""
    discard()
    free, needed = shutil.disk_usage(ROOT).free, NEEDED_BYTES[lock]
    if free < needed:
        raise SetupError(
            f"it takes {needed / 1e9:.1f} GB of disk and {free / 1e9:.1f} GB are free. Make room."
        )
    print(f"Setting up {VENV.name}, once; this takes a minute or two.", flush=True)
    uv = shutil.which("uv")
    VENV.mkdir()
    MARK.write_text("lab.py made this folder and may delete it.\n", encoding="utf-8")
    # The base Python, because the one that runs may belong to the environment just discarded.
    base = getattr(sys, "_base_executable", None) or sys.executable
    run(base, "-I", "-m", "venv", *(["--without-pip"] if uv else []), str(VENV))
    install(lock)


def install(lock: Path) -> None:
    """Install what a lock names and write the stamp. Raises SetupError, OSError."""
    uv = shutil.which("uv")
    if uv:
        run(uv, "pip", "sync", "--require-hashes", "--python", str(PYTHON), str(lock))
    else:
        pip = (str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input")
        # Python compiles what is imported, when it is imported: a fifth less on the disk.
        options = ("--require-hashes", "--no-deps", "--no-compile", "--retries", "2", "--progress-bar", "off")
        run(*pip, "install", *options, "-r", str(lock))
    furnish()
    STAMP.write_text(stamp(lock), encoding="utf-8")
    print("Ready.", flush=True)


def stamp(lock: Path) -> str:
    """What a complete environment is made from: a Python, a place, this file and locks.

    The stamp of an environment with everything begins as that of a learner's does.
    """
    sources = [Path(__file__), LOCK, *([ALL] if lock == ALL else [])]
    digests = [hashlib.sha256(source.read_bytes()).hexdigest() for source in sources]
    return "\n".join([str(sys.implementation.cache_tag), str(ROOT), *digests, ""])


def discard() -> None:
    """Take away an environment that is old or was left half made."""
    if not VENV.exists():
        return
    if not MARK.is_file() and not STAMP.is_file():
        raise SetupError(f"{VENV.name} is in the way and not lab.py's. Move it elsewhere.")
    old = VENV.with_name(f"{VENV.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    try:  # Windows keeps open files: a rename then fails as a whole, where deleting would do half
        VENV.rename(old)
    except PermissionError as error:
        raise SetupError(f"{VENV.name} is in use. Close JupyterLab and start again.") from error
    shutil.rmtree(old, ignore_errors=True)


def run(*command: str) -> None:
    """Run one step of an installation and pass its milestones on. Raises SetupError."""
    said = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="backslashreplace",
    ) as process:
        for line in process.stdout or ():
            said.append(line)
            if line.startswith(MILESTONES):
                print("  " + line.split(" (from ")[0].split(": ")[0].strip(), flush=True)
    if process.returncode == 0:
        return
    for words, cause in CAUSES.items():
        if any(word in line for word in words for line in said):
            raise SetupError(cause)
    raise SetupError("the installer said:\n" + "".join(said[-12:]))


def furnish() -> None:
    """Let the environment import tokenlab.

    A path file does what an editable installation would, without a build or a network. Its path
    is relative: dots alone, whatever letters the names of the folders above are made of.
    """
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(VENV)}))
    (packages / "tokenlab.pth").write_text(os.path.relpath(ROOT, packages) + "\n", encoding="utf-8")


def call(*arguments: str) -> int:
    """Run the environment's Python until it ends; its exit code."""
    # A kernel of the same name in the home folder must not stand before the environment's own.
    environment = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}
    process = subprocess.Popen([str(PYTHON), *arguments], cwd=ROOT, env=environment)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the program got it too, and JupyterLab asks before it stops


def open_course(arguments: list[str]) -> int:
    """Open the first page of the learner's copy in JupyterLab; its exit code."""
    read_options(arguments, "Set the course up and open your copy of it in JupyterLab.")
    set_up()
    return call("-m", "tokenlab.teach.launch", str(ROOT), str(WORKSPACE), *arguments)


def open_to_teach(arguments: list[str]) -> int:
    """Open the course itself in JupyterLab, with nbgrader's pages for teachers; its exit code."""
    read_options(arguments, "Open the course itself in JupyterLab, with nbgrader's pages.")
    set_up(ALL)
    return call("-m", "tokenlab.teach.launch", str(ROOT), str(ROOT), *arguments)


def read_options(arguments: list[str], description: str) -> None:
    """Refuse what the command line should not say, before anything is made."""
    parser = argparse.ArgumentParser(
        prog="lab.py",
        description=description,
        epilog="python lab.py afresh 04 copies lesson 04 anew; teach opens the course for a teacher; "
        "test runs the tests instead.",
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--port", type=port, default=8888, help="where to listen (or the next free)")
    parser.parse_args(arguments)


def port(text: str) -> int:
    """A number of a port. Raises ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: expected 1 to 65535, for example 8888")
    return int(text)


def start_afresh(names: list[str]) -> int:
    """Copy lessons or exercises anew; the learner's own are kept aside."""
    if not names:
        sys.exit("Which one? Expected a lesson such as: python lab.py afresh 04")
    set_up()
    return call("-m", "tokenlab.teach.workspace", str(ROOT), str(WORKSPACE), "afresh", *names)


def run_tests(arguments: list[str]) -> int:
    """Run the tests and compare the lessons with their committed outputs; pytest's exit code."""
    set_up(ALL)
    return call("-m", "pytest", "--nbval", "--nbval-current-env", *arguments)


def make_site(arguments: list[str]) -> int:
    """Make the site, or show it; the exit code."""
    set_up(ALL)
    return call("-m", "tools.site", *arguments)


def main(arguments: list[str]) -> int:
    """Do what the command line asks for; the exit code."""
    try:
        if arguments[:1] == ["test"]:
            return run_tests(arguments[1:])
        if arguments[:1] == ["site"]:
            return make_site(arguments[1:])
        if arguments[:1] == ["teach"]:
            return open_to_teach(arguments[1:])
        if arguments[:1] == ["afresh"]:
            return start_afresh(arguments[1:])
        return open_course(arguments)
    except SetupError as error:
        sys.exit(f"Setting up failed: {error}")
    except OSError as error:
        sys.exit(f"Setting up failed: {error.strerror} ({error.filename}).")
    except KeyboardInterrupt:
        sys.exit("Stopped. The next start takes up what is missing.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
