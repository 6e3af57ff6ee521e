"""Prepare the course for a class, pack a copy for students, write files for other systems.

python -m tokenlab.teach.course init --roster roster.csv --deadlines deadlines.toml
python -m tokenlab.teach.course init --release 03 04
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tokenlab.teach.course import preparing
from tokenlab.teach.deadlines import Deadlines, DeadlinesError, read_deadlines
from tokenlab.teach.grade.gradebook import NoNbgrader
from tokenlab.teach.roster import RosterError, read_roster


def main(arguments: list[str] | None = None) -> int:
    """0, or 2 with a sentence on standard error."""
    options = _options().parse_args(arguments)
    try:
        return int(options.do(options))
    except (preparing.CourseError, NoNbgrader, RosterError, DeadlinesError, OSError) as error:
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
    return parser


if __name__ == "__main__":
    sys.exit(main())
