"""What is measured: descriptors and a token as an estate has them, made from a fixed seed.

Standard library only, for the part that runs beside Samba too.
"""

import random
from collections.abc import Iterator

USER = "S-1-5-21-1-2-3-1000"
DOMAIN = "S-1-5-21-1-2-3"
GROUPS = ["S-1-5-21-1-2-3-513", "S-1-1-0", "S-1-5-11", "S-1-5-32-545"] + [
    f"{DOMAIN}-{2000 + number}" for number in range(10)
]
STRANGERS = [f"{DOMAIN}-{number}" for number in range(5000, 5200)]
# numbers, for peers do not agree about letters
RIGHTS = ["0x1f01ff", "0x1200a9", "0x1301bf", "0x120089", "0x100116", "0x7"]
DESIRED = 0x120089
SIZES = (5, 20, 100)
COUNT = 300


def descriptors(aces: int, count: int = COUNT, seed: int = 1) -> list[str]:
    """Distinct SDDL texts with so many ACEs; about half of them let the user in, by the last line."""
    chance = random.Random(f"{seed} {aces}")
    texts = []
    for _ in range(count):
        lines = []
        for _ in range(aces - 1):
            kind = chance.choice("AAAAD")
            flags = chance.choice(["", "", "OICI", "OICIID", "OICIIO"])
            lines.append(f"({kind};{flags};{chance.choice(RIGHTS)};;;{chance.choice(STRANGERS)})")
        who = chance.choice([*GROUPS, *STRANGERS[: len(GROUPS)]])
        lines.append(f"(A;;0x1200a9;;;{who})")
        texts.append(f"O:BAG:SYD:{''.join(lines)}")
    return texts


def fresh(aces: int) -> Iterator[str]:
    """Endless texts; every SID of an ACE is met for the first time."""
    number = 10_000 + aces * 1_000_000
    while True:
        sids = range(number, number + aces)
        number += aces
        yield "O:BAG:SYD:" + "".join(f"(A;;0x1200a9;;;S-1-5-21-7-8-9-{sid})" for sid in sids)


def summary() -> str:
    """What the inputs are, in sentences: how much of them a cache can know."""
    everybody = len({*GROUPS, *STRANGERS})
    return (
        f"{COUNT} distinct descriptors of each size ({', '.join(map(str, SIZES))} ACEs), with {everybody} "
        f"SIDs and {len(RIGHTS)} masks between them;\na token with {len(GROUPS) + 1} SIDs. The texts come "
        "round again; in those with 'new SIDs', every SID of an ACE\nis met for the first time."
    )
