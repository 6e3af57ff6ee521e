"""A learner's work goes from one copy of the course to another, and nothing is lost on the way."""

import io
import json
import zipfile

import pytest

pytest.importorskip("ipywidgets")

from tokenlab.teach import pack, progress_file, unpack, workspace
from tokenlab.teach.packing import NAME
from tokenlab.teach.progress_file import recall, record
from tokenlab.teach.workspace import WorkspaceError

LESSON = "notebooks/04_access_check.ipynb"
EXERCISE = "exercises/04_access_check/04_access_check.ipynb"


def cells(*sources):
    made = [
        {"cell_type": "code", "source": [source], "outputs": [], "execution_count": None}
        for source in sources
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def solved(best):
    return {"exercise": "04.1", "attempts": 1, "first": best, "best": best, "of": 8}


@pytest.fixture
def copies(tmp_path, monkeypatch):
    """Two copies of a course of one lesson; a function goes to one of them, with a new kernel."""
    course = tmp_path / "course"
    for name in (LESSON, EXERCISE):
        (course / name).parent.mkdir(parents=True)
        (course / name).write_text(cells("as shipped"), encoding="utf-8")
    for name in ("there", "here"):
        workspace.update(course, tmp_path / name)

    def go(name):
        monkeypatch.chdir(tmp_path / name / "notebooks")
        progress_file.forget()
        return tmp_path / name

    return go


def test_what_was_done_there_is_here_afterwards(copies, capsys):
    there = copies("there")
    record("exercises", "anyone 04.1", solved(8))
    (there / EXERCISE).write_text(cells("my answer"), encoding="utf-8")
    packed = pack()
    assert packed.names == (EXERCISE, "progress.json") and "unpack()" in repr(packed)
    assert f'download="{NAME}"' in packed._repr_html_()
    here = copies("here")
    (here / NAME).write_bytes((there / NAME).read_bytes())
    unpack()
    assert "2 files" in capsys.readouterr().out
    assert recall("exercises")["anyone 04.1"] == solved(8)
    assert (here / EXERCISE).read_bytes() == (there / EXERCISE).read_bytes()
    assert (here / LESSON).read_text(encoding="utf-8") != ""


def test_what_was_done_here_stays(copies, capsys):
    there = copies("there")
    for key, best in (("one", 8), ("two", 3), ("new", 5)):
        record("exercises", key, solved(best))
    for name in (LESSON, EXERCISE):
        (there / name).write_text(cells("theirs"), encoding="utf-8")
    pack()
    here = copies("here")
    for key, best in (("one", 4), ("two", 6)):
        record("exercises", key, solved(best))
    record("hints", "one", 2)
    (here / LESSON).write_text(cells("mine"), encoding="utf-8")
    unpack(there / NAME)
    assert {key: one["best"] for key, one in recall("exercises").items()} == {"one": 8, "two": 6, "new": 5}
    assert recall("hints") == {"one": 2}
    assert "mine" in (here / LESSON).read_text(encoding="utf-8")
    beside = here / "notebooks" / "04_access_check (from my_course).ipynb"
    assert "theirs" in beside.read_text(encoding="utf-8") and "beside it" in capsys.readouterr().out
    assert "theirs" in (here / EXERCISE).read_text(encoding="utf-8")


def archive(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as written:
        for name, content in files.items():
            written.writestr(name, content)
    return made.getvalue()


BAD = {
    "no archive": b"no archive",
    "no record": archive(**{"progress.json": "[]", EXERCISE: cells("theirs")}),
    "an exercise without points": archive(
        **{"progress.json": json.dumps({"exercises": {"one": {}}}), EXERCISE: cells("theirs")}
    ),
    "a notebook that is none": archive(**{EXERCISE: "{", LESSON: cells("theirs")}),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_file_that_is_none_changes_nothing(copies, content):
    here = copies("here")
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    (here / NAME).write_bytes(content)
    with pytest.raises(WorkspaceError, match=r"my_course.zip cannot be read: expected the file that pack"):
        unpack()
    after = {path: path.read_bytes() for path in here.rglob("*") if path.is_file() and path.name != NAME}
    assert after == before


def test_files_of_other_names_are_left_out(copies, capsys):
    here = copies("here")
    outside = {
        "../evil.ipynb": "{}",
        "exercises/../evil.ipynb": "{}",
        "notebooks/../../evil.ipynb": "{}",
        "/evil.ipynb": "{}",
        ".tokenlab.json": "{}",
    }
    (here / NAME).write_bytes(archive(**outside, **{"notebooks/x.py": "1"}))
    before = {path: path.read_bytes() for path in here.parent.rglob("*") if path.is_file()}
    unpack()
    assert {path: path.read_bytes() for path in here.parent.rglob("*") if path.is_file()} == before


def test_outside_a_copy_of_the_course_there_is_nothing_to_pack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for call in (pack, unpack):
        with pytest.raises(WorkspaceError, match=r"python lab\.py"):
            call()
