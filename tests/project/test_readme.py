"""The README is true: its example runs, its figures are counted, its links lead somewhere."""

import doctest
import json
import re
import subprocess
import sys

from tests.support import ROOT, shared_file
from tokenlab.teach.exercises import exercises

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_prints_what_the_readme_says():
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried > 3 and failed == 0


def test_the_machine_in_twenty_lines_runs(capsys):
    (script,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    lines = [line for line in script.splitlines() if line.strip()]
    assert len(lines) <= 20
    exec(script, {})
    printed = capsys.readouterr().out
    for words in (
        "Token 0x",
        r"ASTRO\cosmo (S-1-5-21-",
        "day one",
        "ERROR_ACCESS_DENIED (5)",
        "Security log of MISTAKENOT-WS-1",
        "4624",
        "4688",
    ):
        assert words in printed


def test_the_figures_are_those_of_today():
    shared_file("vectors/access_core.json")
    run = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "readme_figures.py"), "--check"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_link_to_a_file_leads_to_one():
    for document in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_counts_are_true():
    lessons = list(ROOT.glob("notebooks/*.ipynb"))
    cells = (cell for path in lessons for cell in json.loads(path.read_text(encoding="utf-8"))["cells"])
    asked = sum("".join(cell["source"]).count("predict(") for cell in cells if cell["cell_type"] == "code")
    said = re.search(r"has (\d+) lessons with more than (\d+) predictions, and more than (\d+) exer", README)
    assert said and int(said[1]) == len(lessons)
    assert int(said[2]) < asked < int(said[2]) + 50 and int(said[3]) < len(exercises()) < int(said[3]) + 50
