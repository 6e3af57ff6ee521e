"""The model and Samba's C, in one process: run by Debian's Python, the only one that knows Samba.

Reads rounds, seconds and the parts to measure from the command line; writes JSON.
"""

import json
import platform
import sys
from collections.abc import Iterator
from itertools import cycle

from samba import NTSTATUSError, version
from samba.dcerpc import security as dcerpc
from samba.ndr import ndr_pack, ndr_unpack
from samba.security import access_check as samba_check

from benchmarks.inputs import DESIRED, DOMAIN, GROUPS, SIZES, USER, descriptors, fresh
from benchmarks.measure import Effort, Line, Racer, compared, side_by_side
from tokenlab.security import SecurityContext, SecurityDescriptor, access_check, granted_access

OURS, THEIRS = "tokenlab", "Samba"


def token():
    """The same token for Samba."""
    made = dcerpc.token()
    sids = [dcerpc.dom_sid(sid) for sid in (USER, *GROUPS)]
    made.sids = sids
    made.num_sids = len(sids)  # counted by hand: reading made.sids back asks for it
    return made


CONTEXT, TOKEN, SAMBAS_DOMAIN = SecurityContext(USER, GROUPS), token(), dcerpc.dom_sid(DOMAIN)


def read(text: str) -> SecurityDescriptor:
    return SecurityDescriptor.from_sddl(text)


def samba_read(text: str):
    return dcerpc.descriptor.from_sddl(text, SAMBAS_DOMAIN)


def granting(texts: list[str]) -> list[str]:
    """Those that let the user in: Samba answers a refusal with an exception, which takes longer.

    Raises ValueError where the two read a text or decide differently, for then a race means nothing.
    """
    granted = []
    for text in texts:
        mine, other = read(text), samba_read(text)
        if SecurityDescriptor.from_bytes(ndr_pack(other)).dacl.aces != mine.dacl.aces:
            raise ValueError(f"not the same ACEs: {text}")
        try:
            mask = samba_check(other, TOKEN, DESIRED)
        except NTSTATUSError:
            mask = 0
        if mask != granted_access(CONTEXT, mine, DESIRED):
            raise ValueError(f"not the same verdict: {mask:#x} for {text}")
        if mask:
            granted.append(text)
    return granted


def checks(aces: int, effort: Effort) -> Iterator[Line]:
    def verdict(batch):
        for mine in batch:
            granted_access(CONTEXT, mine, DESIRED)

    def samba_verdict(batch):
        for other in batch:
            samba_check(other, TOKEN, DESIRED)

    def with_reasons(batch):
        for mine in batch:
            assert access_check(CONTEXT, mine, DESIRED).reasons

    def with_steps(batch):
        for mine in batch:
            decision = access_check(CONTEXT, mine, DESIRED)
            assert decision.reasons and list(decision.steps)  # each is made when it is looked at

    def in_words(batch):
        for mine in batch:
            str(access_check(CONTEXT, mine, DESIRED))

    texts = granting(descriptors(aces))
    mine, others = [read(text) for text in texts], [samba_read(text) for text in texts]
    verdict(mine)  # a DACL keeps what its first check worked out; that one is measured below
    racers = {
        OURS: Racer(verdict, cycle(mine)),
        THEIRS: Racer(samba_verdict, cycle(others)),
        "reasons": Racer(with_reasons, cycle(mine)),
        "steps": Racer(with_steps, cycle(mine)),
        "words": Racer(in_words, cycle(mine)),
    }
    times = side_by_side(racers, effort)
    yield compared("verdict", aces, times, OURS, THEIRS)
    for what, ours in (
        ("all reasons", "reasons"),
        ("all reasons and steps", "steps"),
        ("all sentences", "words"),
    ):
        yield compared(what, aces, times, ours, OURS)._replace(other="a verdict")
    racers = {
        OURS: Racer(verdict, map(read, cycle(texts))),
        THEIRS: Racer(samba_verdict, map(samba_read, cycle(texts))),
    }
    yield compared("first verdict on a DACL", aces, side_by_side(racers, effort), OURS, THEIRS)


def sddl(aces: int, effort: Effort) -> Iterator[Line]:
    def parse(batch):
        for text in batch:
            SecurityDescriptor.from_sddl(text)

    def samba_parse(batch):
        for text in batch:
            dcerpc.descriptor.from_sddl(text, SAMBAS_DOMAIN)

    texts = descriptors(aces)
    racers = {OURS: Racer(parse, cycle(texts)), THEIRS: Racer(samba_parse, cycle(texts))}
    yield compared("SDDL read", aces, side_by_side(racers, effort), OURS, THEIRS)
    racers = {OURS: Racer(parse, fresh(aces)), THEIRS: Racer(samba_parse, fresh(aces))}
    yield compared("SDDL read, new SIDs", aces, side_by_side(racers, effort), OURS, THEIRS)


def wire(aces: int, effort: Effort) -> Iterator[Line]:
    def decode(batch):
        for data in batch:
            SecurityDescriptor.from_bytes(data)

    def samba_decode(batch):
        for data in batch:
            ndr_unpack(dcerpc.descriptor, data)

    def encode(batch):
        for mine in batch:
            mine.to_bytes()

    def samba_encode(batch):
        for other in batch:
            ndr_pack(other)

    mine = [read(text) for text in descriptors(aces)]
    data = [descriptor.to_bytes() for descriptor in mine]
    others = [ndr_unpack(dcerpc.descriptor, one) for one in data]
    racers = {OURS: Racer(decode, cycle(data)), THEIRS: Racer(samba_decode, cycle(data))}
    yield compared("bytes read", aces, side_by_side(racers, effort), OURS, THEIRS)
    racers = {OURS: Racer(encode, cycle(mine)), THEIRS: Racer(samba_encode, cycle(others))}
    yield compared("bytes written", aces, side_by_side(racers, effort), OURS, THEIRS)


PARTS = {"checks": checks, "sddl": sddl, "bytes": wire}


def main(rounds: str, seconds: str, *parts: str) -> None:
    effort = Effort(int(rounds), float(seconds))
    lines = [line._asdict() for part in parts for aces in SIZES for line in PARTS[part](aces, effort)]
    title = f"Samba {version}, C called from Python {platform.python_version()}"
    print(json.dumps({"title": title, "lines": lines}))


if __name__ == "__main__":
    main(*sys.argv[1:])
