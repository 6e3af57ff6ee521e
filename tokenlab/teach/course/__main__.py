"""Prepare the course for a class, pack a copy for students, write files for other systems.

python -m tokenlab.teach.course init --roster roster.csv --deadlines deadlines.toml
    python -m tokenlab.teach.course init --release 03 04
    python -m tokenlab.teach.course release class.zip
    python -m tokenlab.teach.course export grades_summary.csv --roster roster.csv --gradebook gradebook.db
    python -m tokenlab.teach.course key 04 --students roster.csv
    python -m tokenlab.teach.course slides 04
    python -m tokenlab.teach.course quiz lesson_04.xml 04.2 04.3
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tokenlab.teach.course import class_copy, preparing, tables
from tokenlab.teach.course.beliefs import beliefs_by_lesson
from tokenlab.teach.course.quiz import moodle_quiz
from tokenlab.teach.course.sheet_key import write_keys
from tokenlab.teach.course.slides import slides
from tokenlab.teach.deadlines import Deadlines, read_deadlines
from tokenlab.teach.grade.gradebook import NoNbgrader
from tokenlab.teach.roster import read_roster


def main(arguments: list[str] | None = None) -> int:
    """0, or 2 with a sentence on standard error."""
    options = _options().parse_args(arguments)
    try:
        return int(options.do(options))
    except (preparing.CourseError, NoNbgrader, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def prepare(options: argparse.Namespace) -> int:
    """``init``: what is wrong with the files is said before anything is made."""
    course = options.course.resolve()
    names = preparing.assignments(course, options.lessons)
    released = preparing.assignments(course, options.release) if options.release else []
    roster = read_roster(options.roster) if options.roster else []
    deadlines = read_deadlines(options.deadlines) if options.deadlines else Deadlines()
    preparing.fill_gradebook(course, names)
    preparing.enrol(course, roster)
    preparing.set_due_dates(course, deadlines)
    if released:
        preparing.release(course, released)
    print(
        f"{preparing.GRADEBOOK}: {len(names)} assignments, {len(roster)} students, "
        f"{len(deadlines.due)} due dates; {len(released)} assignments in the exchange."
    )
    return 0


def pack(options: argparse.Namespace) -> int:
    """``release``"""
    count = class_copy.release(options.course.resolve(), options.path)
    print(f"{options.path}: {count} files, without solutions, tests and teacher's pages")
    return 0


def export(options: argparse.Namespace) -> int:
    """``export``"""
    marks = tables.read_marks(options.summary)
    roster = read_roster(options.roster) if options.roster else []
    if options.gradebook:
        marks = tables.with_manual_points(marks, preparing.scores(options.gradebook))
    for path in tables.write_tables(marks, roster, options.out):
        print(path)
    return 0


def quiz(options: argparse.Namespace) -> int:
    """``quiz``"""
    options.path.write_bytes(moodle_quiz(options.exercises, options.world))
    print(options.path)
    return 0


def beliefs(options: argparse.Namespace) -> int:
    """``beliefs``"""
    options.path.write_text(beliefs_by_lesson(), encoding="utf-8")
    print(options.path)
    return 0


def key(options: argparse.Namespace) -> int:
    """``key``"""
    names = [one.login for one in read_roster(options.students)] if options.students else [options.world]
    for path in write_keys(options.lesson, names, options.out):
        print(path)
    return 0


def show(options: argparse.Namespace) -> int:
    """``slides``. Raises ValueError where there is no such lesson."""
    found = sorted(options.course.glob(f"notebooks/{options.lesson}_*.ipynb"))
    if len(found) != 1:
        raise ValueError(
            f"{options.lesson!r} is no lesson in {options.course.resolve()}: expected 04, for example"
        )
    path = options.out or Path(f"slides_{options.lesson}.html")
    path.write_text(slides(found[0]), encoding="utf-8")
    print(path)
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tokenlab.teach.course", description=__doc__)
    parser.add_argument("--course", type=Path, default=Path(), help="the course's folder (here unless told)")
    commands = parser.add_subparsers(required=True)
    init = commands.add_parser("init", help="gradebook, class, due dates; may be run again")
    init.add_argument("lessons", nargs="*", help="lessons (04); all unless told")
    init.add_argument("--roster", type=Path, metavar="FILE", help="CSV: who is in the class")
    init.add_argument("--deadlines", type=Path, metavar="FILE", help="TOML: due dates, rule, extensions")
    init.add_argument(
        "--release", nargs="+", default=[], metavar="LESSON", help="put these into nbgrader's exchange"
    )
    init.set_defaults(do=prepare)
    packing = commands.add_parser("release", help="a zip for the class, from which python lab.py works")
    packing.add_argument("path", type=Path, metavar="OUT.zip")
    packing.set_defaults(do=pack)
    exporting = commands.add_parser("export", help="tables, and files for Canvas and Moodle")
    exporting.add_argument("summary", type=Path, help="the grader's grades_summary.csv")
    exporting.add_argument("--roster", type=Path, metavar="FILE")
    exporting.add_argument("--gradebook", type=Path, metavar="FILE", help="nbgrader's: points given by hand")
    exporting.add_argument("--out", type=Path, default=Path("exports"), metavar="FOLDER")
    exporting.set_defaults(do=export)
    believing = commands.add_parser("beliefs", help="the misconceptions, lesson by lesson, as a page")
    believing.add_argument("path", type=Path, metavar="OUT.md")
    believing.set_defaults(do=beliefs)
    _key_options(commands.add_parser("key", help="the right answers of a lesson's exercises, with reasons"))
    showing = commands.add_parser("slides", help="a lesson's headings, laws and pictures as a page")
    showing.add_argument("lesson", help="04, for example")
    showing.add_argument("--out", type=Path, metavar="FILE", help="slides_04.html unless told")
    showing.set_defaults(do=show)
    asking = commands.add_parser("quiz", help="exercises that choose among options, as Moodle XML")
    asking.add_argument("path", type=Path, metavar="OUT.xml")
    asking.add_argument("exercises", nargs="*", metavar="NUMBER", help="all unless told")
    asking.add_argument("--world", default="quiz", help="the name whose world is asked about")
    asking.set_defaults(do=quiz)
    return parser


def _key_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lesson", help="04, for example")
    parser.add_argument("--students", type=Path, metavar="FILE", help="the roster: a key for each student")
    parser.add_argument("--world", default="anyone", help="without a roster, whose world; anyone unless told")
    parser.add_argument("--out", type=Path, default=Path("keys"), metavar="FOLDER")
    parser.set_defaults(do=key)


if __name__ == "__main__":
    sys.exit(main())
