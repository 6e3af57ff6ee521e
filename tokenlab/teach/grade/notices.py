"""What a teacher has to look at after a run, before the points are used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tokenlab.teach.grade.copies import copy_hints
from tokenlab.teach.grade.grader import MISSING
from tokenlab.teach.grade.report import Times, when
from tokenlab.teach.grade.result import Result
from tokenlab.teach.roster import Student


def notices(
    results: Sequence[Result], times: Times, roster: Sequence[Student] = (), interrupted: bool = False
) -> Iterator[str]:
    """A paragraph for each kind of thing; nothing if all is as it should be."""
    names = [
        f'{_who(one)}: learner("{one.said}"), {one.points} of {one.of} points' for one in results if one.said
    ]
    yield from _list(
        "LOOK AT THESE: learner(...) has another name than the folder. Each was judged as the folder; "
        "--world STUDENT=NAME judges in the other world:",
        names,
    )
    yield from _list("Not in the roster:", _strangers(results, roster))
    yield from _list("Nothing handed in:", [_who(one) for one in results if one.status == MISSING])
    yield from _list("Another file name:", [f"{_who(one)}: {one.file}" for one in results if one.file])
    late = [(one, when(times, one)) for one in results if when(times, one).late]
    yield from _list(
        "Late:",
        [f"{_who(one)}: {time.late}, {time.percent:g} % off" for one, time in late if one.rows],
    )
    yield from _list(
        "Perhaps copied (no proof, never scored): wrong answers that are a classmate's right ones:",
        copy_hints(results),
    )
    if interrupted:
        yield "Interrupted. The same command goes on from here."


def _strangers(results: Sequence[Result], roster: Sequence[Student]) -> list[str]:
    known = {one.login.casefold() for one in roster}
    return sorted({one.student for one in results if known and one.student.casefold() not in known})


def _who(one: Result) -> str:
    return f"{one.student}/{one.assignment}"


def _list(head: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield "\n".join(["", head, *(f"  {line}" for line in lines)])
