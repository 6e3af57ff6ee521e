"""What a class is given: the course without solutions, tests, teacher's pages and history, as one zip.

``python lab.py`` works in it. The exercises' files lose the solutions and the half-right answers: what is
left can judge, and answers nothing by itself.
"""

from __future__ import annotations

import re
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tokenlab.teach.own_exercises import BESIDE, own_folder
from tokenlab.teach.workspace import read_along

FILES = ("lab.py", "requirements.lock", "environment.yml", "README.md", "LICENSE", "pyproject.toml")
FOLDERS = ("tokenlab", "notebooks", "exercises")
TEACHERS = ("course", "exam", "grade", "overview.py", "roster.py", "deadlines.py", "solving.py")  # of teach
ANSWERS = ("solution", "half_right")
_HEADER = re.compile(rf"\[+[^#]*\.({'|'.join(ANSWERS)})[.\]]")
_DATE = (1980, 1, 1, 0, 0, 0)  # the same files give the same zip


def release(course: Path, path: Path) -> int:
    """Write the zip; how many files it has. Raises OSError, ValueError."""
    part, count = path.with_name(f".{path.name}.part"), 0
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        inside = {file.relative_to(course).as_posix(): file for file in _files(course)} | _own()
        for name, file in sorted(inside.items()):
            about = zipfile.ZipInfo(f"tokenlab-course/{name}", _DATE)
            about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, _content(file))
            count += 1
    part.replace(path)
    return count


def _files(course: Path) -> Iterator[Path]:
    yield from (course / name for name in FILES if (course / name).is_file())
    for folder in FOLDERS:
        for file in (course / folder).rglob("*"):
            place = file.relative_to(course).parts
            if file.is_file() and not _is_left_out(place):
                yield file
    guide = course / "docs" / "instructor_guide.md"
    yield from (file for file in read_along(course) if file != guide.resolve())


def _own() -> dict[str, Path]:
    """A teacher's own exercises by their place in the copy, wherever they lie here."""
    folder = own_folder()
    if folder is None:
        return {}
    files = [*folder.rglob("*.py"), *folder.rglob("*.toml")]
    return {f"{BESIDE.name}/{file.relative_to(folder).as_posix()}": file for file in files}


def _is_left_out(place: tuple[str, ...]) -> bool:
    hidden = any(part.startswith(".") or part == "__pycache__" for part in place)
    return hidden or (place[:2] == ("tokenlab", "teach") and place[2] in TEACHERS)


def _content(file: Path) -> bytes:
    content = file.read_bytes()
    if file.suffix == ".toml" and file.name.startswith("lesson_"):
        return without_answers(content.decode("utf-8")).encode("utf-8")
    return content


def without_answers(text: str) -> str:
    """The text of an exercises' file without the keys of `ANSWERS`. Raises ValueError if more would go."""
    lines, kept, leaving = text.splitlines(keepends=True), [], False
    while lines:
        if lines[0].startswith("["):
            leaving = bool(_HEADER.match(lines[0]))
        length = _length_of_entry(lines)
        if not leaving and lines[0].partition("=")[0].strip() not in ANSWERS:
            kept += lines[:length]
        del lines[:length]
    shorter, whole = "".join(kept), tomllib.loads(text)
    for one in whole["exercise"].values():
        for name in ANSWERS:
            one.pop(name, None)
    if tomllib.loads(shorter) != whole:
        raise ValueError("an exercise's solution cannot be taken out of its file: expected `solution = ...`")
    return shorter


def _length_of_entry(lines: list[str]) -> int:
    """How many lines a header, a comment, or a key and its value take."""
    for length in range(1, len(lines) + 1):
        try:
            tomllib.loads("".join(lines[:length]))
        except tomllib.TOMLDecodeError:
            continue
        return length
    raise ValueError(f"no value ends: {lines[0].strip()}")
