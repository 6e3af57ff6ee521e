"""Records in a text of JSON or CSV: one row after the other, and what tools wrap around rows."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import StringIO
from itertools import islice

from tokenlab.real.forms import FORMS
from tokenlab.real.forms.prompts import PROMPT
from tokenlab.real.forms.record import EXPORT, BrokenRecord, RawRow, UnreadableRecord
from tokenlab.values import Event

Place = Callable[[], int]
"""Where in the text a row stands: found out when somebody asks."""

_WRAPPERS = ("_source", "result", "data", "fields", "event", "document")
_LISTS = (
    "hits",
    "sequences",
    "events",
    "Events",
    "results",
    "records",
    "Records",
    "rows",
    "value",
    "data",
    "documents",
)
_LONE = re.compile(r"\\u[dD][89a-fA-F]")
_BULK = {"index", "create"}  # before each document of Elasticsearch's bulk format
_BLANKS = re.compile(r"[ \t\r\n,]*")
_BETWEEN = re.compile(r"\}\s*,\s*\{")  # two objects
_BATCH = 1 << 17  # letters
_DEEP = 8  # objects around a record; no tool wraps deeper


def rows_of_json(text: str, start: int) -> Iterator[tuple[RawRow, Place]]:
    """The objects of the text with their places: in an array, a line each, or one after the other.

    Raises `BrokenRecord` with the place.
    """
    decoder = json.JSONDecoder()
    lone = _LONE.search(text) is not None
    in_array = text[start] == "["
    place, size = start + in_array, len(text)
    batches = _Batches(text)
    place_of = batches.place_of
    while True:
        place = _BLANKS.match(text, place).end()  # type: ignore[union-attr]
        if place == size:
            if in_array:
                raise BrokenRecord("the array does not end: expected ]", place, cut=True)
            return
        if text[place] in "[]" and (text[place] == "]") == in_array:
            in_array, place = not in_array, place + 1
            continue
        if text[place] not in "[{" and (found := PROMPT.match(text, place)):
            place = found.end()
            continue
        if in_array and (batch := batches.begin(place)):
            for number, one in enumerate(batch):
                yield (_without_halves(one) if lone else one), partial(place_of, place, number)  # type: ignore[misc]
            place = batches.end
            continue
        row, end = _decoded(decoder, text, place, lone)
        if isinstance(row, str) and row.lstrip().startswith("<Event"):  # ToXml() | ConvertTo-Json
            row = {"_raw": row}
        if not isinstance(row, dict):
            raise BrokenRecord(f"{row!r:.40} is no event: expected {{'EventID': 4624, ...}}", place)
        yield row, partial(int, place)
        place = end


class _Batches:
    """Many objects of an array decoded at once share the names of their fields, which saves half of the time.

    What cannot be decoded so is left to be read one by one, which finds the place of an error.
    """

    def __init__(self, text: str) -> None:
        self._text, self._separator, self._from, self.end = text, "", 0, 0

    def begin(self, place: int) -> list[RawRow]:
        """The objects that begin at this place, up to `end`; none where there are few, or something else."""
        if place < self._from or len(self._text) < place + _BATCH:
            return []
        self._from = place + _BATCH  # whatever comes of it: nothing is tried twice
        self._separator = self._separator or self._found(place)
        end = self._text.rfind(self._separator, place, place + _BATCH) + 1 if self._separator else 0
        if end <= 0:
            return []
        try:
            rows = json.loads(f"[{self._text[place:end]}]")
        except (ValueError, RecursionError):
            return []
        if not all(isinstance(row, dict) for row in rows):
            return []
        self._from = self.end = end
        return rows  # type: ignore[no-any-return]

    def _found(self, place: int) -> str:
        """What stands between the first object and the second."""
        try:
            _, end = json.JSONDecoder().raw_decode(self._text, place)
        except (ValueError, RecursionError):
            return ""
        found = _BETWEEN.match(self._text, end - 1)
        return found[0] if found else ""

    def place_of(self, start: int, number: int) -> int:
        """Where an object of the batch that began at ``start`` begins."""
        decoder, place = json.JSONDecoder(), start
        for _ in range(number):
            _, end = decoder.raw_decode(self._text, place)
            place = _BETWEEN.match(self._text, end - 1).end() - 1  # type: ignore[union-attr]
        return place


def _decoded(decoder: json.JSONDecoder, text: str, place: int, lone: bool) -> tuple[object, int]:
    """The value that begins here, and where it ends. Raises `BrokenRecord`."""
    try:
        value, end = decoder.raw_decode(text, place)
        return _without_halves(value) if lone else value, end
    except json.JSONDecodeError as error:
        raise BrokenRecord(f"no JSON: {error.msg}", error.pos, cut=_is_cut(text, error)) from None
    except RecursionError:
        raise BrokenRecord("no JSON that is read: it is nested too deep", place) from None
    except ValueError as error:  # a number of thousands of digits
        raise BrokenRecord(f"no JSON that is read: {error}", place) from None


def _is_cut(text: str, error: json.JSONDecodeError) -> bool:
    """True if the text is right as far as it goes."""
    rest = text[error.pos : error.pos + 8].rstrip()
    begun = any(word.startswith(rest) for word in ("true", "false", "null", "\\uffff"))
    return error.msg.startswith("Unterminated") or (begun and len(text) <= error.pos + 8)


def rows_of_csv(text: str, start: int) -> Iterator[tuple[RawRow, Place]]:
    """The rows of a table whose first line names the columns, each with a place in its line's end.

    Raises `BrokenRecord` with the place.
    """
    lines = StringIO(text, newline="")
    lines.seek(start)
    heading = text[start : text.find("\n", start) if "\n" in text else len(text)]
    sign = max(",;\t", key=heading.count)
    try:
        for row in csv.DictReader(lines, delimiter=sign, strict=True):
            place = partial(int, lines.tell() - 1)
            yield {name: value for name, value in row.items() if isinstance(name, str)}, place
    except csv.Error as error:
        raise BrokenRecord(f"no CSV: {error}", min(lines.tell(), len(text)) - 1) from None


def records_in(rows: Iterator[tuple[RawRow, Place]], notes: list[str]) -> Iterator[Event]:
    """The records of the rows. Raises `BrokenRecord`."""
    whole = 0
    try:
        for row, place in rows:
            try:
                for event in records_of(row):
                    whole += 1
                    yield event
            except BrokenRecord:
                raise
            except UnreadableRecord as error:
                raise BrokenRecord(str(error), place()) from None
    except BrokenRecord as error:
        if not (error.cut and whole):
            raise
        notes.append(f"The text is cut at its end: {error}. The last record was left out.")


def records_of(row: RawRow, deep: int = 0) -> Iterable[Event]:
    """The records in one object, whatever is wrapped around them. Raises `UnreadableRecord`."""
    for _, fits, read in FORMS:
        if fits(row):
            return read(row)
    return _records_inside(row, deep)


def _records_inside(row: RawRow, deep: int) -> Iterator[Event]:
    if len(row) == 1 and not _BULK.isdisjoint(row) and isinstance(row[next(iter(row))], dict):
        return
    inside = list(islice(_inside(row), 1)) if deep < _DEEP else []
    if not inside:
        names = ", ".join(islice(map(repr, row), 6)) or "nothing"
        raise UnreadableRecord(
            f"there is no EventID among {names:.200}: expected a record, such as {{'EventID': 4624}}. "
            f"{EXPORT}"
        )
    for one in _inside(row):
        yield from records_of(one, deep + 1)


def _inside(row: RawRow) -> Iterator[RawRow]:
    """The objects that this one wraps."""
    if isinstance(row.get("tables"), list):  # Log Analytics' API
        yield from _of_tables(row["tables"], "rows")
        return
    if isinstance(row.get("columns"), list) and isinstance(row.get("values"), list):  # ES|QL's
        yield from _of_tables([row], "values")
        return
    for name in (*_WRAPPERS, *_LISTS):
        value = row.get(name)
        if isinstance(value, dict):
            yield value
            return
        if isinstance(value, list) and (found := [one for one in value if isinstance(one, dict)]):
            yield from found
            return


def _of_tables(tables: list[object], cells_in: str) -> Iterator[RawRow]:
    for table in tables:
        if isinstance(table, dict) and isinstance(table.get("columns"), list):
            names = [str(one.get("name")) for one in table["columns"] if isinstance(one, dict)]
            rows = table.get(cells_in)
            for cells in rows if isinstance(rows, list) else []:
                if isinstance(cells, list):
                    yield dict(zip(names, cells, strict=False))


def _without_halves(value: object) -> object:
    """The value, in which half a sign (a lone surrogate) became the sign for what cannot be read."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
