"""A learner's own copies: made without answers, kept up to date, never written over."""

import json
import re
from pathlib import Path

import pytest

from tests.support import ROOT
from tokenlab.teach.progress_file import STATE
from tokenlab.teach.workspace import WorkspaceError, main, start_afresh, update

LESSON, EXERCISE = "notebooks/04_access_check.ipynb", "exercises/04_access_check/04_access_check.ipynb"


def notebook(*sources: str) -> dict:
    cells = [
        {"cell_type": "code", "source": [source], "outputs": [{"text": "the answer"}], "execution_count": 3}
        for source in sources
    ]
    text = {"cell_type": "markdown", "source": ["[card](../docs/fidelity.md) [next](05_handles.ipynb)"]}
    return {"cells": [text, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of one lesson, its exercises, and a page that it links to."""
    write(tmp_path / "course", "one")
    (tmp_path / "course" / "docs").mkdir()
    (tmp_path / "course" / "docs" / "fidelity.md").write_text("the card", encoding="utf-8")
    return tmp_path / "course"


def write(course: Path, *sources: str) -> None:
    for name in (LESSON, EXERCISE):
        path = course / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook(*sources)), encoding="utf-8")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "mine"


def sources(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def edit(path: Path, *texts: str) -> None:
    path.write_text(json.dumps(notebook(*texts)), encoding="utf-8")


def test_copies_have_the_cells_and_no_outputs(course, mine):
    assert update(course, mine) == []
    for name in (LESSON, EXERCISE):
        assert sources(mine / name) == ["one"]
        assert "the answer" not in (mine / name).read_text(encoding="utf-8")


def test_what_a_lesson_links_to_lies_beside_it(course, mine):
    update(course, mine)
    assert "](../reading/fidelity.md)" in (mine / LESSON).read_text(encoding="utf-8")
    assert (mine / "notebooks" / "../reading/fidelity.md").read_text(encoding="utf-8") == "the card"


def test_a_second_start_changes_nothing(course, mine):
    update(course, mine)
    before = {path: path.stat().st_mtime_ns for path in mine.rglob("*") if path.is_file()}
    assert update(course, mine) == []
    assert {path: path.stat().st_mtime_ns for path in mine.rglob("*") if path.is_file()} == before


def test_a_copy_that_was_run_but_not_changed_is_brought_up_to_date(course, mine):
    update(course, mine)
    run = json.loads((mine / LESSON).read_text(encoding="utf-8"))
    run["cells"][1] |= {"outputs": [{"text": "seen"}], "execution_count": 1, "id": "new"}
    (mine / LESSON).write_text(json.dumps(run), encoding="utf-8")
    write(course, "one", "two")
    assert update(course, mine) == []
    assert sources(mine / LESSON) == ["one", "two"]


def test_a_learners_cells_are_never_written_over(course, mine):
    update(course, mine)
    edit(mine / LESSON, "one", "mine")
    write(course, "one", "two")
    [told] = update(course, mine)
    assert LESSON in told and "the new version lies beside it" in told
    assert sources(mine / LESSON) == ["one", "mine"]
    beside = mine / "notebooks" / "04_access_check (new version).ipynb"
    assert sources(beside) == ["one", "two"]
    beside.unlink()
    assert update(course, mine) == [] and not beside.exists()  # offered once


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"cells": 4}'])
def test_what_is_no_notebook_any_more_is_the_learners_too(course, mine, content):
    update(course, mine)
    (mine / LESSON).write_bytes(content)
    write(course, "one", "two")
    update(course, mine)
    assert (mine / LESSON).read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_a_state_that_is_broken_costs_no_cell(course, mine, content):
    update(course, mine)
    edit(mine / LESSON, "one", "mine")
    (mine / STATE).write_bytes(content)
    update(course, mine)
    assert sources(mine / LESSON) == ["one", "mine"]


def test_a_lesson_is_started_afresh_and_the_old_one_kept(course, mine):
    update(course, mine)
    edit(mine / LESSON, "one", "mine")
    assert "set_aside/04_access_check.ipynb" in start_afresh(course, mine, "04")
    assert sources(mine / LESSON) == ["one"]
    assert sources(mine / "set_aside" / "04_access_check.ipynb") == ["one", "mine"]
    start_afresh(course, mine, "04")
    assert (mine / "set_aside" / "04_access_check (2).ipynb").exists()
    start_afresh(course, mine, "exercises/04")
    with pytest.raises(WorkspaceError, match="expected a lesson such as 04"):
        start_afresh(course, mine, "44")


def test_a_full_disk_leaves_whole_files(course, mine, monkeypatch):
    update(course, mine)
    write(course, "one", "two")

    def full(path, content):
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        update(course, mine)
    assert sources(mine / LESSON) == ["one"] and not list(mine.rglob("*.part"))


def test_a_file_in_the_way_is_told_in_a_sentence(course, mine, capsys):
    mine.write_text("a diary", encoding="utf-8")
    assert main([str(course), str(mine)]) == 1
    assert "mine is in the way" in capsys.readouterr().err and mine.read_text(encoding="utf-8") == "a diary"


def test_the_course_itself_is_copied_whole_and_every_link_leads_somewhere(mine):
    update(ROOT, mine)
    lessons = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert sorted(path.name for path in (mine / "notebooks").iterdir()) == lessons
    for path in mine.rglob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        for link in re.findall(r"\]\(((?:\.\.|\d\d)[^)#\s]*)", text):
            assert (path.parent / link).exists(), f"{path.name}: {link}"
        assert not any(cell.get("outputs") for cell in cells)
