"""The model beside winacl and sddl-parser, two libraries in Python, where they are installed."""

from collections.abc import Callable, Iterator
from importlib import import_module, metadata
from itertools import cycle
from typing import Any

from benchmarks.inputs import DESIRED, DOMAIN, GROUPS, SIZES, USER, descriptors, fresh
from benchmarks.measure import Effort, Line, Racer, compared, side_by_side
from tokenlab.security import SecurityContext, SecurityDescriptor, granted_access

OURS = "tokenlab"
MODULES = {"winacl": "winacl.dtyp.security_descriptor", "sddl-parser": "sddl_parser"}


def installed() -> dict[str, str]:
    """The version of each peer, or ``not installed``."""
    found = {}
    for name, module in MODULES.items():
        try:
            import_module(module)
            found[name] = metadata.version(name)
        except (ImportError, metadata.PackageNotFoundError):
            found[name] = "not installed"
    return found


def readers() -> dict[str, Callable[[str], object]]:
    """From text to whatever a library makes of it."""
    found: dict[str, Callable[[str], object]] = {OURS: SecurityDescriptor.from_sddl}
    peers = installed()
    if peers["winacl"] != "not installed":
        from winacl.dtyp.security_descriptor import SECURITY_DESCRIPTOR

        found["winacl"] = lambda text: SECURITY_DESCRIPTOR.from_sddl(text, domain_sid=DOMAIN)
    if peers["sddl-parser"] != "not installed":
        from sddl_parser import parse_sddl

        found["sddl-parser"] = parse_sddl
    return found


def each(do: Callable[[Any], object]) -> Callable[[list[Any]], None]:
    def work(batch: list[Any]) -> None:
        for one in batch:
            do(one)

    return work


def sddl(aces: int, effort: Effort) -> Iterator[Line]:
    for what, supply in (
        ("SDDL read", lambda: cycle(descriptors(aces))),
        ("SDDL read, new SIDs", lambda: fresh(aces)),
    ):
        racers = {name: Racer(each(read), supply()) for name, read in readers().items()}
        times = side_by_side(racers, effort)
        for other in list(racers)[1:]:
            yield compared(what, aces, times, OURS, other)


def checks(aces: int, effort: Effort) -> Iterator[Line]:
    """winacl takes [MS-DTYP]'s pseudo-code at its word where it speaks of owners and real Windows differs.

    No descriptor here is the user's own, so the verdicts agree; what is compared is speed alone.
    """
    if installed()["winacl"] == "not installed":
        return
    from winacl.dtyp.security_descriptor import SECURITY_DESCRIPTOR
    from winacl.dtyp.sid import SID
    from winacl.functions.rights_calc import EvaluateSidAgainstDescriptor as winacl_check

    context = SecurityContext(USER, GROUPS)
    sids = [SID.from_string(sid) for sid in (USER, *GROUPS)]
    mine = [SecurityDescriptor.from_sddl(text) for text in descriptors(aces)]
    others = [SECURITY_DESCRIPTOR.from_bytes(descriptor.to_bytes()) for descriptor in mine]
    for one, other in zip(mine, others, strict=True):
        if winacl_check(other, sids[0], DESIRED, sids)[0] != bool(granted_access(context, one, DESIRED)):
            raise ValueError(f"not the same verdict: {one}")
    racers = {
        OURS: Racer(each(lambda one: granted_access(context, one, DESIRED)), cycle(mine)),
        "winacl": Racer(each(lambda one: winacl_check(one, sids[0], DESIRED, sids)), cycle(others)),
    }
    yield compared("verdict", aces, side_by_side(racers, effort), OURS, "winacl")


def wire(aces: int, effort: Effort) -> Iterator[Line]:
    if installed()["winacl"] == "not installed":
        return
    from winacl.dtyp.security_descriptor import SECURITY_DESCRIPTOR

    mine = [SecurityDescriptor.from_sddl(text) for text in descriptors(aces)]
    data = [descriptor.to_bytes() for descriptor in mine]
    others = [SECURITY_DESCRIPTOR.from_bytes(one) for one in data]
    racers = {
        OURS: Racer(each(SecurityDescriptor.from_bytes), cycle(data)),
        "winacl": Racer(each(SECURITY_DESCRIPTOR.from_bytes), cycle(data)),
    }
    yield compared("bytes read", aces, side_by_side(racers, effort), OURS, "winacl")
    racers = {
        OURS: Racer(each(SecurityDescriptor.to_bytes), cycle(mine)),
        "winacl": Racer(each(SECURITY_DESCRIPTOR.to_bytes), cycle(others)),
    }
    yield compared("bytes written", aces, side_by_side(racers, effort), OURS, "winacl")


PARTS = {"checks": checks, "sddl": sddl, "bytes": wire}


def measure(parts: list[str], effort: Effort) -> list[Line]:
    return [line for part in parts for aces in SIZES for line in PARTS[part](aces, effort)]
