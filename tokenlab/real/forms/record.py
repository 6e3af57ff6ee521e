"""What every form of a log ends in: one record, its head apart from its data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from tokenlab.real.forms.fields import fill_later_fields, own_case
from tokenlab.real.forms.times import windows_time
from tokenlab.values import Event
from tokenlab.values.nesting import is_deeper

RawRow = dict[str, Any]

COMMAND = (
    "Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4624,4688} | "
    "ForEach-Object { $_.ToXml() } | Set-Content log.xml -Encoding utf8"
)
EXPORT = (
    f"From PowerShell: {COMMAND}; from cmd: wevtutil qe Security /f:xml > log.xml; "
    "from a SIEM: its export as JSON, or CSV"
)

_HEAD = {"EventID", "RecordNumber", "TimeCreated", "Channel", "Hostname"}
_RESULT = {"audit success": "0x8020000000000000", "audit failure": "0x8010000000000000"}


class UnreadableRecord(ValueError):
    """No record; the reason is for the reader of the whole text, who knows the place."""


class BrokenRecord(UnreadableRecord):
    """The same, at this place of the text; ``cut`` if only its end is missing."""

    def __init__(self, reason: str, offset: int, *, cut: bool = False) -> None:
        super().__init__(reason)
        self.offset, self.cut = offset, cut


def make_record(
    event_id: object,
    fields: Mapping[str, object],
    *,
    number: object = "",
    time: object = "",
    channel: object = "",
    host: object = "",
    version: object = "",
) -> Event:
    """A record. Data named like a part of the head (``Channel`` in a real 104) is ``EventData.Channel``.

    Raises `UnreadableRecord` without a number of the event.
    """
    record = plain(number)
    event: Event = {
        "EventID": event_number(event_id),
        "RecordNumber": int(record) if _is_number(record) else 0,
        "TimeCreated": windows_time(time),
        "Channel": plain(channel) or "Security",
        "Hostname": plain(host) or "-",
    }
    for name, value in zip(_own_names(tuple(fields)), fields.values(), strict=True):
        if type(value) is not str:
            value = plain(value)
        elif len(value) == 36 and value[8] == "-" and name.endswith(("Guid", "GUID")):
            value = f"{{{value.lower()}}}"  # evtx_dump leaves out the braces that Windows writes
        event[name] = value
    fill_later_fields(event, plain(version))
    return event


@lru_cache(maxsize=512)
def _own_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Windows' names of the fields; a log has few sorts of records."""
    own = map(own_case, names)
    return tuple(f"EventData.{name}" if name in _HEAD else name for name in own)


def event_number(value: object) -> int:
    """The number of the event, in any of the shapes tools give it. Raises `UnreadableRecord`."""
    if type(value) is int and 0 <= value < 1 << 32:
        return value
    if isinstance(value, dict):  # with its qualifiers: evtx_dump, Velociraptor
        value = next((value[name] for name in ("#text", "Value", "value", "text") if name in value), "")
    text = plain(value).strip()
    if found := _WRITTEN.fullmatch(text):
        return int(found[1].replace(",", ""))
    said = f"EventID {text!r:.60} is no number" if text else "there is no EventID"
    raise UnreadableRecord(f"{said}: expected one such as 4624")


_WRITTEN = re.compile(
    r"([0-9]{1,20}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.0+)?"
)  # 4624; Kibana's 4,624; a table's 4624.0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 20


DEEPEST = 100  # no tool nests a value of a record deeper


def plain(value: object) -> str:
    """A value as text. Raises `UnreadableRecord` where it is nested too deep."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if type(value) is int:
        return str(value)
    if is_deeper(value, DEEPEST):
        raise UnreadableRecord("a value is nested too deep: expected text or a number")
    return json.dumps(value, ensure_ascii=False)


def mapping(value: object, name: str) -> RawRow:
    """The value, which must be an object. Raises `UnreadableRecord`."""
    if isinstance(value, dict):
        return value
    raise UnreadableRecord(f"{name} is {value!r:.40}: expected an object with fields")


def first_of(row: RawRow, *names: str) -> Any:
    """The first of these that says something."""
    for name in names:
        if (value := row.get(name)) not in (None, ""):
            return value
    return ""


def data_fields(data: object) -> RawRow:
    """``EventData`` as tools give it: an object, or a list of names and values."""
    if isinstance(data, dict):
        return dict(data) if _are_fields(tuple(data)) else _fields_of_object(data)
    if isinstance(data, list):
        return dict(_named_value(one, index) for index, one in enumerate(data))
    return {} if data in (None, "") else {"Data0": data}


def _fields_of_object(data: RawRow) -> RawRow:
    if set(data) <= {"#text", "#attributes"} and "#text" in data:  # data without names, as evtx_dump has it
        return {_name_of(data, 0): data["#text"]} if "#attributes" in data else data_fields(data["#text"])
    if set(data) <= {"Data", "Binary", "#attributes", "@xmlns"} and "Data" in data:
        others = {name: value for name, value in data.items() if name != "Data" and _is_field(name, value)}
        return {**data_fields(data["Data"]), **others}
    return {name: value for name, value in data.items() if _is_field(name, value)}


@lru_cache(maxsize=512)
def _are_fields(names: tuple[str, ...]) -> bool:
    """True for names of fields only, as in most records; ``Data`` and ``Binary`` are looked at."""
    return {"Data", "Binary"}.isdisjoint(names) and all(_is_field(name, "") for name in names)


def _named_value(one: object, index: int) -> tuple[str, object]:
    if isinstance(one, dict):
        return _name_of(one, index), first_of(one, "#text", "text", "Value", "value", "content")
    return f"Data{index}", one


def _name_of(one: RawRow, index: int) -> str:
    attributes = one.get("#attributes")
    inside = attributes if isinstance(attributes, dict) else {}
    return plain(first_of(one, "@Name", "Name", "name") or first_of(inside, "Name")) or f"Data{index}"


def user_fields(data: object) -> RawRow:
    """``UserData``: the fields lie one level down, in an element that names what happened."""
    found: RawRow = {}
    for name, value in (data if isinstance(data, dict) else {}).items():
        if not _is_field(name, value):
            continue
        if isinstance(value, dict):
            found |= data_fields(value)
        else:
            found[name] = value
    return found


def _is_field(name: str, value: object) -> bool:
    """False for the attributes of XML, and where no bytes are behind the fields."""
    if name == "Binary":
        return bool(value)
    return name[:1] not in ("#", "@") and not name.endswith("_attributes")


def keywords(value: object) -> RawRow:
    """The bits that tell success from failure, also where a tool put words in their place."""
    words = value if isinstance(value, list) else [value]
    text = plain(words[0] if words else "")
    return {"Keywords": _RESULT.get(text.lower().replace("_", " "), text)} if text else {}
