"""Answers by form: what is chosen becomes the plain answer, and is written into the answer's own cell."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tokenlab.teach import answer_cell, progress_file
from tokenlab.teach.answer_cell import ChosenAnswer, assignment, offer
from tokenlab.teach.answer_form import ChoiceForm, OrderForm, form_for, in_html
from tokenlab.teach.check import judge_task, make_task, read_answer
from tokenlab.teach.exercises import exercises, find
from tokenlab.teach.solving import solve
from tokenlab.teach.variant import Variant


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    progress_file.forget()
    monkeypatch.setattr(answer_cell, "_chosen", {})
    yield
    progress_file.forget()


class Shell:
    """What a form needs of IPython: events, names, and the payload that replaces a cell."""

    def __init__(self):
        self.user_ns: dict[str, Any] = {}
        self.hooks: list[Callable[[object], None]] = []
        self.written: str | None = None
        self.events = SimpleNamespace(register=lambda _, hook: self.hooks.append(hook))

    def set_next_input(self, text, replace):
        assert replace
        self.written = text

    def run(self, cell):
        self.written = None
        exec(cell, self.user_ns)
        for hook in self.hooks:
            hook(SimpleNamespace(info=SimpleNamespace(raw_cell=cell), success=True))
        return self.written


def form(number, learner="ada"):
    exercise = find(number)
    made_form = form_for(exercise, make_task(exercise, Variant(learner)), learner)
    assert made_form is not None
    return made_form


BLANK = 'answer_04_1 = {"read": None, "denied": None, "delete": None, "both": None}\n# my notes'


def test_what_is_chosen_is_written_into_the_cell_that_has_run_and_nothing_else_of_it_changes():
    shell, menus = Shell(), form("04.1")
    offer(menus.chosen, shell)
    assert shell.run(BLANK) is None, "nothing is chosen yet"
    menus._menus["read"].value = "granted by ACE 2"
    written = shell.run(BLANK)
    assert shell.user_ns["answer_04_1"]["read"] == "granted by ACE 2"
    assert written.endswith("}\n# my notes") and '"read": "granted by ACE 2"' in written
    names: dict[str, Any] = {}
    exec(written, names)
    assert names["answer_04_1"] == shell.user_ns["answer_04_1"] == menus.answer
    assert shell.run(written) is None, "it stands there"
    menus._menus["both"].value = "refused by ACE 1"
    assert '"both": "refused by ACE 1"' in shell.run(written), "what the form wrote it may write again"


def test_an_answer_that_was_typed_is_never_overwritten():
    shell, menus = Shell(), form("04.1")
    offer(menus.chosen, shell)
    menus._menus["read"].value = "granted by ACE 2"
    assert shell.run(BLANK.replace('"read": None', '"read": "refused by ACE 1"')) is None
    assert shell.run("other = 1") is None and shell.run("answer_04_1 = dict(\n    read=None)") is None


def test_an_order_is_made_by_moving_lines_and_kept():
    rows = form("04.4")
    first = "".join(rows._order)
    assert rows.answer is None
    rows._move(0, 1).click()
    assert rows.answer == first[1] + first[0] + first[2:]
    again = form("04.4")
    assert again.answer == rows.answer and again._texts[0].value.startswith(f"<b>{first[1]}</b>")
    assert form("04.4", "another learner").answer is None


def test_what_was_chosen_survives_the_kernel():
    menus = form("04.1")
    menus._menus["read"].value = "granted by ACE 2"
    assert form("04.1").answer == menus.answer


@pytest.mark.parametrize("number", ["12.5", "15.6"])
def test_names_are_chosen_from_menus_and_make_the_answer_of_the_solution(number):
    exercise, shell, menus = find(number), Shell(), form(number)
    task = make_task(exercise, Variant("ada"))
    offer(menus.chosen, shell)
    right = solve(exercise, task)
    wanted = right if isinstance(right, list) else [right]
    for menu, name in zip(menus._menus.values(), wanted, strict=True):
        menu.value = name
    written = shell.run(f"{exercise.answer_name} = {task.blank!r}")
    assert f"{exercise.answer_name} = " in written and menus.answer == right
    assert judge_task(exercise, task, read_answer(task, shell.user_ns[exercise.answer_name])).right
    assert form(number).answer == right, "it is kept"


def test_a_list_that_is_half_chosen_has_an_empty_text_for_the_rest():
    menus = form("12.5")
    menus._menus["setting"].value = menus._menus["setting"].options[1][1]
    assert menus.answer == ["", menus._menus["setting"].value]
    assert form("12.5").answer == menus.answer


def test_every_choice_and_every_order_has_a_form_whose_answers_can_be_judged():
    for exercise in exercises():
        task = make_task(exercise, Variant())
        shown = form_for(exercise, task, "anyone")
        assert (shown is not None) == bool(task.choices or task.menus or exercise.kind == "order"), (
            exercise.number
        )
        if isinstance(shown, ChoiceForm):
            for menu in shown._menus.values():
                menu.value = menu.options[1][1]
        elif isinstance(shown, OrderForm):
            shown._choose()
        if shown is not None:
            names: dict[str, Any] = {}
            exec(assignment(exercise.answer_name, shown.answer), names)
            assert judge_task(exercise, task, names[exercise.answer_name]).of == exercise.points
            assert task.intro and task.question.startswith(task.intro)


def test_a_prompt_in_html_has_its_code_and_nothing_that_runs():
    assert in_html("`a<b>` is **not** <i>") == "<code>a&lt;b&gt;</code> is <b>not</b> &lt;i&gt;"


def test_a_cell_that_is_no_python_is_left_alone():
    chosen = ChosenAnswer("answer", None, lambda: "AB", lambda _: None)
    assert chosen.source("answer =", None) is None and chosen.source("answer = None", None) == 'answer = "AB"'
