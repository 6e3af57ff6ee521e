"""Grades submissions: each in a process of its own, several at once, a result for every one."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager

from tokenlab.teach.grade.conversation import SubmittedAnswers, converse
from tokenlab.teach.grade.copies import comparable
from tokenlab.teach.grade.isolation import Isolation, find_isolation
from tokenlab.teach.grade.judge import AnswerRequest, Judge, JudgedAnswer
from tokenlab.teach.grade.limits import SubmissionLimits
from tokenlab.teach.grade.notebook import NotebookError, code_cells
from tokenlab.teach.grade.result import Result
from tokenlab.teach.grade.submission import Submission
from tokenlab.teach.variant import Variant

NOT_GRADED = "not graded"  # the grader's own trouble: the next run tries again
MISSING = "nothing handed in"


class Grader:
    """One judge and one kind of isolation, for one submission after the other. Raises `NoIsolation`."""

    def __init__(self, limits: SubmissionLimits | None = None, isolation: Isolation | None = None) -> None:
        self._limits = limits or SubmissionLimits()
        self._isolation, self._judge = isolation or find_isolation(), Judge()

    def grade(self, submission: Submission) -> Result:
        """Never raises for anything in a submission."""
        try:
            return self._grade(submission)
        except Exception as error:
            note = f"{type(error).__name__}: {error}"[:300]
            return Result(submission.student, submission.assignment, (), NOT_GRADED, (note,))

    def close(self) -> None:
        """End the process that judges."""
        self._judge.close()

    def _grade(self, submission: Submission) -> Result:
        student, assignment = submission.student, submission.assignment
        learner = submission.learner
        none = f"{assignment!r} is no lesson with exercises: expected a name such as '04_access_check'"
        if not submission.lesson:
            return Result(student, assignment, (), "no exercises", (none,))
        try:
            content = submission.read()
        except NotebookError as error:
            status = "unreadable" if _is_there(submission) else MISSING
            return Result(student, assignment, self._nothing(submission), status, (str(error),))
        key = submission.key(content)
        try:
            exercises = self._judge.prepare(submission.lesson, learner)
        except ValueError as error:
            return Result(student, assignment, (), "unreadable", (str(error),))
        if not exercises:
            return Result(student, assignment, (), "no exercises", (none,), key)
        try:
            cells = code_cells(content)
        except NotebookError as error:
            return Result(student, assignment, self._nothing(submission), "unreadable", (str(error),), key)
        heard = converse(self._isolation.start(self._limits), cells, learner, exercises, self._limits)
        rows = tuple(self._row(one, learner, heard) for one in exercises)
        file = submission.path.name if submission.path.stem != assignment else ""
        said = heard.learner if heard.learner and heard.learner != Variant(learner).name else ""
        notes = tuple(_notes(heard, said, learner, file))
        answers = comparable(heard.answers)
        return Result(student, assignment, rows, heard.status, notes, key, said, file, answers)

    def _nothing(self, submission: Submission) -> tuple[JudgedAnswer, ...]:
        """A row of no points for each exercise, where there is no answer to any."""
        try:
            exercises = self._judge.prepare(submission.lesson, submission.learner)
        except ValueError:  # no name of a learner
            return ()
        return tuple(JudgedAnswer(one.number, 0, one.points, [], "unanswered") for one in exercises)

    def _row(self, asked: AnswerRequest, learner: str, heard: SubmittedAnswers) -> JudgedAnswer:
        return self._judge.judge(asked, learner, heard.answers.get(asked.number, {}))


def _notes(heard: SubmittedAnswers, said: str, learner: str, file: str) -> Iterator[str]:
    if said:
        yield f"the notebook says learner({said!r}); graded as {learner!r}"
    if file:
        yield f"the file is called {file!r}"
    yield from heard.notes


def _is_there(submission: Submission) -> bool:
    """False if nothing was handed in; what is there and cannot be read is."""
    path = submission.path
    return any(one.is_symlink() for one in (path, path.parent, path.parent.parent)) or path.exists()


def grade_all(
    submissions: Sequence[Submission],
    keep: Callable[[Submission, Result], None],
    jobs: int,
    limits: SubmissionLimits | None = None,
    isolation: Isolation | None = None,
) -> None:
    """Grade them, ``jobs`` at once; ``keep`` gets each result as it comes, in one thread.

    Raises `NoIsolation`.
    """
    jobs = max(1, min(jobs, len(submissions)))
    with _graders(jobs, limits, isolation or find_isolation()) as graders, ThreadPoolExecutor(jobs) as pool:

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
def _graders(
    count: int, limits: SubmissionLimits | None, isolation: Isolation
) -> Iterator[queue.Queue[Grader]]:
    idle: queue.Queue[Grader] = queue.Queue()
    graders = [Grader(limits, isolation) for _ in range(count)]
    for grader in graders:
        idle.put(grader)
    try:
        yield idle
    finally:
        for grader in graders:
            grader.close()
