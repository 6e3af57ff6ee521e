"""How fast machines work, and whether a world of many takes time and memory in proportion to what is in it.

There is no peer to race with: these are figures of the model alone.
``python -m benchmarks.machines timed 10000`` builds a world with so many sessions and writes what that took
as JSON; so does ``weighed 10000``.
"""

import json
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measure import Effort, Racer, side_by_side
from tokenlab import FileRights, LogonType, worlds
from tokenlab.system import Directory, Machine

COSMO, NOVA = (r"ASTRO\cosmo", "open the pod bay doors"), (r"ASTRO\nova", "two roads diverged")
ROOT = Path(__file__).resolve().parent.parent
SESSIONS_EACH, USERS = 100, 2_000
FULL, QUICK = (10_000, 100_000), (1_000, 10_000)


def everyday() -> dict[str, Callable[[], object]]:
    """What machines do all day; each leaves the machine as it was, but for its log."""
    desk = worlds.astro().machine("MISTAKENOT-WS-1")
    shell = desk.start("explorer.exe", desk.log_on(*COSMO))
    return {
        "log on and off": lambda: desk.log_off(desk.log_on(*COSMO)),
        "the same, split by UAC": lambda: desk.log_off(desk.log_on(*NOVA)),
        "network logon, and off": lambda: desk.log_off(desk.log_on(*COSMO, LogonType.NETWORK)),
        "start and end a process": lambda: shell.start("notepad.exe").exit(),
        "open and close a folder": lambda: shell.open(r"C:\Windows\System32", FileRights.READ).close(),
    }


def rates(effort: Effort) -> dict[str, float]:
    """How often a second each of them happens: the best round."""

    def repeat(do: Callable[[], object]) -> Racer:
        def work(batch: list[None]) -> None:
            for _ in batch:
                do()

        return Racer(work, iter(lambda: None, 0))

    times = side_by_side({name: repeat(do) for name, do in everyday().items()}, effort)
    return {name: 1 / min(seconds) for name, seconds in times.items()}


class Grown(NamedTuple):
    """What a world of so many sessions took: seconds to build, seconds to ask, bytes to keep."""

    machines: int
    sessions: int
    build: float
    ask: float
    memory: int


def build(sessions: int) -> list[Machine]:
    """A domain with its users, a hundred of them logged on to each machine."""
    domain = Directory("ASTRO", "S-1-5-21-11-22-33", "astro.example")
    names = [domain.add_user(f"user{number}", "a password").name for number in range(USERS)]
    machines = [Machine(f"WS-{number}", domain) for number in range(sessions // SESSIONS_EACH)]
    for place, machine in enumerate(machines):
        for number in range(SESSIONS_EACH):
            name = names[(place * SESSIONS_EACH + number) % USERS]
            machine.log_on(rf"ASTRO\{name}", "a password", LogonType.NETWORK)
    return machines


def ask(machines: list[Machine]) -> Counter[str]:
    """How often everybody is logged on: every session by its LUID, its tokens, and its 4624."""
    found: Counter[str] = Counter()
    for machine in machines:
        for event in machine.log.events(4624):
            session = machine.session(int(event["TargetLogonId"], 16))
            found[session.user_name] += len(session.tokens)
    return found


def timed(sessions: int) -> dict[str, float]:
    """Build a world and ask it."""
    start = time.perf_counter()
    machines = build(sessions)
    built = time.perf_counter()
    assert ask(machines).total() == sessions
    return {"machines": len(machines), "build": built - start, "ask": time.perf_counter() - built}


def weighed(sessions: int) -> dict[str, float]:
    """Build a world and count its bytes, which slows Python down."""
    tracemalloc.start()
    machines = build(sessions)
    memory, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"machines": len(machines), "memory": memory}


def grown(sessions: int) -> Grown:
    """Both, each in a process of its own, where nobody else's memory is in the way."""
    found: dict[str, Any] = {}
    for what in ("timed", "weighed"):
        command = [sys.executable, "-m", "benchmarks.machines", what, str(sessions)]
        run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
        found |= json.loads(run.stdout)
    return Grown(sessions=sessions, **found)


def ratios(small: Grown, large: Grown) -> dict[str, float]:
    """How many times as much the larger world takes."""
    whole = zip(Grown._fields, small, large, strict=True)
    return {name: more / less for name, less, more in whole}


def table(worlds: list[Grown]) -> str:
    """Both worlds and their ratio, aligned."""
    rows = [f"{'machines':>10}{'sessions':>10}{'built, s':>10}{'asked, s':>10}{'MB':>10}"]
    for one in worlds:
        times = f"{one.build:>10.2f}{one.ask:>10.3f}"
        rows.append(f"{one.machines:>10,}{one.sessions:>10,}{times}{one.memory / 1e6:>10,.0f}")
    more = ratios(*worlds)
    rows.append("".join(f"{more[name]:>10.1f}" for name in Grown._fields) + "  times as much")
    return "\n".join(rows)


if __name__ == "__main__":
    print(json.dumps({"timed": timed, "weighed": weighed}[sys.argv[1]](int(sys.argv[2]))))
