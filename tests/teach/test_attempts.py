"""What was answered first is kept beside the notebook, and tells a teacher what was believed."""

import json

import pytest

from tokenlab.teach import another, check, learner
from tokenlab.teach.attempts import FILE, AttemptsError, first_attempts, read_attempts
from tokenlab.teach.check import make_task
from tokenlab.teach.exercises import find
from tokenlab.teach.overview import Grade, Overview, read_first_attempts, read_grades
from tokenlab.teach.progress_file import STATE, forget
from tokenlab.teach.solving import solve
from tokenlab.teach.variant import Variant

NUMBER = "07.5"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A notebook's folder in ada's workspace, after a wrong answer and a right one."""
    (tmp_path / STATE).write_text("{}")
    place = tmp_path / "exercises" / "07"
    place.mkdir(parents=True)
    monkeypatch.chdir(place)
    learner("ada")
    task = make_task(find(NUMBER), Variant("ada"))
    check(NUMBER, task.example)
    check(NUMBER, solve(find(NUMBER), task))
    another(NUMBER).check(task.example)
    yield place
    learner("anyone")
    forget()


def test_every_attempt_at_ones_own_world_is_kept(folder):
    first, second = read_attempts((folder / FILE).read_bytes())
    assert (first.learner, first.exercise, second.points) == ("ada", NUMBER, second.of)
    assert first.points < first.of and not all(first.parts.values()) and all(second.parts.values())
    assert first_attempts([first, second]) == [first]


def test_nothing_is_kept_outside_a_workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check(NUMBER, make_task(find(NUMBER), Variant("anyone")).example)
    forget()
    assert not (tmp_path / FILE).exists()


def test_an_edit_is_noticed(folder):
    entries = json.loads((folder / FILE).read_text(encoding="utf-8"))
    entries[1]["points"] = 0
    with pytest.raises(AttemptsError, match=r"entry 2 .* was changed"):
        read_attempts(json.dumps(entries).encode())


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'[{"learner": 1}]', b"[" * 100_000])
def test_a_file_that_is_none_is_told_so(content):
    with pytest.raises(AttemptsError):
        read_attempts(content)


def test_the_overview_shows_what_was_believed_first(folder, tmp_path):
    place = tmp_path / "submitted" / "ada" / "07_processes"
    place.mkdir(parents=True)
    (place / FILE).write_bytes((folder / FILE).read_bytes())
    other = tmp_path / "submitted" / "eve" / "07_processes"
    other.mkdir(parents=True)
    (other / FILE).write_bytes(b"{")
    (grade,) = read_first_attempts(tmp_path / "submitted")
    assert (grade.student, grade.exercise) == ("ada", NUMBER) and grade.points < grade.of


def test_not_tried_unusable_and_wrong_are_told_apart(tmp_path):
    head = "student,assignment,exercise,points,of,misconceptions,status,note\n"
    rows = (
        "a,04_x,04.1,0,4,,unanswered,",
        "b,04_x,04.1,0,4,,unusable,",
        "c,04_x,04.1,0,4,null-is-empty,judged,",
    )
    (tmp_path / "grades.csv").write_text(head + "\n".join(rows) + "\n")
    overview = Overview(read_grades(tmp_path / "grades.csv"))
    assert [overview.count("04.1", status) for status in ("unanswered", "unusable", "judged")] == [1, 1, 1]
    assert "04.1              1         1" in str(overview)
    assert "not tried" not in str(Overview([Grade("a", "04_x", "04.1", 0, 4)]))
