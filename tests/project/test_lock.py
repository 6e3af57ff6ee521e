"""The locks: exactly what is installed, the same for everybody, and no address in them."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK, ALL = (
    (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-all.lock")
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def entries(lock: str) -> list[str]:
    """The entries of a lock, each with its hashes on one line, comments left out."""
    lines = [line for line in lock.splitlines() if not line.lstrip().startswith("#")]
    return [entry for entry in "\n".join(lines).replace("\\\n", " ").splitlines() if entry.strip()]


def requirement(entry: str) -> Requirement:
    return Requirement(entry.partition("--hash")[0])


def names(lock: str) -> set[str]:
    return {canonicalize_name(requirement(entry).name) for entry in entries(lock)}


@pytest.mark.parametrize("lock", [LOCK, ALL], ids=["learners", "all"])
def test_every_entry_is_one_version_with_hashes(lock: str) -> None:
    assert entries(lock)
    for entry in entries(lock):
        assert [part.operator for part in requirement(entry).specifier] == ["=="], entry
        assert re.search(r"(\s+--hash=sha256:[0-9a-f]{64})+\s*$", entry), entry


@pytest.mark.parametrize("lock", [LOCK, ALL], ids=["learners", "all"])
def test_a_lock_holds_no_address(lock: str) -> None:
    assert not re.search(r"://|--index|--extra-index|--find-links|--trusted-host|\s@\s", lock)
    assert not re.search(r"\b[\w-]+\.(org|com|net|io|dev)\b", lock)


def test_whatever_learners_have_everybody_has_in_the_same_version() -> None:
    """Where a package is wanted may differ: radon wants colorama on every system."""
    learners, everybody = (
        {re.sub(r" ; .*?(?= --hash)", "", " ".join(entry.split())) for entry in entries(lock)}
        for lock in (LOCK, ALL)
    )
    assert learners < everybody


def test_learners_install_none_of_the_tools_of_teachers_and_tests() -> None:
    """They are half of what there is: playwright alone is 165 MB, and a class downloads it thirty times."""
    theirs = {canonicalize_name(Requirement(one).name) for extra in EXTRAS for one in EXTRAS[extra]}
    learners = {canonicalize_name(Requirement(one).name) for one in EXTRAS["lab"] + EXTRAS["detect"]}
    assert learners <= names(LOCK)
    assert not (theirs - learners - {"packaging", "pyyaml", "nbclient"}) & names(LOCK)


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [(LOCK, one) for extra in ("lab", "detect") for one in EXTRAS[extra]]
    + [(ALL, one) for extra in EXTRAS for one in EXTRAS[extra]],
    ids=lambda one: one if len(one) < 100 else "",
)
def test_what_pyproject_asks_for_is_locked_within_its_bounds(lock: str, wanted: str) -> None:
    asked = Requirement(wanted)
    locked = [requirement(entry) for entry in entries(lock)]
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
