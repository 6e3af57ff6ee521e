"""Grade nbgrader's folder of submissions, so that no submission can forge points."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from tokenlab.teach.grade import landlock
from tokenlab.teach.grade.gradebook import NoNbgrader, write_gradebook
from tokenlab.teach.grade.grader import NOT_GRADED, grade_all
from tokenlab.teach.grade.journal import Journal, JournalBusy
from tokenlab.teach.grade.limits import Limits
from tokenlab.teach.grade.progress import Progress
from tokenlab.teach.grade.report import write_feedback, write_grades
from tokenlab.teach.grade.result import Result
from tokenlab.teach.grade.submission import Submission, submissions


def main(arguments: list[str] | None = None) -> int:
    """0 if all was graded, 1 if the grader failed at some, 2 if it could not begin, 130 if interrupted."""
    options = _options().parse_args(arguments)
    try:
        found = submissions(options.submitted, options.assignment)
        options.out.parent.mkdir(parents=True, exist_ok=True)
        journal = Journal(options.out.with_name(f"{options.out.name}.journal"))
    except (OSError, JournalBusy) as error:
        print(error, file=sys.stderr)
        return 2
    keys = {one: one.key() for one in found}
    results = {one: known for one in found if not options.again and (known := journal.get(keys[one]))}
    todo = [one for one in found if one not in results]
    print(f"{len(found)} submissions, {len(todo)} to grade. {protection()}", file=sys.stderr)
    progress = Progress(len(todo))

    def keep(submission: Submission, result: Result) -> None:
        journal.add(keys[submission], result)
        results[submission] = result
        progress.step()

    interrupted = False
    try:
        if todo:
            grade_all(todo, keep, options.jobs, replace(Limits(), seconds=options.seconds))
    except KeyboardInterrupt:
        interrupted = True
    finally:
        journal.close()
        done = [results[one] for one in found if one in results]
        summary = write_grades(done, options.out)
    if options.feedback:
        write_feedback(done, options.feedback)
    if options.gradebook:
        try:
            write_gradebook(done, options.gradebook)
        except NoNbgrader as error:
            print(error, file=sys.stderr)
            return 2
    print(f"{len(done)} of {len(found)} submissions: {options.out}, {summary}", file=sys.stderr)
    if interrupted:
        print("Interrupted. The same command goes on from here.", file=sys.stderr)
        return 130
    return 1 if any(one.status == NOT_GRADED for one in done) else 0


def protection() -> str:
    """What stands around student processes on this system, in a sentence."""
    parts = []
    if version := landlock.version():
        parts.append(f"Landlock {version}")
    if hasattr(os, "getuid") and os.getuid() == 0:
        parts.append("a user id of its own")
    parts += ["limits" if os.name == "posix" else "time limits", "an audit hook"]
    weak = (
        ""
        if len(parts) > 2
        else " Other people's files are not safe from determined code here: use a container."
    )
    return f"Around each: {', '.join(parts)}.{weak}"


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tokenlab.teach.grade", description=__doc__)
    parser.add_argument("submitted", type=Path, help="submitted/<student>/<assignment>/<assignment>.ipynb")
    parser.add_argument("--out", type=Path, default=Path("grades.csv"), help="a row for each exercise")
    parser.add_argument("--assignment", action="append", default=[], help="only this; may be repeated")
    parser.add_argument("--feedback", type=Path, metavar="FOLDER", help="a text for each student")
    parser.add_argument("--gradebook", type=Path, metavar="FILE", help="nbgrader's gradebook.db")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--seconds", type=float, default=Limits.seconds, help="for the cells of a submission")
    parser.add_argument("--again", action="store_true", help="grade also what has been graded")
    return parser


if __name__ == "__main__":
    sys.exit(main())
