"""Open a learner's copy of the course in JupyterLab, where tokenlab and JupyterLab are installed.

    tokenlab                      opens your copy of the course, my_course in this folder
    tokenlab --no-browser         starts it and prints its address (--port N chooses the port)
    tokenlab afresh 04            copies lesson 04 anew (exercises/04: its exercises) and keeps yours
    tokenlab grade ...            grades what a class has handed in (grade --help says how)

`lab.py` calls the same module, once it has made an environment:

    python -m tokenlab.teach.launch COURSE WORKSPACE [--no-browser] [--port N] [--ip ADDRESS]
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tokenlab.teach import workspace
from tokenlab.teach.progress_file import find_workspace

PACKAGE = Path(__file__).resolve().parents[1]
# JupyterLab asks a newcomer about news, looks for updates and forgets widgets, unless its settings say no.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
}
EVERYBODY: dict[str, object] = {"labconfig/default_setting_overrides.json": SETTINGS}
# Where nbgrader is installed, its pages are still not for learners, nor what it starts.
SERVERS = ("assignment_list", "course_list", "formgrader", "validate_assignment")
LEARNERS: dict[str, object] = {
    "labconfig/page_config.json": {"disabledExtensions": {"@jupyter/nbgrader": True}},
    "jupyter_server_config.json": {
        "ServerApp": {"jpserver_extensions": {f"nbgrader.server_extensions.{one}": False for one in SERVERS}}
    },
}


def course() -> Path:
    """The lessons and exercises: in the installed package, or beside it in the repository."""
    packed = PACKAGE / "course"
    return packed if packed.is_dir() else PACKAGE.parent


def open_course(source: Path, mine: Path, options: argparse.Namespace) -> int:
    """Bring the learner's copy up to date and open it; the course itself is opened for a teacher."""
    if mine == source:
        return open_jupyterlab(mine, "teaching/class_overview.ipynb", EVERYBODY, options)
    code = workspace.main([str(source), str(mine)])
    if code:
        return code
    return open_jupyterlab(mine, "notebooks/00_start_here.ipynb", EVERYBODY | LEARNERS, options)


def open_jupyterlab(folder: Path, page: str, settings: dict[str, object], options: argparse.Namespace) -> int:
    """Open a page of a folder in JupyterLab; its exit code.

    The settings are the course's own: none of the home folder's, which may open the server to a network.
    """
    if not find_spec("jupyterlab"):
        print(
            f"JupyterLab is not installed: install tokenlab[lab] with pip. {folder.name} is there, "
            "for any other program that opens notebooks.",
            file=sys.stderr,
        )
        return 2
    configuration = folder / ".jupyter"
    for name, content in settings.items():
        (configuration / name).parent.mkdir(parents=True, exist_ok=True)
        (configuration / name).write_text(json.dumps(content), encoding="utf-8")
    os.environ["JUPYTER_CONFIG_DIR"] = str(configuration)
    # A kernel of the same name in the home folder must not stand before the environment's own.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    is_root = hasattr(os, "getuid") and os.getuid() == 0
    return run_module(
        *("jupyterlab", f"--ServerApp.root_dir={folder}", f"--ServerApp.port={options.port}"),
        *(f"--ServerApp.ip={options.ip}", f"--ServerApp.allow_root={is_root}"),
        f"--LabApp.default_url=/lab/tree/{page}",
        *(["--no-browser"] if options.no_browser else []),
    )


def run_module(name: str, *arguments: str) -> int:
    """Run a module as ``python -m`` does, in this process; its exit code."""
    sys.argv = [name, *arguments]
    try:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else int(stopped.code is not None)
    return 0


def read_options(arguments: list[str]) -> argparse.Namespace:
    """What the command line says of browser and port."""
    parser = argparse.ArgumentParser(
        prog="tokenlab",
        description="Open your copy of the course, the folder my_course, in JupyterLab.",
        epilog="tokenlab afresh 04 copies lesson 04 anew; tokenlab grade grades what a class has handed in. "
        "In the course's repository, tokenlab test and tokenlab site do what lab.py does.",
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--port", type=port, default=8888, help="where to listen (or the next free)")
    parser.add_argument("--ip", default="127.0.0.1", help="who can reach it; a container takes 0.0.0.0")
    return parser.parse_args(arguments)


def port(text: str) -> int:
    """A number of a port. Raises ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: expected 1 to 65535, for example 8888")
    return int(text)


def in_repository(arguments: list[str]) -> int:
    """Hand over to the repository's lab.py; a sentence where there is none."""
    lab = PACKAGE.parent / "lab.py"
    if not lab.is_file():
        print(
            f"tokenlab {arguments[0]} needs the course's repository, and this is the installed package: "
            f"get the repository and run there python lab.py {arguments[0]}.",
            file=sys.stderr,
        )
        return 2
    return subprocess.call([sys.executable, str(lab), *arguments])


def script(arguments: list[str] | None = None) -> int:
    """The command ``tokenlab``; its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    mine = find_workspace() or Path.cwd() / os.environ.get("TOKENLAB_WORKSPACE", "my_course")
    match arguments[:1]:
        case ["grade"]:
            return run_module("tokenlab.teach.grade", *arguments[1:])
        case ["test"] | ["site"]:
            return in_repository(arguments)
        case ["afresh"] if arguments[1:]:
            return workspace.main([str(course()), str(mine), *arguments])
        case ["afresh"]:
            print("Which one? Expected a lesson such as: tokenlab afresh 04", file=sys.stderr)
            return 2
    return open_course(course(), mine, read_options(arguments))


if __name__ == "__main__":
    sys.exit(open_course(Path(sys.argv[1]), Path(sys.argv[2]), read_options(sys.argv[3:])))
