"""What a learner reads is what was written: no dollar is TeX, no backslash lost, no backtick shown."""

import html
import re

import pytest

from tests.exercises.course import EVERY
from tokenlab.teach.check import Assignment, make_task
from tokenlab.teach.variant import Variant

mistune = pytest.importorskip("mistune")  # JupyterLab's own exporter reads Markdown with it
render = mistune.create_markdown(escape=False)
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


# Written before this law: their texts are due.
DUE: tuple[str, ...] = ()
MARKED = [
    pytest.param(one, marks=[pytest.mark.xfail(strict=True)] if one.number in DUE else [], id=one.number)
    for one in EVERY
]


@pytest.mark.parametrize("exercise", MARKED)
def test_a_question_is_shown_as_it_is_written(exercise):
    for name in ("anyone", "jdoe", "ada"):
        text = str(Assignment(exercise, make_task(exercise, Variant(name))))
        prose = CODE.sub("", text)
        for sign in ("$", "\\"):
            place = prose.find(sign)
            assert place < 0, f"{sign} outside code: ...{prose[max(0, place - 40) : place + 40]!r}"
        shown = html.unescape(re.sub(r"<[^>]+>", "", render(text)))
        assert "`" not in shown, shown[max(0, shown.find("`") - 60) :][:120]
        assert len(re.findall(r"\*", shown)) <= len(re.findall(r"\*", "".join(CODE.findall(text))))
