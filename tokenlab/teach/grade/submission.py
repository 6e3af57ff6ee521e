"""A submission: what one student handed in for one assignment, in nbgrader's layout."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tokenlab.teach.grade.notebook import NotebookError, read


@dataclass(frozen=True)
class Submission:
    """``submitted/<student>/<assignment>/<assignment>.ipynb``; the student is whose folder it is."""

    student: str
    assignment: str
    path: Path

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
        parts = (self.student.encode(), self.assignment.encode(), _package(), content)
        return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def submissions(folder: Path, assignments: Iterable[str] = ()) -> list[Submission]:
    """All in the folder, in order of their names. With ``assignments`` only these, and every student has one,
    handed in or not. Raises NotADirectoryError."""
    if not folder.is_dir():
        raise NotADirectoryError(
            f"{folder} is no folder: expected nbgrader's submitted/<student>/<assignment>"
        )
    wanted = sorted(set(assignments))
    found = []
    for student in _folders(folder):
        inside = [] if student.is_symlink() else [one.name for one in _folders(student)]
        for name in wanted or inside or ([student.name] if student.is_symlink() else []):
            found.append(Submission(student.name, name, student / name / f"{name}.ipynb"))
    return found


def _folders(folder: Path) -> list[Path]:
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return []
    return [one for one in inside if not one.name.startswith(".") and (one.is_symlink() or one.is_dir())]


def _is_text(name: str) -> bool:
    return name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name)


@cache
def _package() -> bytes:
    """Another exercise, another grader: another key."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.digest()
