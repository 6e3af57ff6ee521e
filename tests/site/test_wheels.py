"""Wheels that are made for the browser: what is installed here, without what only runs here."""

import zipfile
from importlib import metadata

import pytest

from tools.site.lab import LEFT_OUT, SIGMA
from tools.site.wheels import empty_wheel, installed_wheel, record_row


@pytest.mark.parametrize("name", ["pyyaml", "markupsafe", "pysigma"])
def test_a_wheel_of_an_installed_package_is_for_any_machine_and_the_same_each_time(tmp_path, name):
    made = installed_wheel(tmp_path, name)
    first = made.read_bytes()
    assert made.name == f"{name}-{metadata.version(name)}-py3-none-any.whl"
    assert installed_wheel(tmp_path, name).read_bytes() == first
    with zipfile.ZipFile(made) as wheel:
        names = set(wheel.namelist())
    assert not [name for name in names if name.endswith((".so", ".pyd", ".pyc", ".c"))]
    here = {file.as_posix() for file in metadata.files(name) or [] if file.suffix == ".py"}
    assert {name for name in names if name.endswith(".py")} == here


@pytest.mark.parametrize("make", [installed_wheel, empty_wheel], ids=["installed", "empty"])
def test_the_record_of_a_wheel_names_each_file_with_its_hash(tmp_path, make):
    made = make(tmp_path, "pyyaml" if make is installed_wheel else LEFT_OUT[0])
    with zipfile.ZipFile(made) as wheel:
        files = {name: wheel.read(name) for name in wheel.namelist()}
    [record] = [name for name in files if name.endswith(".dist-info/RECORD")]
    rows = [record_row(name, content) for name, content in files.items() if name != record]
    assert sorted(files[record].decode().splitlines(True)) == sorted([*rows, f"{record},,\n"])


def test_all_that_sigma_needs_is_named_once():
    assert len(set(SIGMA)) == len(SIGMA)
    for name in SIGMA:
        assert metadata.version(name)
