"""Make an exam and mark it.

    python -m tokenlab.teach.exam make --secret-file K --exercises 01.3 03.6 --students roster.csv --out exam
    python -m tokenlab.teach.exam mark handed_in --secret-file K --exam exam/teacher/exam.json --out marks.csv

`make` writes a new secret where there is no such file. Keep it: without it nothing can be marked.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tokenlab.teach.exam.key import key
from tokenlab.teach.exam.marking import Marker
from tokenlab.teach.exam.model import pack_model
from tokenlab.teach.exam.paper import FINAL, Exam, notebook, sheet
from tokenlab.teach.exam.secret import ExamError, new_secret, read_secret, world
from tokenlab.teach.exercise import ExerciseKind
from tokenlab.teach.exercises import find
from tokenlab.teach.grade.isolation import NoIsolation, find_isolation
from tokenlab.teach.grade.notices import notices
from tokenlab.teach.grade.report import write_feedback, write_grades
from tokenlab.teach.grade.submission import package_digest, submissions
from tokenlab.teach.roster import RosterError, Student, read_roster


def main(arguments: list[str] | None = None) -> int:
    """0, or 2 with a sentence on standard error."""
    options = _options().parse_args(arguments)
    try:
        return int(options.do(options))
    except (ExamError, RosterError, NoIsolation, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def make(options: argparse.Namespace) -> int:
    """Write a folder for each student, and the teacher's."""
    exam = Exam.of(options.title, options.exercises or FINAL, package_digest().hex())
    roster = read_roster(options.students)
    if not options.secret_file.exists():
        new_secret(options.secret_file)
    secret = read_secret(options.secret_file)
    teacher, students = options.out / "teacher", options.out / "students"
    (teacher / "keys").mkdir(parents=True, exist_ok=True)
    for one in roster:
        _write(exam, one, world(secret, exam.title, one.login), students / one.login, teacher / "keys")
    exam.save(teacher / "exam.json")
    pack_model(options.out / "model.zip")
    print(
        f"{exam.title}: {len(exam.exercises)} exercises, {exam.points} points, {exam.minutes} minutes, "
        f"for {len(roster)} students in {students}. The keys are in {teacher}: give them to nobody."
    )
    return 0


def _write(exam: Exam, one: Student, name: str, folder: Path, keys: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    content = json.dumps(notebook(exam, one.login, name), ensure_ascii=False, indent=1)
    (folder / f"{exam.title}.ipynb").write_text(content + "\n", encoding="utf-8")
    (folder / f"{exam.title}.html").write_text(sheet(exam, one.login, name), encoding="utf-8")
    (keys / f"{one.login}.md").write_text(key(exam, one.login, name), encoding="utf-8")


def mark(options: argparse.Namespace) -> int:
    """Mark ``handed_in/<student>/<title>/<title>.ipynb``."""
    exam, secret = Exam.load(options.exam), read_secret(options.secret_file)
    if exam.package != package_digest().hex():
        print("LOOK AT THIS: tokenlab is another than the one that made this exam.", file=sys.stderr)
    roster: Sequence[Student] = read_roster(options.students) if options.students else []
    functions = any(find(number).kind is ExerciseKind.IMPLEMENT for number in exam.exercises)
    marker = Marker(exam, secret, find_isolation(options.unsafe) if functions else None)
    handed_in = submissions(options.handed_in, [exam.title], [one.login for one in roster])
    try:
        results = [marker.mark(one) for one in handed_in]
    finally:
        marker.close()
    summary = write_grades(results, options.out)
    if options.feedback:
        write_feedback(results, options.feedback, submitted=options.handed_in)
    print(f"{len(results)} exams: {options.out}, {summary}", file=sys.stderr)
    for notice in notices(results, {}, roster):
        print(notice, file=sys.stderr)
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tokenlab.teach.exam",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True)
    making = commands.add_parser("make", help="a notebook and a sheet for each student, keys for the teacher")
    making.add_argument("--exercises", nargs="+", metavar="NUMBER", help=f"{' '.join(FINAL)} unless told")
    making.add_argument("--students", type=Path, required=True, metavar="FILE", help="the roster, CSV")
    making.add_argument("--title", default="final_exam", help="the name of the notebooks")
    making.add_argument("--out", type=Path, default=Path("exam"), metavar="FOLDER")
    making.set_defaults(do=make)
    marking = commands.add_parser("mark", help="marks and feedback")
    marking.add_argument("handed_in", type=Path, help="<student>/<title>/<title>.ipynb")
    marking.add_argument("--exam", type=Path, required=True, metavar="FILE", help="exam.json of `make`")
    marking.add_argument("--students", type=Path, metavar="FILE", help="the roster, CSV")
    marking.add_argument("--out", type=Path, default=Path("marks.csv"))
    marking.add_argument("--feedback", type=Path, metavar="FOLDER", help="pages for each student")
    marking.add_argument("--unsafe", action="store_true", help="run functions even without isolation")
    marking.set_defaults(do=mark)
    for one in (making, marking):
        one.add_argument("--secret-file", type=Path, required=True, metavar="FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main())
