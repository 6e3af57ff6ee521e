"""A submission: what one student handed in for one assignment, in nbgrader's layout."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from tokenlab.teach.grade.notebook import NotebookError, read
from tokenlab.teach.own_exercises import own_folder

MOST_FILES = 5  # of one assignment of one student
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? (UTC|[+-]\d{4})")


@dataclass(frozen=True)
class Submission:
    """``submitted/<student>/<assignment>/<assignment>.ipynb``; the student is whose folder it is.

    ``world`` is whose world it is judged in, if a teacher says that it is another's.
    """

    student: str
    assignment: str
    path: Path
    world: str = ""

    @property
    def learner(self) -> str:
        """Whose world the answers are judged in."""
        return self.world or self.student

    @property
    def lesson(self) -> str:
        """``04`` of ``04_access_check``; empty if the name does not begin with a lesson's number."""
        found = re.match(r"\d\d(?=_|$)", self.assignment)
        return found[0] if found else ""

    def read(self) -> bytes:
        """The notebook's bytes. Raises `NotebookError`, also if a folder on the way is a symbolic link."""
        if not _is_text(self.student) or not _is_text(self.assignment):
            raise NotebookError("the name of the folder is not UTF-8: rename it")
        for folder in (self.path.parent, self.path.parent.parent):
            if folder.is_symlink():
                raise NotebookError(
                    f"{folder.name} is a symbolic link: expected a folder of the student's own"
                )
        return read(self.path)

    def key(self, content: bytes) -> str:
        """Names this content, of this student, judged by this package: what need not be graded twice."""
        names = (self.student.encode(), self.assignment.encode(), self.learner.encode())
        parts = (*names, package_digest(), content)
        return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    def read_time(self) -> datetime | None:
        """When, as nbgrader writes it beside the notebook (``timestamp.txt``); None if nothing says so."""
        try:
            text = read(self.path.with_name("timestamp.txt"))[:100].decode("ascii").strip()
            found = _TIME.fullmatch(text)
            if not found:
                return None
            form = "%Y-%m-%d %H:%M:%S.%f %z" if "." in text else "%Y-%m-%d %H:%M:%S %z"
            return datetime.strptime(text.replace("UTC", "+0000"), form)
        except ValueError:  # no such file, or no such day
            return None


def submissions(
    folder: Path,
    assignments: Iterable[str] = (),
    students: Iterable[str] = (),
    worlds: Mapping[str, str] | None = None,
) -> list[Submission]:
    """All in the folder, in order of their names. With ``assignments`` only these, and every student has one,
    handed in or not; so has each of ``students`` (a roster), with a folder or without. ``worlds`` says in
    whose world a student is judged. Raises NotADirectoryError."""
    if not folder.is_dir():
        raise NotADirectoryError(
            f"{folder} is no folder: expected nbgrader's submitted/<student>/<assignment>"
        )
    wanted, own, listed = sorted(set(assignments)), worlds or {}, set(students)
    inside = {one.name: _assignments(one) for one in _folders(folder)}
    anybodys = sorted({name for student, names in inside.items() for name in names if name != student})
    return [
        Submission(student, name, path, own.get(student, ""))
        for student in sorted({*inside, *listed})
        for name in wanted or (anybodys if student in listed else inside[student])
        for path in _notebooks(folder / student / name, name)
    ]


def _assignments(student: Path) -> list[str]:
    """What lies in a student's folder; a link, which is not followed, counts as one that cannot be read."""
    return [student.name] if student.is_symlink() else [one.name for one in _folders(student)]


def _notebooks(folder: Path, assignment: str) -> list[Path]:
    """The assignment's notebook, and copies that a browser or a school's upload form gave another name:
    ``04_access_check (1).ipynb``; or the only notebook there is."""
    exact = folder / f"{assignment}.ipynb"
    if folder.is_symlink() or folder.parent.is_symlink():
        return [exact]
    others = sorted(
        one for one in _files(folder) if one.suffix.lower() == ".ipynb" and one.name != exact.name
    )
    renamed = [one for one in others if assignment.casefold() in one.stem.casefold()]
    if exact.exists() or exact.is_symlink():
        return [exact, *renamed][:MOST_FILES]
    return renamed[:MOST_FILES] or (others if len(others) == 1 else [exact])


def _files(folder: Path) -> Iterator[Path]:
    try:
        yield from (one for one in folder.iterdir() if not one.name.startswith("."))
    except OSError:
        return


def _folders(folder: Path) -> list[Path]:
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return []
    return [one for one in inside if not one.name.startswith(".") and (one.is_symlink() or one.is_dir())]


def _is_text(name: str) -> bool:
    return name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name)


@cache
def package_digest() -> bytes:
    """Another exercise, another grader: another key."""
    package, own = Path(__file__).resolve().parents[2], own_folder()
    digest = hashlib.sha256()
    for root in [package] if own is None else [package, own]:
        for file in sorted([*root.rglob("*.py"), *root.rglob("*.toml")]):
            digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.digest()
