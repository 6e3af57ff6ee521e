"""The forms in which records of logs are passed on, one file each.

Of objects (JSON, or rows of a table) `FORMS` is the list: a new one joins by one entry. `fits` is asked in
this order, and says whether a row is of this form; `read` gives its records, or raises `UnreadableRecord`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from tokenlab.real.forms import (
    chainsaw,
    evtx_dump,
    evtxecmd,
    flat,
    hayabusa,
    powershell,
    sentinel,
    splunk,
    velociraptor,
    wazuh,
    winlogbeat,
)
from tokenlab.real.forms.record import RawRow
from tokenlab.values import Event


class LogForm(NamedTuple):
    """A shape of objects that hold a record."""

    name: str
    fits: Callable[[RawRow], bool]
    read: Callable[[RawRow], Iterable[Event]]


FORMS = (
    LogForm("evtx_dump", evtx_dump.fits, evtx_dump.read),
    LogForm("Winlogbeat, Elastic Agent", winlogbeat.fits, winlogbeat.read),
    LogForm("Wazuh", wazuh.fits, wazuh.read),
    LogForm("Splunk", splunk.fits, splunk.read),
    LogForm("Sentinel", sentinel.fits, sentinel.read),
    LogForm("Velociraptor", velociraptor.fits, velociraptor.read),
    LogForm("Chainsaw", chainsaw.fits, chainsaw.read),
    LogForm("Hayabusa", hayabusa.fits, hayabusa.read),
    LogForm("EvtxECmd", evtxecmd.fits, evtxecmd.read),
    LogForm("Get-WinEvent | ConvertTo-Json", powershell.fits, powershell.read),
    LogForm("fields side by side", flat.fits, flat.read),
)
