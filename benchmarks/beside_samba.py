"""The model and Samba's C, in one process: run by Debian's Python, the only one that knows Samba.

Reads the number of texts and of rounds from the command line, writes JSON.
"""

import json
import sys
from itertools import cycle, islice

from samba import NTSTATUSError
from samba.dcerpc import security as dcerpc
from samba.ndr import ndr_unpack
from samba.security import access_check as samba_check

from benchmarks.inputs import DESIRED, DOMAIN, GROUPS, SIZES, USER, descriptors, fresh
from benchmarks.measure import side_by_side, summary
from tokenlab.security import SecurityContext, SecurityDescriptor, access_check, granted_access


def token():
    """The same token for Samba."""
    made = dcerpc.token()
    sids = [dcerpc.dom_sid(sid) for sid in (USER, *GROUPS)]
    made.sids = sids
    made.num_sids = len(sids)  # counted by hand: reading made.sids back asks for it
    return made


def measured(size: int, count: int, rounds: int) -> dict:
    """Everything for descriptors with so many ACEs."""
    ours, theirs, domain = SecurityContext(USER, GROUPS), token(), dcerpc.dom_sid(DOMAIN)
    texts = descriptors(size, count)
    both = []
    for text in texts:
        mine = SecurityDescriptor.from_sddl(text)
        other = ndr_unpack(dcerpc.descriptor, mine.to_bytes())
        if same_verdict(ours, mine, theirs, other):
            both.append((mine, other))
    pairs = list(islice(cycle(both), 20 * count))

    def verdicts():
        for mine, _ in pairs:
            granted_access(ours, mine, DESIRED)

    def explained():
        for mine, _ in pairs:
            decision = access_check(ours, mine, DESIRED)
            assert decision.reasons and decision.steps

    def samba_verdicts():
        for _, other in pairs:
            samba_check(other, theirs, DESIRED)

    def parse(supply):
        for text in islice(supply, count):
            SecurityDescriptor.from_sddl(text)

    def samba_parse(supply):
        for text in islice(supply, count):
            dcerpc.descriptor.from_sddl(text, domain)

    def parsing(made):
        """Each candidate gets the same texts, from a supply of its own."""
        one, other = iter(made), iter(made)
        return {"tokenlab": lambda: parse(one), "Samba": lambda: samba_parse(other)}

    checks = {"verdict": verdicts, "explained": explained, "Samba": samba_verdicts}
    times = {
        f"checks, {size} ACEs": side_by_side(checks, rounds, len(pairs)),
        f"SDDL, {size} ACEs": side_by_side(parsing(texts * (rounds + 1)), rounds, count),
        f"SDDL of SIDs never met, {size} ACEs": side_by_side(
            parsing(fresh(size, count * (rounds + 1))), rounds, count
        ),
    }
    return {what: summary(figures) for what, figures in times.items()}


def same_verdict(ours, mine, theirs, other) -> bool:
    """True if access is granted; raises where the two do not agree, for then a race means nothing."""
    try:
        granted = samba_check(other, theirs, DESIRED)
    except NTSTATUSError:
        granted = 0
    if granted != granted_access(ours, mine, DESIRED):
        raise ValueError(f"not the same verdict: {granted:#x} for {mine}")
    return bool(granted)


if __name__ == "__main__":
    results = {}
    for size in SIZES:
        results |= measured(size, int(sys.argv[1]), int(sys.argv[2]))
    print(json.dumps(results))
