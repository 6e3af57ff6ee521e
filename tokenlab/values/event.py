"""Records of a Windows event log, simulated or real, and the questions one asks of them.

A record is a dictionary with the names and values of Windows' own fields, and a few of its head: ``EventID``,
``RecordNumber``, ``TimeCreated``, ``Hostname``. "Advanced security audit policy settings" on Microsoft Learn
has a page an event.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, overload

from tokenlab.values.visible import count_noun

Event = dict[str, Any]
Rule = Callable[["Events"], Iterable[Event]]
"""What reads a log and gives the records it would raise an alert for."""

LOGON_IDS = ("SubjectLogonId", "TargetLogonId", "TargetLinkedLogonId", "LogonId")
"""The fields that name a logon session: who did it, what was made, the other half under UAC; Sysmon's."""

_NOTHING = {"", "-", "0x0", "0", "00000000-0000-0000-0000-000000000000"}


class Events(Sequence[Event]):
    """Records in their order, and questions to them: `where`, `follow`, `join`.

    Texts are compared as Windows does, without regard to capitals: a GUID is written both ways, and with or
    without braces. ``notes`` say what was left out when a real log was read.
    """

    def __init__(self, events: Iterable[Event] = (), notes: Iterable[str] = ()) -> None:
        self._events: list[Event] = list(events)
        self.notes = tuple(notes)

    @classmethod
    def merge(cls, *logs: Iterable[Event]) -> Events:
        """Several logs as one, by time; each keeps its own order."""
        return Events(sorted((event for log in logs for event in log), key=_time))

    @property
    def machines(self) -> list[str]:
        """The machines that wrote these records."""
        return list(dict.fromkeys(str(event.get("Hostname", "-")) for event in self._events))

    def where(self, *which: int | Rule, **fields: str | int | Collection[str]) -> Events:
        """Those with one of these numbers, and these values: ``where(4624, LogonType="9")``.

        A rule among the numbers gives its alerts, in the order of the log. A collection of values means any
        of them; ``Hostname`` may be the name without its domain. Raises ValueError for a field that no record
        with these numbers has.
        """
        among = self._among(which)
        for name in fields:
            _check(name, among)
        for name, value in fields.items():
            wanted = set(map(_plain, [value] if isinstance(value, (str, int)) else value))
            among = [event for event in among if not wanted.isdisjoint(_values(event, name))]
        return Events(among)

    def _among(self, which: Collection[int | Rule]) -> list[Event]:
        """Those with one of the numbers, if there are any, that are alerts of every rule."""
        event_ids = {one for one in which if not callable(one)}
        alerts = [{id(event) for event in rule(self)} for rule in which if callable(rule)]
        return [
            event
            for event in self._events
            if (not event_ids or event["EventID"] in event_ids)
            and all(id(event) in these for these in alerts)
        ]

    def follow(self, logon_id: str | int, machine: str = "") -> Events:
        """All that one logon session left on one machine: the records that name its logon id.

        A logon id is a number of one machine, and starts anew when that restarts. Raises ValueError where
        several machines use this number and ``machine`` does not say which, or where it is 0: nobody's.
        """
        luid = hex(logon_id) if isinstance(logon_id, int) else _plain(logon_id)
        if luid in _NOTHING:
            raise ValueError(f"{logon_id!r} is nobody's logon id: expected one such as '0x1a2b6'")
        here = self.where(Hostname=machine) if machine else self
        found = Events(event for event in here if luid in (_plain(event.get(name, "")) for name in LOGON_IDS))
        if len(found.machines) > 1:
            raise ValueError(
                f"{luid} is a number on {', '.join(found.machines)}, of another logon on each: expected "
                f"machine=, for example follow({luid!r}, {found.machines[0]!r})"
            )
        return found

    def join(
        self, others: Iterable[Event], field: str, other_field: str = "", *, across: bool = False
    ) -> list[tuple[Event, Event]]:
        """Pairs of a record here and one of ``others`` that say the same in ``field``.

        ``other_field`` is the field there, if it has another name. Both are of one machine, unless
        ``across``. ``-``, ``0x0`` and the null GUID tie nothing. Raises ValueError for logon ids across
        machines, where they mean nothing, and for a field that no record has.
        """
        other_field, others = other_field or field, list(others)
        _check(field, self._events)
        _check(other_field, others)
        if across and {field, other_field} & set(LOGON_IDS):
            raise ValueError(
                "a logon id means nothing on another machine: expected a user, an address or a LogonGuid, "
                "for example join(tickets, 'LogonGuid', across=True)"
            )
        ties: dict[tuple[str, str], list[Event]] = {}
        for event in others:
            ties.setdefault(_tie(event, other_field, across), []).append(event)
        return [
            (event, other)
            for event in self._events
            if _plain(event.get(field, "")) not in _NOTHING
            for other in ties.get(_tie(event, field, across), ())
        ]

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, place: int) -> Event: ...
    @overload
    def __getitem__(self, place: slice) -> Events: ...
    def __getitem__(self, place: int | slice) -> Event | Events:
        return Events(self._events[place]) if isinstance(place, slice) else self._events[place]

    def __repr__(self) -> str:
        machines = ", ".join(self.machines) or "no machine"
        told = "".join(f". {note.rstrip('.')}" for note in self.notes)
        return f"<{type(self).__name__}: {count_noun(len(self), 'record')} of {machines}{told}>"


def is_sysmon(event: Event) -> bool:
    """Is it a record of Sysmon's channel? Its numbers, 1 to 29, mean other things elsewhere."""
    return "sysmon" in str(event.get("Channel", "")).lower()


def _time(event: Event) -> str:
    return str(event.get("TimeCreated", ""))


def _plain(value: object) -> str:
    text = str(value).strip().casefold()
    return text[1:-1] if len(text) == 38 and text[0] == "{" else text


def _check(name: str, among: list[Event]) -> None:
    """Raise ValueError for a field that none of these records has."""
    if not among or any(name in event for event in among):
        return
    names = dict.fromkeys(known for event in among for known in event)
    from difflib import get_close_matches  # only for a mistake

    near = get_close_matches(name, names, 3, 0.6) or list(names)[:3]
    raise ValueError(
        f"no record here has a field {name!r}: expected one such as {', '.join(map(repr, near))}"
    )


def _values(event: Event, name: str) -> set[str]:
    if name not in event:
        return set()
    value = _plain(event[name])
    return {value, value.partition(".")[0]} if name == "Hostname" else {value}


def _tie(event: Event, field: str, across: bool) -> tuple[str, str]:
    machine = "" if across else _plain(event.get("Hostname", ""))
    return machine, _plain(event.get(field, ""))
