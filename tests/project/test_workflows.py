"""The workflows for GitHub: valid by its schema, for the promised Pythons, with no secret in them."""

import re
import subprocess
import sys
import tomllib

import pytest
import yaml

from tests.support import ROOT

FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
WORKFLOWS = {path.stem: path.read_text("utf-8") for path in FILES}
READ = {name: yaml.safe_load(text) for name, text in WORKFLOWS.items()}


def checked(*files):
    """What check-jsonschema says by the schema that it brings along."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    return subprocess.run([*command, *map(str, files)], capture_output=True, text=True)


def test_each_workflow_keeps_to_githubs_schema(tmp_path) -> None:
    found = checked(*FILES)
    assert not found.returncode, found.stdout + found.stderr
    (tmp_path / "wrong.yml").write_text(WORKFLOWS["tests"].replace("runs-on:", "run-on:"), "utf-8")
    assert checked(tmp_path / "wrong.yml").returncode


def test_the_tests_run_on_three_systems_and_each_python_that_is_promised() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    matrix = READ["tests"]["jobs"]["tests"]["strategy"]["matrix"]
    assert matrix["python"] == promised
    assert [name.partition("-")[0] for name in matrix["os"]] == ["ubuntu", "windows", "macos"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_holds_no_secret_and_may_only_read(name) -> None:
    """What a job may do more is said at that job."""
    assert "secrets." not in WORKFLOWS[name] and "password" not in WORKFLOWS[name]
    assert READ[name]["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_each_file_and_folder_that_a_workflow_names_is_there(name) -> None:
    for job in READ[name]["jobs"].values():
        for step in job["steps"]:
            for path in re.findall(r"\b(?:tests/\w+|lab\.py)", step.get("run", "")):
                assert (ROOT / path).exists(), path
