"""environment.yml gives conda and Binder the same environment as lab.py."""

import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tests.support import require

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT: dict[str, Any] = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SPECS = [one for one in ENVIRONMENT["dependencies"] if isinstance(one, str)]
PYTHONS = [
    Version(name.rpartition(" ")[2])
    for name in PROJECT["classifiers"]
    if name.startswith("Programming Language :: Python :: 3.")
]


def match_spec(text: str) -> Any:
    """A spec as conda reads it. Raises what py-rattler raises for a spec conda would refuse."""
    require(find_spec("rattler"), "py-rattler, which reads conda's specs, is not installed")
    from rattler import MatchSpec

    return MatchSpec(text, strict=True)


def python_bounds() -> SpecifierSet:
    (spec,) = [spec for spec in map(match_spec, SPECS) if spec.name.normalized == "python"]
    return SpecifierSet(str(spec.version))


def test_the_environment_is_called_after_the_project() -> None:
    assert ENVIRONMENT["name"] == PROJECT["name"]
    assert ENVIRONMENT["channels"] == ["conda-forge"]


def test_conda_gives_python_and_pip_alone() -> None:
    """A package given by conda and by the lock would be installed twice, in two versions."""
    assert sorted(match_spec(spec).name.normalized for spec in SPECS) == ["pip", "python"]


def test_a_spec_conda_would_refuse_is_found() -> None:
    with pytest.raises(Exception, match="unable to parse"):
        match_spec("python >=3.11,<")


def test_the_rest_is_what_the_lock_names() -> None:
    (pip,) = [one["pip"] for one in ENVIRONMENT["dependencies"] if isinstance(one, dict)]
    assert pip == ["-r requirements.lock"]
    assert (ROOT / "requirements.lock").is_file()


def test_its_python_is_pyprojects() -> None:
    lower = {part.version for part in SpecifierSet(PROJECT["requires-python"])}
    assert lower == {part.version for part in python_bounds() if part.operator == ">="}


def test_its_python_is_one_the_tests_run_on() -> None:
    before, after = min(PYTHONS), max(PYTHONS)
    assert all(version in python_bounds() for version in PYTHONS)
    assert Version(f"{before.major}.{before.minor - 1}") not in python_bounds()
    assert Version(f"{after.major}.{after.minor + 1}") not in python_bounds()
