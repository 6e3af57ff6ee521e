"""Grades submissions: each in a process of its own, several at once, a result for every one."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager

from tokenlab.teach.grade.conversation import Heard, converse
from tokenlab.teach.grade.judge import Asked, Judge, Row
from tokenlab.teach.grade.limits import Limits
from tokenlab.teach.grade.notebook import NotebookError, code_cells
from tokenlab.teach.grade.nursery import Nursery, nursery
from tokenlab.teach.grade.result import Result
from tokenlab.teach.grade.submission import Submission
from tokenlab.teach.variant import Variant

NOT_GRADED = "not graded"  # the grader's own trouble: the next run tries again


class Grader:
    """One nursery and one judge, for one submission after the other."""

    def __init__(self, limits: Limits | None = None, nursery_: Callable[[], Nursery] = nursery) -> None:
        self._limits = limits or Limits()
        self._nursery, self._judge = nursery_(), Judge()

    def grade(self, submission: Submission) -> Result:
        """Never raises for anything in a submission."""
        try:
            return self._grade(submission)
        except Exception as error:
            note = f"{type(error).__name__}: {error}"[:300]
            return Result(submission.student, submission.assignment, (), NOT_GRADED, (note,))

    def close(self) -> None:
        self._nursery.close()
        self._judge.close()

    def _grade(self, submission: Submission) -> Result:
        student, assignment = submission.student, submission.assignment
        try:
            exercises = self._judge.prepare(submission.lesson, student) if submission.lesson else []
        except ValueError as error:
            return Result(student, assignment, (), "unreadable", (str(error),))
        if not exercises:
            note = f"{assignment!r} is no lesson with exercises: expected a name such as '04_access_check'"
            return Result(student, assignment, (), "no exercises", (note,))
        try:
            cells = code_cells(submission.read())
        except NotebookError as error:
            rows = tuple(Row(one.number, 0, one.points, [], "unanswered") for one in exercises)
            return Result(student, assignment, rows, "unreadable", (str(error),))
        heard = converse(self._nursery.bear(self._limits), cells, student, exercises, self._limits)
        rows = tuple(self._row(one, student, heard) for one in exercises)
        return Result(student, assignment, rows, heard.status, tuple(_notes(heard, student)))

    def _row(self, asked: Asked, student: str, heard: Heard) -> Row:
        return self._judge.judge(asked, student, heard.answers.get(asked.number, {}))


def _notes(heard: Heard, student: str) -> Iterator[str]:
    if heard.learner and heard.learner != Variant(student).name:
        yield f"the notebook says learner({heard.learner!r}); graded as {student!r}"
    yield from heard.notes


def grade_all(
    submissions: Sequence[Submission],
    keep: Callable[[Submission, Result], None],
    jobs: int,
    limits: Limits | None = None,
) -> None:
    """Grade them, ``jobs`` at once; ``keep`` gets each result as it comes, in one thread."""
    jobs = max(1, min(jobs, len(submissions)))
    with _graders(jobs, limits) as graders, ThreadPoolExecutor(jobs) as pool:

        def grade(submission: Submission) -> Result:
            grader = graders.get()
            try:
                return grader.grade(submission)
            finally:
                graders.put(grader)

        futures: dict[Future[Result], Submission] = {pool.submit(grade, one): one for one in submissions}
        try:
            for future in as_completed(futures):
                keep(futures.pop(future), future.result())
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


@contextmanager
def _graders(count: int, limits: Limits | None) -> Iterator[queue.Queue[Grader]]:
    idle: queue.Queue[Grader] = queue.Queue()
    graders = [Grader(limits) for _ in range(count)]
    for grader in graders:
        idle.put(grader)
    try:
        yield idle
    finally:
        for grader in graders:
            grader.close()
