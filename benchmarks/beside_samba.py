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


def main(count: int, rounds: int) -> dict:
    ours, theirs, domain = SecurityContext(USER, GROUPS), token(), dcerpc.dom_sid(DOMAIN)
    results = {}
    for size in SIZES:
        texts = descriptors(size, count)
        read = [SecurityDescriptor.from_sddl(text) for text in texts]
        samba = [ndr_unpack(dcerpc.descriptor, mine.to_bytes()) for mine in read]
        for mine, other, text in zip(read, samba, texts):
            try:
                granted = samba_check(other, theirs, DESIRED)
            except NTSTATUSError:
                granted = 0
            if granted != granted_access(ours, mine, DESIRED):
                raise ValueError(f"not the same verdict: {granted:#x} for {text}")
        open_ = [(mine, other) for mine, other in zip(read, samba) if granted_access(ours, mine, DESIRED)]
        pairs = list(islice(cycle(open_), 20 * count))

        def verdicts():
            for mine, _ in pairs:
                granted_access(ours, mine, DESIRED)

        def explained():
            for mine, _ in pairs:
                decision = access_check(ours, mine, DESIRED)
                decision.reasons, decision.steps

        def samba_verdicts():
            for _, other in pairs:
                samba_check(other, theirs, DESIRED)

        candidates = {"verdict": verdicts, "explained": explained, "Samba": samba_verdicts}
        results[f"checks, {size} ACEs"] = summary(side_by_side(candidates, rounds, len(pairs)))

        def parse():
            for text in texts:
                SecurityDescriptor.from_sddl(text)

        def samba_parse():
            for text in texts:
                dcerpc.descriptor.from_sddl(text, domain)

        candidates = {"tokenlab": parse, "Samba": samba_parse}
        results[f"SDDL, {size} ACEs"] = summary(side_by_side(candidates, rounds, len(texts)))

        supply = iter(fresh(size, count * (rounds + 1)))

        def parse_fresh():
            for text in islice(supply, count):
                SecurityDescriptor.from_sddl(text)

        again = iter(fresh(size, count * (rounds + 1)))

        def samba_fresh():
            for text in islice(again, count):
                dcerpc.descriptor.from_sddl(text, domain)

        candidates = {"tokenlab": parse_fresh, "Samba": samba_fresh}
        results[f"SDDL of SIDs never met, {size} ACEs"] = summary(side_by_side(candidates, rounds, count))
    return results


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
