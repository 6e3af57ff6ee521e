"""An exam measures: what is right earns all points, what is copied, guessed or asked of a program little."""

import difflib
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import require
from tokenlab.teach.answers import AnswerError, plain
from tokenlab.teach.check import judge_task, make_task
from tokenlab.teach.exam.__main__ import main
from tokenlab.teach.exam.marking import Marker, literal_answers
from tokenlab.teach.exam.paper import FINAL, Exam, list_given
from tokenlab.teach.exam.secret import ExamError, new_secret, read_secret, world
from tokenlab.teach.exercise import Task
from tokenlab.teach.exercises import exercises, find
from tokenlab.teach.grade.isolation import NoIsolation, find_isolation
from tokenlab.teach.grade.judge import AnswerRequest
from tokenlab.teach.grade.submission import submissions
from tokenlab.teach.solving import solve
from tokenlab.teach.variant import Variant

MOST = 0.35
STUDENTS = ("ada", "ben", "cleo")
SECRET = b"0123456789abcdefghijklmnopqrstuvwxyz"
EXAM = Exam.of("final_exam", FINAL)


def worlds(number: str, student: str) -> Task:
    return make_task(find(number), Variant(world(SECRET, EXAM.title, student)))


def right(number: str, task: Task) -> Any:
    return plain(solve(find(number), task))


def points(task: Task, number: str, answer: Any) -> int:
    try:
        return judge_task(find(number), task, plain(answer)).points
    except AnswerError:
        return 0


# What a script knows that may call everything on the student's side: the questions and their data, the whole
# package as a class has it (so: practice in any world, with its right answers), the learner's name.
HOME = {number: [make_task(find(number), Variant(f"home{one}")) for one in range(10)] for number in FINAL}
KNOWN = {number: [right(number, task) for task in tasks] for number, tasks in HOME.items()}


def options(task: Task) -> dict[str, list[str]]:
    """The options of each part, as they stand in the question."""
    lines = re.findall(r"^\* `(\w+)`: .*?: ((?:`[^`]*`(?:, )?)+)$", task.question, re.MULTILINE)
    return {name: re.findall("`([^`]*)`", listed) for name, listed in lines}


def by_place(choose: Callable[[list[str], str], str]) -> Callable[[str, Task, str], Any]:
    def answer(number: str, task: Task, student: str) -> Any:
        if not isinstance(task.example, dict):
            return task.example
        listed = options(task)
        return {name: choose(listed.get(name) or [str(task.example[name])], name) for name in task.example}

    return answer


def place_at_home(number: str, task: Task, student: str) -> Any:
    """The place among the options at which the right one stands most often at home."""
    if not isinstance(task.example, dict):
        return KNOWN[number][0]
    answer = dict(task.example)
    for name, listed in options(task).items():
        places = [
            options(home)[name].index(known[name])
            for home, known in zip(HOME[number], KNOWN[number], strict=True)
            if known.get(name) in options(home).get(name, [])
        ]
        best = max(set(places), key=places.count) if places else 0
        answer[name] = listed[min(best, len(listed) - 1)]
    return answer


def nearest_at_home(number: str, task: Task, student: str) -> Any:
    def likeness(place: int) -> float:
        text = HOME[number][place].question
        return difflib.SequenceMatcher(None, text, task.question, autojunk=False).quick_ratio()

    return KNOWN[number][max(range(len(HOME[number])), key=likeness)]


SCRIPTS = {
    "the answer that is shown as an example": lambda number, task, student: task.example,
    "the first option": by_place(lambda listed, name: listed[0]),
    "the last option": by_place(lambda listed, name: listed[-1]),
    "the longest option": by_place(lambda listed, name: max(listed, key=len)),
    "the place that is right most often": place_at_home,
    "the right answers of one's own practice": lambda number, task, student: right(
        number, make_task(find(number), Variant(student))
    ),
    "the right answers of the most similar world": nearest_at_home,
    "another student's right answers": lambda number, task, student: right(number, worlds(number, "zoe")),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_earns_little(script):
    earned = sum(
        points(worlds(number, student), number, SCRIPTS[script](number, worlds(number, student), student))
        for student in STUDENTS
        for number in FINAL
    )
    assert earned / (EXAM.points * len(STUDENTS)) <= MOST


@pytest.fixture(scope="module")
def exam(tmp_path_factory):
    """An exam made by the command for three students."""
    folder = tmp_path_factory.mktemp("exam")
    (folder / "roster.csv").write_text("login\n" + "\n".join(STUDENTS) + "\n")
    (folder / "secret").write_bytes(SECRET)
    line = ["make", "--secret-file", str(folder / "secret"), "--students", str(folder / "roster.csv")]
    assert main([*line, "--out", str(folder / "exam")]) == 0
    return folder


def handed_in(exam: Path, place: str, student: str, answers: dict[str, Any]) -> None:
    """The student's own notebook with these answers in it, where nbgrader collects it."""
    source = exam / "exam" / "students" / student / "final_exam.ipynb"
    notebook = json.loads(source.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = re.match(r"answer_(\d\d)_(\d+) = ", "".join(cell["source"]))
        if name and f"{name[1]}.{name[2]}" in answers:
            cell["source"] = f"answer_{name[1]}_{name[2]} = {answers[f'{name[1]}.{name[2]}']!r}"
    path = exam / place / student / "final_exam" / "final_exam.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_honest_answers_earn_everything_and_another_students_little(exam):
    own = {s: {number: right(number, worlds(number, s)) for number in FINAL} for s in STUDENTS}
    handed_in(exam, "in", "ada", own["ada"])
    handed_in(exam, "in", "ben", own["ada"])
    handed_in(exam, "in", "cleo", {})
    line = ["mark", str(exam / "in"), "--secret-file", str(exam / "secret"), "--out", str(exam / "marks.csv")]
    line += ["--exam", str(exam / "exam/teacher/exam.json"), "--students", str(exam / "roster.csv")]
    assert main([*line, "--feedback", str(exam / "feedback")]) == 0
    rows = (exam / "marks_summary.csv").read_text(encoding="utf-8").splitlines()[1:]
    marks = {row.split(",")[0]: int(row.split(",")[2]) for row in rows}
    assert marks["ada"] == EXAM.points and marks["cleo"] == 0
    assert marks["ben"] <= MOST * EXAM.points
    assert "of 44 points" in (exam / "feedback/ada/final_exam.html").read_text(encoding="utf-8")


def test_a_function_runs_and_is_not_told_whose_world_it_is_judged_in(tmp_path):
    try:
        isolation = find_isolation()
    except NoIsolation as error:
        require(False, f"isolation for student code: {error}")
    asks = "import sys\nname = sys.modules['tokenlab.teach.check']._variant.name"
    body = "\n".join(f"    {line}" for line in find("01.6").solution.strip().splitlines())
    path = tmp_path / "ada" / "short" / "short.ipynb"
    path.parent.mkdir(parents=True)
    sources = (asks, f"if name == 'exam':\n{body}")
    cells = [{"cell_type": "code", "source": source} for source in sources]
    path.write_text(json.dumps({"cells": cells}))
    marker = Marker(Exam.of("short", ["01.6"]), SECRET, isolation)
    result = marker.mark(*submissions(tmp_path))
    marker.close()
    assert (result.points, result.status) == (find("01.6").points, "graded")


def test_another_secret_is_another_exam(exam):
    handed_in(exam, "other", "ada", {number: right(number, worlds(number, "ada")) for number in FINAL})
    marker = Marker(EXAM, bytes(reversed(SECRET)))
    (one,) = submissions(exam / "other", ["final_exam"])
    assert marker.mark(one).points <= MOST * EXAM.points
    marker.close()


def test_what_a_student_has_judges_nothing_and_holds_no_answer(exam):
    """A script in the student's folder, with the model beside it and nothing else to import."""
    folder = exam / "exam" / "students" / "ada"
    with zipfile.ZipFile(exam / "exam" / "model.zip") as model:
        names = model.namelist()
        model.extractall(exam / "alone")
    assert "tokenlab/security/check/access_check.py" in names
    assert not [name for name in names if "teach" in name or name.endswith(".ipynb")]
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import tokenlab\n"
        "tokenlab.access_check\n"
        "try:\n    import tokenlab.teach\nexcept ImportError:\n    print('nothing judges')"
    )
    command = [sys.executable, "-I", "-c", script, str(exam / "alone")]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["nothing", "judges"]
    text = (folder / "final_exam.ipynb").read_text(encoding="utf-8")
    assert not re.search(r"check\(|hint\(|learner\(|exam-[0-9a-f]{8}|says", text)
    for number in FINAL:
        for part in judge_task(find(number), task := worlds(number, "ada"), right(number, task)).parts:
            assert part.finding.says not in text
        assert not {"right", "answer", "solution"} & list_given(task).keys()


def test_a_sheet_and_a_key_are_made_for_each_student(exam):
    for student in STUDENTS:
        page = (exam / "exam/students" / student / "final_exam.html").read_text(encoding="utf-8")
        key = (exam / "exam/teacher/keys" / f"{student}.md").read_text(encoding="utf-8")
        assert f"final_exam of {student}" in page and all(f"## {number} " in key for number in FINAL)
    assert not list((exam / "exam/students").rglob("*.md"))


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["answer_01_3 = {'a': ('x', 1)}"], {"plain": {"a": ["x", 1]}}),
        (["answer_01_3 = 'A'", "%timeit 1", "answer_01_3 = 'B'"], {"plain": "B"}),
        (["answer_01_3 = q.pop()"], "unusable"),
        (["def f():\n    answer_01_3 = 'A'"], None),
        (["if True:\n    answer_01_3 = 'A'"], None),
        (["answer_01_3 = b'A'"], "unusable"),
        (["answer_01_3 = " + "(" * 5000], None),
        (["answer_01_3 = " + "-" * 200_000 + "1"], None),
    ],
)
def test_answers_are_read_and_nothing_is_run(cells, found):
    read = literal_answers(cells, [AnswerRequest("01.3", "answer_01_3", 6, [])]).get("01.3")
    assert found in read if isinstance(found, str) else read == found, read


def test_worlds_cannot_be_guessed(tmp_path):
    new_secret(tmp_path / "K")
    assert (tmp_path / "K").stat().st_mode & 0o077 == 0
    assert read_secret(tmp_path / "K") != SECRET
    with pytest.raises(FileExistsError):
        new_secret(tmp_path / "K")
    for weak in (b"", b"exam2026", b"a" * 64):
        (tmp_path / "weak").write_bytes(weak)
        with pytest.raises(ExamError, match="is no secret"):
            read_secret(tmp_path / "weak")
    assert world(SECRET, "one", "Ada ") == world(SECRET, "one", "ada") != world(SECRET, "two", "ada")


@pytest.mark.parametrize(
    ("title", "numbers", "says"),
    [
        ("final", ["99.1"], "no exercise"),
        ("final", [next(one.number for one in exercises() if not one.exam)], "cannot be in an exam"),
        ("final", ["01.3", "01.3"], "each once"),
        ("final", [], "each once"),
        ("../final", ["01.3"], "is no title"),
    ],
)
def test_an_exam_that_cannot_be_is_told_so(title, numbers, says):
    with pytest.raises(ExamError, match=says):
        Exam.of(title, numbers)
