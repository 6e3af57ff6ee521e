"""The forms in which records of logs are passed on, one file each.

Of objects (JSON, or rows of a table) `FORMS` is the list: a new one joins by one entry. `fits` is asked in
this order, and says whether a row is of this form; `read` gives its records, or raises `Unreadable`.
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


class Form(NamedTuple):
    """A shape of objects that hold a record."""

    name: str
    fits: Callable[[RawRow], bool]
    read: Callable[[RawRow], Iterable[Event]]


FORMS = (
    Form("evtx_dump", evtx_dump.fits, evtx_dump.read),
    Form("Winlogbeat, Elastic Agent", winlogbeat.fits, winlogbeat.read),
    Form("Wazuh", wazuh.fits, wazuh.read),
    Form("Splunk", splunk.fits, splunk.read),
    Form("Sentinel", sentinel.fits, sentinel.read),
    Form("Velociraptor", velociraptor.fits, velociraptor.read),
    Form("Chainsaw", chainsaw.fits, chainsaw.read),
    Form("Hayabusa", hayabusa.fits, hayabusa.read),
    Form("EvtxECmd", evtxecmd.fits, evtxecmd.read),
    Form("Get-WinEvent | ConvertTo-Json", powershell.fits, powershell.read),
    Form("fields side by side", flat.fits, flat.read),
)
