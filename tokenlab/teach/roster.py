"""The roster of a class: who is in it, and what a school calls them.

A CSV file with a column ``login``, which is the name that students put into ``learner(...)`` and the name of
their folder. Other columns are optional: ``first_name``, ``last_name``, ``email``, ``id`` (the school's
number), ``section``, ``canvas_id`` (Canvas' own number). More columns do no harm.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from tokenlab.teach.variant import Variant


@dataclass(frozen=True)
class Student:
    """One student, by the login name; what the roster does not say is empty."""

    login: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    id: str = ""
    section: str = ""
    canvas_id: str = ""

    @property
    def name(self) -> str:
        """``Ada Lovelace``; the login name where the roster has no other."""
        return f"{self.first_name} {self.last_name}".strip() or self.login


COLUMNS = tuple(field.name for field in fields(Student))


class RosterError(ValueError):
    """A roster that cannot be used, and why."""


def read_roster(path: str | Path) -> list[Student]:
    """The students of a CSV file (UTF-8, as spreadsheets save it), in its order.

    Raises `RosterError` for a file without logins, or with one twice; OSError.
    """
    with open(path, encoding="utf-8-sig", newline="") as file:
        text = file.read()
    separator = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    rows = csv.DictReader(text.splitlines(), delimiter=separator)
    if "login" not in (rows.fieldnames or ()):
        raise RosterError(f"{path} has no column 'login': expected {', '.join(COLUMNS)}")
    students = list(_students(rows, path))
    seen: dict[str, str] = {}
    for one in students:
        before = seen.setdefault(Variant(one.login).name, one.login)
        if before is not one.login:
            raise RosterError(f"{path} names {one.login!r} twice: expected each login once")
    return students


def _students(rows: csv.DictReader[str], path: str | Path) -> Iterator[Student]:
    for row in rows:
        values = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not any(values.values()):
            continue
        if not _can_be_a_folder(values["login"]):
            raise RosterError(
                f"{path}, line {rows.line_num}: {values['login']!r} is no login: "
                "expected a name that can be a folder's, for example ada or ada.lovelace"
            )
        yield Student(**values)


def _can_be_a_folder(login: str) -> bool:
    try:
        Variant(login)
    except ValueError:
        return False
    return not login.startswith(".") and not any(letter in '/\\:*?"<>|' for letter in login)


def by_login(students: Sequence[Student], login: str) -> Student:
    """The student of a folder; one without a name where the roster lacks it."""
    wanted = login.strip().casefold()
    return next((one for one in students if one.login.casefold() == wanted), Student(login))
