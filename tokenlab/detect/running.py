"""A Sigma rule is run: pySigma's SQLite backend makes a query of it, and the records become a table.

Texts are compared without regard to capitals (of A to Z), as Sigma asks; a field that a record does not have
is NULL. Each log source is a table of the fields that the rule asks for.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from tokenlab.detect.sources import LogSource
from tokenlab.detect.windows import TimeWindow
from tokenlab.values import Event, Events

TIME = "TimeCreated"


class SqlQuery:
    """What SQLite is asked for: compiled once, run over any log."""

    def __init__(self, collection: Any, sources: Iterable[LogSource]) -> None:
        from sigma.backends.sqlite import sqliteBackend
        from sigma.processing.conditions import LogsourceCondition
        from sigma.processing.pipeline import ProcessingItem, ProcessingPipeline
        from sigma.processing.transformations import SetStateTransformation

        self.sources = {source.table: source for source in sources}
        tables = [
            ProcessingItem(
                SetStateTransformation("table", source.table),
                rule_conditions=[
                    LogsourceCondition(category=source.category or None, service=source.service or None)
                ],
            )
            for source in self.sources.values()
        ]
        backend = sqliteBackend(ProcessingPipeline(items=tables), timestamp_field=TIME)
        # Columns hold text, which would make 10 smaller than 9.
        number = "CAST({field} AS REAL) {operator} {value}"
        backend.compare_op_expression = f"({number} AND {{field}} GLOB '[0-9-]*')"
        self._windows = TimeWindow.read(collection)
        self._compiled: list[dict[str, Any]] = json.loads(backend.convert(collection, "zircolite"))

    @property
    def fields(self) -> dict[str, set[str]]:
        """The fields that are asked for, by table."""
        wanted: dict[str, set[str]] = {table: {TIME} for table in self.sources}
        for one in self._compiled:
            if "correlation_plan" in one:
                asked = one["correlation_plan"]["required_fields"]
            else:
                asked = {one["source_table"]: one["required_fields"]}
            for table, names in asked.items():
                wanted[table].update(names)
        return wanted

    def run(self, log: Events) -> list[Event]:
        """The records of an alert, in the order of the log."""
        connection = sqlite3.connect(":memory:")
        try:
            connection.create_function("REGEXP", 2, _matches, deterministic=True)
            for table, names in self.fields.items():
                _fill(connection, self.sources[table], sorted(names), log)
            places = {place for one in self._compiled for place in self._places(connection, one)}
        finally:
            connection.close()
        return [log[place] for place in sorted(places)]

    def _places(self, connection: sqlite3.Connection, one: Mapping[str, Any]) -> Iterable[int]:
        if "correlation_plan" not in one:
            return (row[0] for query in one["rule"] for row in connection.execute(query))
        if self._windows:
            return self._windows.places(connection, one["correlation_plan"])
        return as_the_library_does(connection, one["correlation_plan"])


def as_the_library_does(connection: sqlite3.Connection, plan: Mapping[str, Any]) -> Iterable[int]:
    """The records of a correlation's alerts, by pySigma's own search of its windows."""
    from sigma.backends.sqlite.runtime import execute_plan

    alerts, _ = execute_plan(connection, plan, include_events=False)
    return (int(record.partition(":")[2]) for alert in alerts for record in alert["event_ids"])


def _fill(connection: sqlite3.Connection, source: LogSource, names: list[str], log: Events) -> None:
    """A table of a source; the first column is the place in the log."""
    names = list({name.casefold(): name for name in names}.values())  # columns of SQLite have no capitals
    columns = "".join(f", {_quoted(name)} TEXT COLLATE NOCASE" for name in names)
    connection.execute(f"CREATE TABLE {source.table} (_place INTEGER PRIMARY KEY{columns})")
    rows = (
        (place, *(_text(source.value(event, name)) for name in names)) for place, event in source.records(log)
    )
    marks = ", ?" * len(names)
    connection.executemany(f"INSERT INTO {source.table} VALUES (?{marks})", rows)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _matches(pattern: str, value: str | None) -> bool:
    return value is not None and re.search(pattern, value) is not None
