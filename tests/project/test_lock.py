"""requirements.lock: exactly what is installed, the same for everybody, and no address in it."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def entries(lock: str) -> list[str]:
    """The entries of a lock, each with its hashes on one line, comments left out."""
    lines = [line for line in lock.splitlines() if not line.lstrip().startswith("#")]
    return [entry for entry in "\n".join(lines).replace("\\\n", " ").splitlines() if entry.strip()]


def requirement(entry: str) -> Requirement:
    return Requirement(entry.partition("--hash")[0])


def test_every_entry_is_one_version_with_hashes() -> None:
    assert entries(LOCK)
    for entry in entries(LOCK):
        assert [part.operator for part in requirement(entry).specifier] == ["=="], entry
        assert re.search(r"(\s+--hash=sha256:[0-9a-f]{64})+\s*$", entry), entry


def test_the_lock_holds_no_address() -> None:
    assert not re.search(r"://|--index|--extra-index|--find-links|--trusted-host|\s@\s", LOCK)
    assert not re.search(r"\b[\w-]+\.(org|com|net|io|dev)\b", LOCK)


@pytest.mark.parametrize("wanted", EXTRAS["lab"] + EXTRAS["detect"] + EXTRAS["dev"])
def test_what_pyproject_asks_for_is_locked_within_its_bounds(wanted: str) -> None:
    asked = Requirement(wanted)
    locked = [requirement(entry) for entry in entries(LOCK)]
    versions = [
        next(iter(one.specifier)).version
        for one in locked
        if canonicalize_name(one.name) == canonicalize_name(asked.name)
    ]
    assert versions
    assert all(asked.specifier.contains(version) for version in versions)


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_dependency_has_a_lower_and_an_upper_bound(extra: str) -> None:
    for wanted in EXTRAS[extra]:
        operators = {part.operator for part in Requirement(wanted).specifier}
        assert operators == {">=", "<"}, wanted


def test_the_kernel_depends_on_nothing() -> None:
    assert PROJECT["dependencies"] == []
