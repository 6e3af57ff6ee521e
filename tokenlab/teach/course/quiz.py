"""The exercises that choose among options, as a quiz in Moodle's XML: a question for each part.

The form is Moodle's own: ``<question type="multichoice">`` with an answer of fraction 100, others of 0, and a
feedback. All students of a quiz see one world: to each their own is what notebooks are for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from xml.etree import ElementTree

from tokenlab.teach.check import make_task
from tokenlab.teach.exercise import Choice, Exercise
from tokenlab.teach.exercises import exercises
from tokenlab.teach.variant import Variant


def moodle_quiz(numbers: Sequence[str], world: str) -> bytes:
    """The questions of some exercises, or of all that have any."""
    quiz = ElementTree.Element("quiz")
    for exercise in exercises():
        if not numbers or exercise.number in numbers:
            quiz.extend(_questions(exercise, world))
    ElementTree.indent(quiz)
    content: bytes = ElementTree.tostring(quiz, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _questions(exercise: Exercise, world: str) -> Iterator[ElementTree.Element]:
    task = make_task(exercise, Variant(world))
    choices = [getattr(part.judge, "__self__", None) for part in task.parts]
    asked = task.question.partition("\n\n* `")[0]
    for one in choices:
        if isinstance(one, Choice):
            yield _question(exercise, asked, one)


def _question(exercise: Exercise, asked: str, choice: Choice) -> ElementTree.Element:
    question = ElementTree.Element("question", type="multichoice")
    _text(ElementTree.SubElement(question, "name"), f"{exercise.number} {exercise.title}: {choice.name}")
    text = ElementTree.SubElement(question, "questiontext", format="markdown")
    _text(text, f"{asked}\n\n{choice.prompt}:")
    feedback = ElementTree.SubElement(question, "generalfeedback", format="markdown")
    _text(feedback, choice.says)
    ElementTree.SubElement(question, "defaultgrade").text = str(choice.points)
    ElementTree.SubElement(question, "single").text = "true"
    ElementTree.SubElement(question, "shuffleanswers").text = "true"
    for option in choice.options:
        fraction = "100" if option == choice.right else "0"
        answer = ElementTree.SubElement(question, "answer", fraction=fraction, format="html")
        _text(answer, escape(option))
    return question


def _text(parent: ElementTree.Element, text: str) -> None:
    ElementTree.SubElement(parent, "text").text = text
