"""Make solutions/ from the exercises' files, and exercises/ from those as nbgrader does it.

    python tools/make_exercises.py            all of them
    python tools/make_exercises.py 04 12      these lessons
    python tools/make_exercises.py --check    write nothing, fail where a notebook would change

A solution is run again if its cells change, or what its tasks and checks print: outputs are committed. The
same files give the same bytes on every machine.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tokenlab.teach.check import Assignment, judge_task, make_task, read_answer
from tokenlab.teach.exercises import exercises, lesson_file, lesson_modules
from tokenlab.teach.solving import solve
from tokenlab.teach.variant import Variant
from tools.run_notebooks import run
from tools.solution_notebook import solution_notebook

ROOT = Path(__file__).resolve().parent.parent
SOURCE, RELEASE = "solutions", "exercises"


def renew_solutions(check: bool, lessons: list[str]) -> list[str]:
    """Write the solutions whose cells are not what the files say; their names."""
    changed = []
    for lesson, module in lesson_modules().items():
        if (lessons and lesson not in lessons) or not module.with_suffix(".toml").exists():
            continue
        file = lesson_file(lesson)
        name = assignment_name(lesson, file.head["title"])
        path = ROOT / SOURCE / name / f"{name}.ipynb"
        taught = (ROOT / "notebooks" / path.name).exists()
        wanted = solution_notebook(lesson, name, file, exercises(lesson), taught)
        there = path.read_text(encoding="utf-8") if path.exists() else ""
        if there and _cells(there) == _cells(wanted) and _printed(there) == _prints(lesson):
            continue
        changed.append(f"{SOURCE}/{name}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted, encoding="utf-8")
            path.write_text(run(path), encoding="utf-8")
    return changed


def assignment_name(lesson: str, title: str) -> str:
    """As the lesson's notebook is called; where there is none, the number and the words of the title."""
    for path in ROOT.glob(f"notebooks/{lesson}_*.ipynb"):
        return path.stem
    return "_".join([lesson, *re.findall(r"[a-z0-9]+", title.lower())])


def _cells(text: str) -> list[object]:
    return [
        (cell["cell_type"], cell["metadata"], "".join(cell["source"])) for cell in json.loads(text)["cells"]
    ]


def _printed(text: str) -> list[str]:
    """What the cells of tasks and checks of a notebook printed, without the notes below a judgement."""
    found = []
    for cell in json.loads(text)["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        shown = [output["data"] for output in cell.get("outputs", ()) if "data" in output]
        if shown and name.startswith(("task_", "check_")):
            found.append("".join(shown[0]["text/plain"]).partition("\nAll right.")[0])
    return found


def _prints(lesson: str) -> list[str]:
    """What they print today, for the learner that the solutions are run for."""
    found = []
    for exercise in exercises(lesson):
        task = make_task(exercise, Variant())
        judged = judge_task(exercise, task, read_answer(task, solve(exercise, task)))
        found += [str(Assignment(exercise, task)), str(judged)]
    return found


def release(folder: Path, lessons: list[str]) -> None:
    """Let nbgrader make ``folder/exercises`` from the project's solutions, all in one process."""
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for path in sorted((ROOT / SOURCE).iterdir()):
        if path.is_dir() and (not lessons or path.name[:2] in lessons):
            shutil.copytree(
                path, folder / SOURCE / path.name, ignore=shutil.ignore_patterns(".ipynb_checkpoints")
            )
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "*", "--no-db", "--force"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"nbgrader cannot make the exercises:\n{done.stderr[-3000:]}")


def contents(folder: Path) -> dict[str, bytes]:
    """The notebooks of a folder by their path in it."""
    found = (path for path in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--check", action="store_true", help="write nothing, fail where exercises/ would change"
    )
    parser.add_argument("lessons", nargs="*", help="lessons (04); all unless told")
    options = parser.parse_args(arguments)
    check, lessons = options.check, options.lessons
    solutions = renew_solutions(check, lessons)
    for name in solutions:
        print(f"{'would change' if check else 'changed'}  {name}")
    with tempfile.TemporaryDirectory() as temporary:
        release(Path(temporary), lessons)
        built = contents(Path(temporary) / RELEASE)
    there = contents(ROOT / RELEASE)
    if lessons:
        there = {name: text for name, text in there.items() if name[:2] in lessons}
    changed = sorted(name for name in built.keys() | there.keys() if built.get(name) != there.get(name))
    for name in changed:
        print(f"{'would change' if check else 'changed'}  {name}")
        if check:
            continue
        target = ROOT / RELEASE / name
        if name not in built:
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(built[name])
    return 1 if check and (changed or solutions) else 0


if __name__ == "__main__":
    sys.exit(main())
