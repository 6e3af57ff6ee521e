"""How fast the model is, side by side with peers in one run; no figure here is a promise."""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import beside_parsers, grading, growth, logs, machines, networks
from benchmarks.inputs import summary
from benchmarks.measure import Effort, Line

ROOT = Path(__file__).resolve().parent.parent
SAMBAS_PYTHON = "/usr/bin/python3"
RACES = ("checks", "sddl", "bytes")
PARTS = (*RACES, "survey", "machine", "world", "network", "logs", "growth", "grading", "import")
FULL, QUICK = Effort(15, 0.012), Effort(5, 0.002)


def in_sambas_python(module: str, *arguments: object) -> Any:
    """What a worker measured beside Samba, or a text that says why there is nothing."""
    command = [SAMBAS_PYTHON, "-m", f"benchmarks.{module}", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    except OSError:
        return "not installed"
    if run.returncode == 0:
        return json.loads(run.stdout)
    if "No module named 'samba'" in run.stderr:
        return "not installed"
    return f"not measured: {(run.stderr.strip() or 'no output').splitlines()[-1]}"


def import_cost(tries: int) -> dict[str, float]:
    """CPU milliseconds (user and system) of ``import tokenlab``, without Python's own start.

    Empty on Windows, which does not count the CPU of children.
    """
    if os.name == "nt":
        return {}
    import resource

    def cpu(code: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    cpu("import tokenlab")  # writes the bytecode
    pairs = [(cpu("import tokenlab"), cpu("pass")) for _ in range(tries)]
    return {
        "import tokenlab": median(one - other for one, other in pairs),
        "Python itself": median(other for _, other in pairs),
    }


def table(lines: list[Line]) -> str:
    """Aligned text; comparisons of one kind stand together."""
    kinds = list(dict.fromkeys((line.what, line.other) for line in lines))
    rows = [
        f"{'':24}{'ACEs':>5}  {'ours a second':>14}   {'the other':22}  {'ours/other':>10}  {'lowest':>6}"
    ]
    for line in sorted(lines, key=lambda line: kinds.index((line.what, line.other))):
        other = f"{line.other_per_second:,.0f}"
        rows.append(
            f"{line.what:24}{line.aces:>5}  {line.ours_per_second:>14,.0f}   {line.other:11} {other:>10}  "
            f"{line.ratio:>10.3g}  {line.lowest:>6.3g}"
        )
    return "\n".join(rows)


def races(parts: list[str], effort: Effort) -> dict[str, object]:
    """Print how checks, texts and bytes compare; give the figures."""
    print(summary())
    print(
        f"\n'ours/other' is time: below 1, ours is faster; the middle of {effort.rounds} rounds in turns, "
        "and the lowest.\nMachines are noisy: noise hits both sides of a ratio, so trust the ratios."
    )
    samba = in_sambas_python("beside_samba", *effort, *parts)
    if isinstance(samba, str):
        print(f"\nBeside Samba: {samba}")
    else:
        print(f"\nBeside {samba['title']}, in one process; checks that grant")
        print(table([Line(**line) for line in samba["lines"]]))
    lines = beside_parsers.measure(parts, effort)
    versions = ", ".join(f"{name} {version}" for name, version in beside_parsers.installed().items())
    print(f"\nBeside {versions}, all in Python {platform.python_version()}")
    print(table(lines) if lines else "nothing to compare")
    return {"samba": samba, "parsers": [line._asdict() for line in lines]}


def surveys(quick: bool) -> object:
    """Print how many pairs of a context and a descriptor are decided, beside a loop over Samba's check."""
    people, things = (200, 1_000) if quick else (1_000, 10_000)
    samba = in_sambas_python("beside_samba_survey", people, things)
    print(
        f"\nWho can reach what: {people:,} contexts, {things:,} descriptors; beside a loop over Samba's check"
    )
    if isinstance(samba, str):
        print(f"  {samba}")
    else:
        for line in samba:
            print(
                f"  {line['what']:12}{line['ours_per_second']:>14,.0f} pairs a second, "
                f"{line['times_sambas']:.0f} times as many; "
                f"twice the descriptors take {line['twice_the_work']:.1f} times as long"
            )
    return samba


def everyday(effort: Effort) -> dict[str, float]:
    """Print how often a second a machine does what it does all day."""
    found = machines.rates(effort)
    print("\nA machine at work, alone: nothing to compare with")
    for name, rate in found.items():
        print(f"  {name:26}{rate:>10,.0f} a second")
    return found


def grown(quick: bool) -> list[dict[str, object]]:
    """Print what worlds of two sizes take."""
    found = [machines.grown(size) for size in (machines.QUICK if quick else machines.FULL)]
    print("\nWorlds with a hundred sessions on each machine, each in a process of its own")
    print(machines.table(found))
    return [one._asdict() for one in found]


def hopped(quick: bool) -> list[dict[str, object]]:
    """Print how long so many hops in a network of a thousand machines take."""
    found = [networks.apart(size) for size in (networks.QUICK if quick else networks.FULL)]
    print("\nA network of a thousand machines, somebody at the desk of each; hops by Kerberos to shares")
    print(networks.table(found))
    return [one._asdict() for one in found]


def logs_read(quick: bool) -> list[dict[str, object]]:
    """Print how fast logs are read, beside ``json`` alone, and what twice and four times as many take."""
    found = logs.measure(logs.QUICK if quick else logs.FULL)
    print("\nLogs read: 'beside json' is time, in times of the library that only parses the text")
    print(logs.table(found))
    return [one._asdict() for one in found]


def costs_grown(quick: bool) -> list[dict[str, object]]:
    """Print how much longer inputs take that are twice, four and eight times as long."""
    found = growth.measure(growth.QUICK if quick else growth.FULL)
    print(
        "\nInputs of n, 2n, 4n, 8n: the time in times of the first; growth is 1 where cost is in proportion"
    )
    print(growth.table(found))
    return [{**one._asdict(), "growth": one.growth} for one in found]


def class_graded(quick: bool) -> dict[str, object]:
    """Print how long a submission takes, by the trusted grader and by nbgrader."""
    found = grading.measured(grading.QUICK if quick else grading.FULL)
    print("\nA class of one lesson graded, several at once; nbgrader grades one after the other")
    print(grading.text(found))
    return found._asdict()


def starts(tries: int) -> dict[str, float]:
    """Print what a start of the package costs."""
    cost = import_cost(tries)
    print(
        f"\nCPU of a start: {', '.join(f'{name} {ms:.0f} ms' for name, ms in cost.items()) or 'not counted'}"
    )
    return cost


def main(arguments: list[str] | None = None) -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--quick", action="store_true", help="fewer and shorter rounds, smaller worlds")
    options.add_argument("--only", choices=PARTS, action="append", help="this part; may be repeated")
    options.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    chosen = options.parse_args(arguments)
    quick, effort = chosen.quick, QUICK if chosen.quick else FULL
    parts = chosen.only or PARTS
    figures: dict[str, object] = {}
    if raced := [part for part in RACES if part in parts]:
        figures |= races(raced, effort)
    measured: dict[str, Callable[[], object]] = {
        "survey": lambda: surveys(quick),
        "machine": lambda: everyday(effort),
        "world": lambda: grown(quick),
        "network": lambda: hopped(quick),
        "logs": lambda: logs_read(quick),
        "growth": lambda: costs_grown(quick),
        "grading": lambda: class_graded(quick),
        "import": lambda: starts(5 if quick else 15),
    }
    figures |= {part: measure() for part, measure in measured.items() if part in parts}
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
