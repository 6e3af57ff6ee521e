"""Answers that were chosen in a form, written into the cell that holds the answer.

What is graded is what stands in the cell, typed or not. A kernel may replace the source of the cell that it
has just run (``set_next_input``, the payload that ``%load`` uses); so the chosen answer gets there without an
extension of the notebook: choose, then run the answer cell.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tokenlab.teach.answers import Plain

WIDTH = 100


@dataclass
class ChosenAnswer:
    """The answer to one exercise as a form has it: ``answer()`` is None until something is chosen.

    ``blank`` is what the cell has at first, ``written`` what was last put there; ``wrote`` is told of it.
    """

    name: str
    blank: Plain
    answer: Callable[[], Plain]
    wrote: Callable[[Plain], None]
    written: Plain = None

    def source(self, cell: str, value: object) -> str | None:
        """The cell with the chosen answer in it, or None: nothing is chosen, or the cell has an answer of
        the learner's own. ``value`` is what the cell has just assigned."""
        chosen = self.answer()
        if chosen is None or value == chosen or value not in (self.blank, self.written):
            return None
        lines = cell.splitlines()
        for node in _assignments(cell):
            if [ast.unparse(target) for target in node.targets] == [self.name]:
                lines[node.lineno - 1 : node.end_lineno] = [assignment(self.name, chosen)]
                return "\n".join(lines)
        return None


def _assignments(cell: str) -> list[ast.Assign]:
    try:
        return [node for node in ast.parse(cell).body if isinstance(node, ast.Assign)]
    except SyntaxError:
        return []


def assignment(name: str, value: object) -> str:
    """``answer_04_1 = {"read": None}``, a key a line where it is long."""
    text = f"{name} = {python_text(value)}"
    if len(text) <= WIDTH or not isinstance(value, dict):
        return text
    lines = (f"    {python_text(key)}: {python_text(one)},\n" for key, one in value.items())
    return f"{name} = {{\n{''.join(lines)}}}"


def python_text(value: object) -> str:
    """A plain answer as a person would write it: ``{"read": None}``."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{python_text(key)}: {python_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(python_text, value)) + "]"
    return repr(value)


_chosen: dict[str, ChosenAnswer] = {}


def offer(chosen: ChosenAnswer, shell: Any) -> None:
    """From now on, when the answer's cell has run in this shell, what is chosen is written into it."""
    if not _chosen:
        shell.events.register("post_run_cell", lambda result: _write(shell, result))
    _chosen[chosen.name] = chosen


def _write(shell: Any, result: Any) -> None:
    cell = getattr(result.info, "raw_cell", None) or ""
    for name, chosen in _chosen.items():
        if name not in cell or name not in shell.user_ns or not result.success:
            continue
        source = chosen.source(cell, shell.user_ns[name])
        if source is not None:
            chosen.written = chosen.answer()
            shell.user_ns[name] = chosen.written
            shell.set_next_input(source, replace=True)
            chosen.wrote(chosen.written)
