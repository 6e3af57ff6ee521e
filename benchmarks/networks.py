"""How many connections a second, and whether a network of many machines takes time in proportion to its hops.

``python -m benchmarks.networks 10000`` builds a network, makes so many hops and writes JSON.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tokenlab.network import Domain, Network, SmbShare
from tokenlab.system import Clock, Directory, Machine

ROOT = Path(__file__).resolve().parent.parent
MACHINES = 1_000
FULL, QUICK = (10_000, 100_000), (500, 5_000)


class Hopped(NamedTuple):
    """A network and its hops: seconds to build it, seconds for the hops, how many of them arrived."""

    machines: int
    hops: int
    build: float
    hop: float
    arrived: int


def build(machines: int) -> Network:
    """A controller and so many machines, with somebody at the desk of each."""
    clock = Clock()
    directory = Directory("ASTRO", "S-1-5-21-11-22-33", "astro.example")
    controller = Machine("DC", directory, controller=True, clock=clock)
    network = Network(Domain(directory), controller)
    for number in range(machines):
        directory.add_user(f"user{number}", "a password")
        network.add(Machine(f"WS-{number}", directory, sid=f"S-1-5-21-1-2-{number + 3}", clock=clock))
    return network


def hop(network: Network, hops: int) -> int:
    """So many connections, from each machine to others in turn; how many arrived."""
    names = [name for name in network.machines if name != "DC"]
    shares = {name: SmbShare(network.machines[name]) for name in names}
    desks = {}
    arrived = 0
    for number in range(hops):
        here, there = names[number % len(names)], names[(number * 7 + 1) % len(names)]
        if here not in desks:
            machine = network.machines[here]
            token = machine.log_on(rf"ASTRO\user{here.rpartition('-')[2]}", "a password")
            desks[here] = machine.start("explorer.exe", token).thread
        outcome = network.connect(desks[here], shares[there])
        arrived += outcome.ok
        outcome.close()
    return arrived


def measured(hops: int, machines: int = MACHINES) -> Hopped:
    """Build the network and make the hops."""
    start = time.perf_counter()
    network = build(machines)
    built = time.perf_counter()
    arrived = hop(network, hops)
    return Hopped(machines, hops, built - start, time.perf_counter() - built, arrived)


def apart(hops: int) -> Hopped:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.networks", str(hops)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    return Hopped(*json.loads(run.stdout))


def table(found: list[Hopped]) -> str:
    """Each size, and how many times as long the larger one takes."""
    rows = [f"{'machines':>10}{'hops':>10}{'built, s':>10}{'hopped, s':>11}{'hops a second':>15}"]
    for one in found:
        rate = one.hops / one.hop
        rows.append(f"{one.machines:>10,}{one.hops:>10,}{one.build:>10.2f}{one.hop:>11.2f}{rate:>15,.0f}")
    small, large = found
    rows.append(
        f"{'':>10}{large.hops / small.hops:>10.1f}{'':>10}{large.hop / small.hop:>11.1f}  times as much"
    )
    return "\n".join(rows)


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]))))
