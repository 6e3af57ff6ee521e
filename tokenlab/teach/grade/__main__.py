"""Grade nbgrader's folder of submissions, so that no submission can forge points."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tokenlab.teach.deadlines import Deadlines, DeadlinesError, Lateness, read_deadlines
from tokenlab.teach.grade.doctor import examine
from tokenlab.teach.grade.gradebook import NoNbgrader, write_gradebook
from tokenlab.teach.grade.grader import NOT_GRADED, grade_all
from tokenlab.teach.grade.isolation import Isolation, NoIsolation, find_isolation
from tokenlab.teach.grade.journal import Journal, JournalBusy
from tokenlab.teach.grade.limits import SubmissionLimits
from tokenlab.teach.grade.notebook import NotebookError
from tokenlab.teach.grade.notices import notices
from tokenlab.teach.grade.progress import ProgressBar
from tokenlab.teach.grade.report import Times, write_feedback, write_grades
from tokenlab.teach.grade.result import Result, count_once
from tokenlab.teach.grade.submission import Submission, submissions
from tokenlab.teach.roster import RosterError, Student, read_roster


def main(arguments: list[str] | None = None) -> int:
    """0 if all was graded, 1 if the grader failed at some, 2 if it could not begin, 130 if interrupted."""
    parser = _options()
    options = parser.parse_args(arguments)
    if options.doctor:
        return examine(options.unsafe)
    if options.submitted is None:
        parser.error("which folder? expected submitted/<student>/<assignment>, for example: submitted")
    try:
        isolation = find_isolation(options.unsafe)
        roster = read_roster(options.roster) if options.roster else []
        deadlines = read_deadlines(options.deadlines) if options.deadlines else Deadlines()
        wanted, found = _find(options, roster)
        times = {(one.student, one.assignment): _when(one, deadlines) for one in found}
        options.out.parent.mkdir(parents=True, exist_ok=True)
        journal = Journal(options.out.with_name(f"{options.out.name}.journal"))
    except (OSError, JournalBusy, NoIsolation, RosterError, DeadlinesError) as error:
        print(error, file=sys.stderr)
        return 2
    done, graded, interrupted = _results(wanted, found, journal, isolation, options)
    outcome = _write(done, times, f"{graded} of {len(wanted)} submissions", options)
    for notice in notices(done, times, roster, interrupted):
        print(notice, file=sys.stderr)
    return 130 if interrupted else outcome


def _results(
    wanted: Sequence[Submission],
    found: Sequence[Submission],
    journal: Journal,
    isolation: Isolation,
    options: argparse.Namespace,
) -> tuple[list[Result], int, bool]:
    """All results, how many of the wanted there are, and whether it was interrupted."""
    results = {one: known for one in found if (known := _known(journal, one))}
    todo = [one for one in wanted if options.again or one not in results]
    print(f"{len(wanted)} submissions, {len(todo)} to grade. Around each: {isolation}.", file=sys.stderr)
    try:
        interrupted = _grade(todo, results, journal, isolation, options)
    finally:
        journal.close()
    done = count_once([results[one] for one in found if one in results])
    return done, sum(one in results for one in wanted), interrupted


def _find(
    options: argparse.Namespace, roster: Sequence[Student]
) -> tuple[list[Submission], list[Submission]]:
    """What is to be graded now, and all that there is."""
    everybody, worlds = [one.login for one in roster], dict(options.world)
    wanted = submissions(options.submitted, options.assignment, everybody, worlds)
    others = submissions(options.submitted, students=everybody, worlds=worlds)
    return wanted, sorted({*wanted, *others}, key=lambda one: one.path)


def _when(submission: Submission, deadlines: Deadlines) -> Lateness:
    return deadlines.lateness(submission.student, submission.assignment, submission.read_time())


def _known(journal: Journal, submission: Submission) -> Result | None:
    try:
        return journal.get(submission.key(submission.read()))
    except NotebookError:
        return None


def _grade(
    todo: Sequence[Submission],
    results: dict[Submission, Result],
    journal: Journal,
    isolation: Isolation,
    options: argparse.Namespace,
) -> bool:
    """Grade what is to do, and keep it; true if interrupted."""
    progress, unwritten = ProgressBar(len(todo)), set[str]()

    def keep(submission: Submission, result: Result) -> None:
        results[submission] = result
        try:
            journal.add(result)
        except OSError as error:  # a full disk: the grades are still known
            unwritten.add(str(error.strerror))
        progress.step()

    try:
        if todo:
            grade_all(
                todo, keep, options.jobs, replace(SubmissionLimits(), seconds=options.seconds), isolation
            )
    except KeyboardInterrupt:
        return True
    finally:
        if unwritten:
            print(f"The journal is not whole ({', '.join(unwritten)}).", file=sys.stderr)
    return False


def _write(done: Sequence[Result], times: Times, told: str, options: argparse.Namespace) -> int:
    kept: Sequence[str] = ()
    try:
        summary = write_grades(done, options.out, times)
        if options.feedback:
            write_feedback(done, options.feedback, times, options.submitted)
        if options.gradebook:
            kept = write_gradebook(done, options.gradebook, times).by_hand
    except (OSError, NoNbgrader) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{told}: {options.out}, {summary}", file=sys.stderr)
    if kept:
        print("\nPoints given by hand were kept:", *kept, sep="\n  ", file=sys.stderr)
    return 1 if any(one.status == NOT_GRADED for one in done) else 0


def _world(text: str) -> tuple[str, str]:
    student, equals, name = text.partition("=")
    if not (student and equals and name):
        raise argparse.ArgumentTypeError(f"{text!r}: expected STUDENT=NAME, for example ada=anyone")
    return student, name


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tokenlab.teach.grade", description=__doc__)
    parser.add_argument(
        "submitted", type=Path, nargs="?", help="submitted/<student>/<assignment>/<assignment>.ipynb"
    )
    parser.add_argument("--out", type=Path, default=Path("grades.csv"), help="a row for each exercise")
    parser.add_argument("--assignment", action="append", default=[], help="only this; may be repeated")
    parser.add_argument("--feedback", type=Path, metavar="FOLDER", help="pages for each student")
    parser.add_argument("--gradebook", type=Path, metavar="FILE", help="nbgrader's gradebook.db")
    parser.add_argument("--roster", type=Path, metavar="FILE", help="CSV: who is in the class")
    parser.add_argument("--deadlines", type=Path, metavar="FILE", help="TOML: due dates, rule, extensions")
    parser.add_argument(
        "--world",
        action="append",
        default=[],
        type=_world,
        metavar="STUDENT=NAME",
        help="judge a student in another name's world; may be repeated",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument(
        "--seconds", type=float, default=SubmissionLimits.seconds, help="for the cells of a submission"
    )
    parser.add_argument("--again", action="store_true", help="grade also what has been graded")
    parser.add_argument("--unsafe", action="store_true", help="run student code even without isolation")
    parser.add_argument("--doctor", action="store_true", help="try what protects this machine, and say so")
    return parser


if __name__ == "__main__":
    sys.exit(main())
