"""Practice: a task, an answer, and what is said of it."""

import pytest

from tokenlab.teach import check, hint, learner, task
from tokenlab.teach.answers import AnswerError, Unanswered
from tokenlab.teach.check import ask, judge
from tokenlab.teach.judgement import Finding, Judgement, PartResult
from tokenlab.teach.misconceptions import Misconception, catalogue


@pytest.fixture(autouse=True)
def back_to_anyone():
    learner("anyone")
    yield
    learner("anyone")


def test_a_wrong_part_is_told_its_belief_what_windows_does_and_what_would_flip_it(capsys):
    answer = {"read": "granted", "denied": "granted", "delete": "granted", "both": "granted"}
    assert check("04.1", answer) == 2
    said = capsys.readouterr().out
    assert "04.1 Right by right: 2 of 4 points" in said
    assert "Often believed: Who has Full Control may do everything." in said
    assert "MicrosoftDocs/windowsserverdocs#1344" in said and "denied by ACE 1" in said
    assert "What would make it so:" in said


def test_what_practice_says_is_what_grading_says(capsys):
    learner("jdoe")
    answer = {"read": "granted", "denied": "refused", "delete": "refused", "both": None}
    points = check("04.1", answer)
    assert judge("04.1", answer, "jdoe").points == points
    assert str(judge("04.1", answer, "jdoe")) in capsys.readouterr().out


def test_each_learner_has_a_world(capsys):
    worlds = set()
    for name in ("ada", "grace"):
        learner(name)
        worlds.add(str(task("04.1")))
    assert len(worlds) == 2


def test_a_prediction_remembers_what_was_said_first(capsys):
    learner("first-timer")
    wrong = {"empty": "granted", "null": "refused", "low": None, "owner_dacl": None, "owner_read": None}
    right = {
        "empty": "refused",
        "null": "granted",
        "low": "refused",
        "owner_dacl": "granted",
        "owner_read": "refused",
    }
    check("04.3", wrong)
    check("04.3", right)
    assert "Your first prediction was worth 0 of 5." in capsys.readouterr().out


def test_hints_come_in_steps_and_start_again(capsys):
    for _ in range(4):
        hint("04.1")
    lines = capsys.readouterr().out.splitlines()
    assert [line[:11] for line in lines] == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 1 of 3"]


def test_an_answer_of_the_wrong_shape_is_told_the_right_one():
    with pytest.raises(AnswerError, match=r"04\.1: expected a dict .*answer_04_1, for example"):
        check("04.1", {"read": "granted"})
    with pytest.raises(AnswerError, match=r"04\.1: read: 'yes' is none of 'granted', 'refused'"):
        check("04.1", {"read": "yes", "denied": None, "delete": None, "both": None})
    with pytest.raises(Unanswered, match=r"04\.5 has no answer yet"):
        check("04.5", "")
    with pytest.raises(AnswerError, match="this is no SDDL"):
        check("04.5", "D:(A;;XX;;;BA)")
    with pytest.raises(AnswerError, match="expected a function, got str"):
        check("04.6", "True")


def test_an_exercise_that_is_none_and_a_gift_that_is_none():
    with pytest.raises(KeyError, match=r"there is no exercise '04\.99'"):
        check("04.99", None)
    with pytest.raises(AttributeError, match="gives you context, descriptor, not 'answer'"):
        _ = task("04.1").answer


def test_a_function_cannot_change_what_the_next_call_gets():
    def greedy(lines):
        lines.append("more")
        return len(lines)

    question = ["one"]
    assert ask(greedy, ((question,), (question,))) == [{"returned": 2}, {"returned": 2}]
    assert question == ["one"]


def test_a_function_that_fails_fails_alone():
    results = ask(lambda x: 1 // x, ((0,), (1,)))
    assert results[0]["raised"].startswith("ZeroDivisionError") and results[1] == {"returned": 1}


def test_a_judgement_is_a_table_and_the_same_words_as_text():
    belief = Misconception("belief-for-a-test", "Cows < fly.", "They walk.", "nobody/nowhere#1")
    parts = (
        PartResult("one", 2, Finding(True, "so it is")),
        PartResult("two", 1, Finding(False, "not so", belief, "do it")),
    )
    judgement = Judgement("99.1", "Cows", parts)
    assert (judgement.points, judgement.of, judgement.misconceptions) == (2, 3, ("belief-for-a-test",))
    bundle = judgement._repr_mimebundle_()
    assert "Cows &lt; fly." in bundle["text/html"] and "2 of 3 points" in bundle["text/html"]
    assert "✗ two: not so" in bundle["text/plain"] and "What would make it so: do it" in bundle["text/plain"]


def test_a_name_stands_for_one_misconception():
    assert "deny-always-wins" in catalogue()
    with pytest.raises(ValueError, match="is in the catalogue already"):
        Misconception("deny-always-wins", "Another.", "Truth.", "lesson")
