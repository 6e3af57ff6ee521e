"""``python -m benchmarks``: what is fast, side by side with peers; no figure here is a promise."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks import parsers
from benchmarks.inputs import GROUPS

ROOT = Path(__file__).resolve().parent.parent
SAMBAS_PYTHON = "/usr/bin/python3"


def beside_samba(count: int, rounds: int) -> dict | str:
    """What the worker measured, or why there is nothing."""
    command = [SAMBAS_PYTHON, "-m", "benchmarks.beside_samba", str(count), str(rounds)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    except OSError as error:
        return str(error)
    if run.returncode:
        return run.stderr.strip().splitlines()[-1] if run.stderr.strip() else "no output"
    return json.loads(run.stdout)


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


def table(results: dict[str, dict[str, dict[str, float]]]) -> str:
    lines = []
    for what, candidates in results.items():
        lines.append(what)
        for name, figures in candidates.items():
            rate = f"{figures['per_second']:>12,.0f} a second"
            lines.append(f"    {name:12}{rate}   {figures['times_first']:8.2f} times the first's time")
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--quick", action="store_true", help="fewer texts and rounds")
    options.add_argument("--json", type=Path, help="also write the figures to this file")
    chosen = options.parse_args()
    count, rounds = (40, 5) if chosen.quick else (300, 15)

    print(
        f"{count} distinct descriptors of each size, a token with {len(GROUPS) + 1} SIDs; {rounds} rounds in"
    )
    print("turns, the middle one counts. Machines are noisy: trust the ratios, not the rates.\n")
    samba = beside_samba(count, rounds)
    print("Beside Samba's C, called from Python, in one process of Samba's Python")
    if isinstance(samba, str):
        print(f"    not measured: {samba}")
    else:
        print("('explained' has the reason for every right and every step; sentences are written when read)")
        print(table(samba))
    others = parsers.measure(count, rounds)
    print("\nBeside parsers in Python")
    print(table(others))
    cost = import_cost(5 if chosen.quick else 15)
    print("\nCPU of an import, in ms: " + ", ".join(f"{name} {ms:.0f}" for name, ms in cost.items()))
    if chosen.json:
        figures = {"samba": samba, "parsers": others, "import": cost}
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
