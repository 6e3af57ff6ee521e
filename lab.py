"""Set the course up and open it, with nothing but Python 3.11 or later.

    python lab.py                 opens your copy of the course, my_course, in JupyterLab
    python lab.py --no-browser    starts it and prints its address (--port N chooses the port)
    python lab.py afresh 04       copies lesson 04 anew (exercises/04: its exercises) and keeps yours
    python lab.py test            runs every test; what follows is handed to pytest

The first start makes .venv beside this file and installs exactly what requirements.lock names,
with uv where it is installed and pip otherwise. A stamp written last says what the environment
was made from: a start that finds its own stamp does no work, any other start makes it anew.
"""

import argparse
import hashlib
import json
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
LOCK = ROOT / "requirements.lock"
VENV = ROOT / os.environ.get("TOKENLAB_VENV", ".venv")
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "tokenlab-stamp.txt"
MARK = VENV / "tokenlab-made-this.txt"  # written first: only what bears it is ever deleted
WORKSPACE = ROOT / os.environ.get("TOKENLAB_WORKSPACE", "my_course")
NEEDED_BYTES = 1_200_000_000  # the environment, and the downloads on their way into it

# The lines of pip and uv that a person wants to see go by.
MILESTONES = ("Collecting ", "Downloading ", "Prepared ", "Installing ", "Installed ")
# What venv, pip and uv say when they fail, and what it means; the first that fits is told.
CAUSES = {
    ("No space left on device", "not enough space on the disk"): (
        "the disk is full. Make room (about 1.2 GB, temporary files included) and start again."
    ),
    ("ensurepip is not available",): (
        "this Python cannot make environments. On Debian or Ubuntu, install python3-venv."
    ),
    ("DO NOT MATCH THE HASHES", "Hash mismatch"): (
        "a download is not the file that requirements.lock names, so it was not installed."
    ),
    ("Retrying (", "from versions: none", "error sending request", "Failed to fetch"): (
        "no package can be reached. The first start needs a network: connect and start again."
    ),
    ("Read-only file system", "Permission denied"): (
        "this folder cannot be written. Copy it to one that is yours and start there."
    ),
}
# JupyterLab asks a newcomer about news, looks for updates and forgets widgets, unless its settings say no.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
}
# nbgrader's menus are for teachers, who start JupyterLab themselves.
HIDDEN = {"disabledExtensions": {"@jupyter/nbgrader": True}}


class SetupError(Exception):
    """The environment cannot be made; the text says why, for the person at the keyboard."""


def set_up() -> None:
    """Make the environment, unless it is ready. Raises SetupError, OSError."""
    if is_ready():
        return
    with only_one():
        if not is_ready():  # another start may have made it meanwhile
            make_environment()


def is_ready() -> bool:
    """True if the environment is whole and made from today's lock."""
    return PYTHON.exists() and STAMP.is_file() and STAMP.read_bytes() == stamp().encode()


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


def make_environment() -> None:
    """Make it anew, from nothing. Raises SetupError, OSError."""
    discard()
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        raise SetupError(f"it takes 1.2 GB of disk and {free / 1e9:.1f} GB are free. Make room.")
    print(f"Setting up {VENV.name}, once; this takes a minute or two.", flush=True)
    uv = shutil.which("uv")
    VENV.mkdir()
    MARK.write_text("lab.py made this folder and may delete it.\n", encoding="utf-8")
    # The base Python, because the one that runs may belong to the environment just discarded.
    base = getattr(sys, "_base_executable", None) or sys.executable
    run(base, "-I", "-m", "venv", *(["--without-pip"] if uv else []), str(VENV))
    if uv:
        run(uv, "pip", "sync", "--require-hashes", "--python", str(PYTHON), str(LOCK))
    else:
        pip = (str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input")
        options = ("--require-hashes", "--no-deps", "--retries", "2", "--progress-bar", "off")
        run(*pip, "install", *options, "-r", str(LOCK))
    furnish()
    STAMP.write_text(stamp(), encoding="utf-8")
    print("Ready.", flush=True)


def stamp() -> str:
    """What a complete environment is made from: a Python, a place, the lock and this file."""
    digest = hashlib.sha256(LOCK.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    return f"{sys.implementation.cache_tag}\n{ROOT}\n{digest}\n"


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
    """Let the environment import tokenlab, and JupyterLab keep quiet.

    A path file does what an editable installation would, without a build or a network. Its path
    is relative: dots alone, whatever letters the names of the folders above are made of.
    """
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(VENV)}))
    (packages / "tokenlab.pth").write_text(os.path.relpath(ROOT, packages) + "\n", encoding="utf-8")
    settings = VENV / "share/jupyter/lab/settings"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "overrides.json").write_text(json.dumps(SETTINGS), encoding="utf-8")


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
    parser = argparse.ArgumentParser(
        prog="lab.py",
        description="Set the course up and open your copy of it in JupyterLab.",
        epilog="python lab.py afresh 04 copies lesson 04 anew; python lab.py test runs the tests instead.",
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--port", type=port, default=8888, help="where to listen (or the next free)")
    options = parser.parse_args(arguments)
    set_up()
    code = renew_workspace()
    if code:
        return code
    # Settings of the course's own: none of the home folder's, which may open the server to a network.
    configuration = WORKSPACE / ".jupyter"
    (configuration / "labconfig").mkdir(parents=True, exist_ok=True)
    (configuration / "labconfig" / "page_config.json").write_text(json.dumps(HIDDEN), encoding="utf-8")
    os.environ["JUPYTER_CONFIG_DIR"] = str(configuration)
    is_root = hasattr(os, "getuid") and os.getuid() == 0
    return call(
        *("-m", "jupyterlab", f"--ServerApp.root_dir={WORKSPACE}", f"--ServerApp.port={options.port}"),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.allow_root={is_root}"),
        "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb",
        *(["--no-browser"] if options.no_browser else []),
    )


def port(text: str) -> int:
    """A number of a port. Raises ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: expected 1 to 65535, for example 8888")
    return int(text)


def renew_workspace(*arguments: str) -> int:
    """Make the learner's copies or bring them up to date; 0 if that went well."""
    return call("-m", "tokenlab.teach.workspace", str(ROOT), str(WORKSPACE), *arguments)


def start_afresh(names: list[str]) -> int:
    """Copy lessons or exercises anew; the learner's own are kept aside."""
    if not names:
        sys.exit("Which one? Expected a lesson such as: python lab.py afresh 04")
    set_up()
    return renew_workspace("afresh", *names)


def run_tests(arguments: list[str]) -> int:
    """Run the tests and compare the lessons with their committed outputs; pytest's exit code."""
    set_up()
    return call("-m", "pytest", "--nbval", "--nbval-current-env", *arguments)


def main(arguments: list[str]) -> int:
    """Do what the command line asks for; the exit code."""
    try:
        if arguments[:1] == ["test"]:
            return run_tests(arguments[1:])
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
