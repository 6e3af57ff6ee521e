"""Times as tools write them, as Windows' XML does: ``2021-12-07T17:33:01.397814Z``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_WINDOWS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))? ?(Z|UTC|[+-]\d\d:?\d\d)?")
_DOTNET = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_NUMBER = re.compile(r"\d{9,20}(?:\.\d+)?")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}),? (\d{1,2}):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ([AP])M)?")
_KIBANA = re.compile(r"([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) @ (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_START = datetime(1970, 1, 1, tzinfo=UTC)


def windows_time(value: object) -> str:
    """The time in UTC, as Windows writes it; what is no time that can be read stays as it is."""
    text = value if isinstance(value, str) else repr(value) if isinstance(value, (int, float)) else ""
    if _WINDOWS.fullmatch(text):
        return text
    text = text.strip()
    try:
        if found := _ISO.fullmatch(text):
            return _from_iso(*found.groups())
        if found := _DOTNET.fullmatch(text):
            return _written(int(found[1]) * 1000)
        if found := _NUMBER.fullmatch(text):
            return _from_number(text)
        if found := _AMERICAN.fullmatch(text):
            return _from_american(*found.groups())
        if found := _KIBANA.fullmatch(text):  # in the zone of the browser, which it does not tell
            month = str(_MONTHS.index(found[1]) + 1)
            day, year, hour, minute, second, fraction = found.groups()[1:]
            return _from_american(month, day, year, hour, minute, second, fraction, None).removesuffix("Z")
    except (ValueError, OverflowError):  # 31 February; a year beyond 9999
        pass
    return text.replace(" ", "T")


def _from_iso(day: str, time: str, fraction: str | None, zone: str | None) -> str:
    if zone and zone[0] in "+-":
        shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        moved = datetime.fromisoformat(f"{day}T{time}") + (-shift if zone[0] == "+" else shift)
        day, time = moved.date().isoformat(), moved.time().isoformat()
    return f"{day}T{time}{f'.{fraction}' if fraction else ''}{'Z' if zone else ''}"


def _from_number(text: str) -> str:
    """Seconds, or thousandths or millionths of them, since 1970."""
    whole, _, fraction = text.partition(".")
    scale = {9: 6, 10: 6, 12: 3, 13: 3, 15: 0, 16: 0}.get(len(whole))
    if scale is None:
        return text
    rest = round(float(f"0.{fraction or 0}") * 10**scale)
    return _written(int(whole) * 10**scale + rest)


def _from_american(
    month: str,
    day: str,
    year: str,
    hour: str,
    minute: str,
    second: str,
    fraction: str | None,
    half: str | None,
) -> str:
    hours = int(hour) % 12 + (12 if half == "P" else 0) if half else int(hour)
    moment = datetime(int(year), int(month), int(day), hours, int(minute), int(second))
    return f"{moment.isoformat()}{f'.{fraction}' if fraction else ''}Z"


def _written(millionths: int) -> str:
    moment = _START + timedelta(microseconds=millionths)
    digits = "milliseconds" if millionths % 1000 == 0 else "microseconds"
    return moment.replace(tzinfo=None).isoformat(timespec=digits) + "Z"
