"""Set the course up and open it, with nothing but Python 3.11 or later.

    python lab.py                 opens the course in JupyterLab
    python lab.py --no-browser    starts it and prints its address (--port N chooses the port)
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
# JupyterLab asks a newcomer about news and looks for updates, unless its settings say no.
QUIET = {"@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"}}


class SetupError(Exception):
    """The environment cannot be made; the text says why, for the person at the keyboard."""


def set_up() -> None:
    """Make the environment, unless it is ready. Raises SetupError, OSError."""
    if PYTHON.exists() and STAMP.is_file() and STAMP.read_text(encoding="utf-8") == stamp():
        return
    discard()
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        raise SetupError(f"it takes 1.2 GB of disk and {free / 1e9:.1f} GB are free. Make room.")
    print(f"Setting up {VENV.name}, once; this takes a minute or two.", flush=True)
    uv = shutil.which("uv")
    # The base Python, for the one that runs may belong to the environment just discarded.
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
    if not (VENV / "pyvenv.cfg").is_file():
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
    (settings / "overrides.json").write_text(json.dumps(QUIET), encoding="utf-8")


def trust_lessons() -> None:
    """Sign the lessons, for JupyterLab hides the pictures of a notebook that is not signed here."""
    signed = VENV / "tokenlab-signed.txt"
    since = signed.stat().st_mtime if signed.exists() else 0.0
    lessons = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("exercises/*/*.ipynb")]
    if any(lesson.stat().st_mtime > since for lesson in lessons):
        sign = [str(PYTHON), "-m", "nbformat.sign", *map(str, lessons)]
        subprocess.run(sign, stdout=subprocess.DEVNULL, check=False)
        signed.touch()


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
    """Open the first page in JupyterLab; its exit code."""
    parser = argparse.ArgumentParser(
        prog="lab.py",
        description="Set the course up and open it in JupyterLab.",
        epilog="python lab.py test [arguments of pytest] runs the tests instead.",
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--port", type=int, default=8888, help="where to listen (or the next free)")
    options = parser.parse_args(arguments)
    set_up()
    trust_lessons()
    return call(
        *("-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}", f"--ServerApp.port={options.port}"),
        "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb",
        "--ServerApp.allow_root=True",  # in a container one is root
        *(["--no-browser"] if options.no_browser else []),
    )


def run_tests(arguments: list[str]) -> int:
    """Run the tests and compare the lessons with their committed outputs; pytest's exit code."""
    set_up()
    return call("-m", "pytest", "--nbval", "--nbval-current-env", *arguments)


def main(arguments: list[str]) -> int:
    """Do what the command line asks for; the exit code."""
    try:
        if arguments[:1] == ["test"]:
            return run_tests(arguments[1:])
        return open_course(arguments)
    except SetupError as error:
        sys.exit(f"Setting up failed: {error}")
    except OSError as error:
        sys.exit(f"Setting up failed: {error.strerror} ({error.filename}).")
    except KeyboardInterrupt:
        sys.exit("Stopped. The next start takes up what is missing.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
