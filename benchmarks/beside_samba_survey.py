"""A survey beside a loop over Samba's C: run by Debian's Python, the only one that knows Samba.

Reads how many contexts and descriptors there are from the command line; writes JSON. Every pair is another
question; what texts cost to read is not counted.
"""

import json
import random
import sys
import time

from samba import NTSTATUSError
from samba.dcerpc import security as dcerpc
from samba.ndr import ndr_unpack
from samba.security import access_check as samba_check

from benchmarks.inputs import DOMAIN
from tokenlab.security import Ace, Acl, SecurityContext, SecurityDescriptor
from tokenlab.security.check.survey import survey

WANTED = {"read data": 0x1, "write data": 0x2, "read": 0x120089}
ACES, GROUPS_EACH, SAMBAS_PAIRS = 20, 20, 40_000
MASKS = [0x1F01FF, 0x1301BF, 0x1200A9, 0x120089, 0x120116]
USERS = [f"{DOMAIN}-{1000 + number}" for number in range(1000)]
GROUPS = [f"{DOMAIN}-{3000 + number}" for number in range(1000)]
SHARED = ["S-1-5-32-544", "S-1-5-32-545", "S-1-5-18"]


def people(count: int) -> dict[str, SecurityContext]:
    """Users with twenty groups each, and with Everyone and Authenticated Users."""
    chance = random.Random("people")
    return {
        user: SecurityContext(user, [*chance.sample(GROUPS, GROUPS_EACH), "S-1-1-0", "S-1-5-11"])
        for user in USERS[:count]
    }


def things(count: int) -> dict[str, SecurityDescriptor]:
    """Different descriptors of twenty lines, most of them allowing."""
    chance = random.Random("things")
    made = {}
    for number in range(count):
        lines = [
            chance.choice([Ace.allow] * 4 + [Ace.deny])(chance.choice(GROUPS + SHARED), chance.choice(MASKS))
            for _ in range(ACES)
        ]
        made[f"file {number}"] = SecurityDescriptor(chance.choice(USERS + GROUPS), USERS[0], Acl(lines))
    return made


def token(context: SecurityContext):
    made = dcerpc.token()
    sids = [dcerpc.dom_sid(sid) for sid in (context.user, *(group.sid for group in context.groups))]
    made.sids = sids
    made.num_sids = len(sids)
    return made


def sambas_pairs_a_second(contexts, descriptors, desired: int, answers) -> float:
    """A loop over some of the pairs. Raises ValueError where the answers differ."""
    tokens = {name: token(context) for name, context in list(contexts.items())[:200]}
    objects = {
        path: ndr_unpack(dcerpc.descriptor, descriptor.to_bytes())
        for path, descriptor in list(descriptors.items())[: SAMBAS_PAIRS // len(tokens)]
    }
    found = []
    start = time.perf_counter()
    for one in objects.values():
        for who in tokens.values():
            try:
                samba_check(one, who, desired)
                found.append(True)
            except NTSTATUSError:
                found.append(False)
    seconds = time.perf_counter() - start
    for (path, name), theirs in zip(((p, n) for p in objects for n in tokens), found, strict=True):
        if answers.grants(name, path) is not theirs:
            raise ValueError(f"not the same answer for {name} and {path}")
    return len(found) / seconds


def main() -> None:
    count, size = map(int, sys.argv[1:])
    contexts, descriptors = people(count), things(size)
    half = dict(list(descriptors.items())[: size // 2])
    result = []
    for words, desired in WANTED.items():
        times = {}
        for name, some in (("half", half), ("whole", descriptors)) * 3:
            start = time.perf_counter()
            answers = survey(contexts, some, desired)
            times[name] = min(times.get(name, 9e9), time.perf_counter() - start)
        theirs = sambas_pairs_a_second(contexts, descriptors, desired, answers)
        ours = answers.pairs / times["whole"]
        result.append(
            {
                "what": words,
                "pairs": answers.pairs,
                "granted": answers.granted_pairs,
                "ours_per_second": ours,
                "samba_per_second": theirs,
                "times_sambas": ours / theirs,
                "twice_the_work": times["whole"] / times["half"],
            }
        )
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
