"""The wheel and the sdist: built, installed where nothing else is, and the course comes along."""

import os
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest
import yaml

import tokenlab
from tests.support import ROOT
from tokenlab.teach import workspace

CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = CONFIGURATION["project"]
MINORS = sorted(
    int(name.rpartition(".")[2])
    for name in PROJECT["classifiers"]
    if name.startswith("Programming Language :: Python :: 3.")
)


def run(*command, **options) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    assert not done.returncode, done.stdout + done.stderr
    return done


def python_of(minor: int) -> str | None:
    """The command of a Python 3.minor that runs, or None."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for candidate in (f"python3.{minor}", *map(str, sorted(kept.glob(f"3.{minor}.*/bin/python")))):
        question = f"import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, {minor}))"
        try:
            if not subprocess.run([candidate, "-c", question], capture_output=True).returncode:
                return candidate
        except OSError:
            continue
    return None


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel that is made from the sdist alone, as one who packs for a distribution makes it."""
    folder = tmp_path_factory.mktemp("packed")
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=ROOT)
    [sdist] = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    source = folder / sdist.name.removesuffix(".tar.gz")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=source)
    [wheel] = folder.glob("*.whl")
    return wheel


def install(wheel: Path, python: str, folder: Path) -> Path:
    """An environment with the wheel and nothing else; the folder of its commands."""
    run(python, "-I", "-m", "venv", folder)
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = (commands / "python", "-I", "-m", "pip", "--disable-pip-version-check")
    run(*pip, "install", "--no-deps", "--no-index", "--no-compile", wheel)
    return commands


# Oldest and newest of the Pythons that pyproject.toml names and this machine has.
@pytest.mark.parametrize("which", ["oldest", "newest"])
def test_installed_alone_it_brings_the_course_along(wheel, tmp_path, which) -> None:
    there = [python for python in map(python_of, MINORS) if python] or [sys.executable]
    commands = install(wheel, there[0 if which == "oldest" else -1], tmp_path / "env")
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "TOKENLAB"))}
    script = commands / "tokenlab"
    assert "my_course" in run(script, "--help", cwd=tmp_path, env=clean).stdout
    started = subprocess.run([script], cwd=tmp_path, env=clean, capture_output=True, text=True)
    assert started.returncode == 2, started.stderr  # there is no JupyterLab
    assert "install tokenlab[lab]" in started.stderr
    workspace.update(ROOT, tmp_path / "expected")
    assert files(tmp_path / "my_course") == files(tmp_path / "expected")


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_the_wheel_takes_the_pages_that_lessons_link_to_and_no_other() -> None:
    """One that a copy for the class does not have would stop an editable installation there."""
    taken = CONFIGURATION["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    linked = {path.relative_to(ROOT).as_posix() for path in workspace.read_along(ROOT)}
    assert {name for name in taken if name.startswith("docs/")} == {
        name for name in linked if not name.startswith("tokenlab/")
    }


def test_the_version_and_its_day_are_the_same_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.findall(r"^## (\S+) - (\S+)$", changes, re.MULTILINE)[0]
    assert newest == (citation["version"], str(citation["date-released"]))
    assert PROJECT["version"] == tokenlab.__version__ == citation["version"]
    assert citation["license"] == PROJECT["license"]


def test_types_are_promised_and_every_python_that_is_named_is_one_we_take() -> None:
    assert (ROOT / "tokenlab/py.typed").is_file()
    lowest = re.fullmatch(r">=3\.(\d+)", PROJECT["requires-python"])
    assert lowest and int(lowest[1]) == MINORS[0]
    assert list(range(MINORS[0], MINORS[-1] + 1)) == MINORS
