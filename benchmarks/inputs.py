"""What is measured: descriptors and a token as an estate has them, made from a fixed seed.

Standard library only, for the part that runs beside Samba too.
"""

import random

USER = "S-1-5-21-1-2-3-1000"
DOMAIN = "S-1-5-21-1-2-3"
GROUPS = ["S-1-5-21-1-2-3-513", "S-1-1-0", "S-1-5-11", "S-1-5-32-545"] + [
    f"{DOMAIN}-{2000 + number}" for number in range(10)
]
DESIRED = 0x120089
SIZES = (5, 20, 100)


def descriptors(aces: int, count: int, seed: int = 1) -> list[str]:
    """Distinct SDDL texts with so many ACEs; about half of them let the user in, by a late line."""
    chance = random.Random(f"{seed} {aces}")
    strangers = [f"{DOMAIN}-{number}" for number in range(5000, 5200)]
    texts = []
    for _ in range(count):
        lines = []
        for _ in range(aces - 1):
            kind = chance.choice("AAAAD")
            flags = chance.choice(["", "", "OICI", "OICIID", "OICIIO"])
            # numbers, for peers do not agree about letters
            rights = chance.choice(["0x1f01ff", "0x1200a9", "0x1301bf", "0x120089", "0x100116", "0x7"])
            lines.append(f"({kind};{flags};{rights};;;{chance.choice(strangers)})")
        who = chance.choice([*GROUPS, *strangers[: len(GROUPS)]])
        lines.append(f"(A;;0x1200a9;;;{who})")
        texts.append(f"O:BAG:SYD:{''.join(lines)}")
    return texts


def fresh(aces: int, count: int) -> list[str]:
    """Texts whose every SID is met for the first time."""
    number = 10_000 + aces * 1_000_000
    texts = []
    for _ in range(count):
        sids = range(number, number + aces)
        number += aces
        texts.append("O:BAG:SYD:" + "".join(f"(A;;0x1200a9;;;S-1-5-21-7-8-9-{sid})" for sid in sids))
    return texts
