"""Practice: a task, an answer, and what is said of it."""

import pytest

from tests.exercises.course import solve
from tokenlab.teach import another, check, hint, learner, progress_file, task
from tokenlab.teach.answers import Plain
from tokenlab.teach.check import ask, judge, judge_task, make_task, read_answer
from tokenlab.teach.exercises import find
from tokenlab.teach.judgement import Judgement, PartFinding, PartResult
from tokenlab.teach.misconceptions import Misconception, catalogue
from tokenlab.teach.variant import Variant


@pytest.fixture(autouse=True)
def back_to_anyone():
    progress_file.forget()
    learner("anyone")
    yield
    learner("anyone")


ONE_FOR_ALL: dict[str, Plain] = dict.fromkeys(("read", "denied", "delete", "both"), "granted by ACE 5")


def solved(number):
    """The right answer in the world of a learner, who is asked from now on."""
    exercise = find(number)
    answer = solve(exercise, make_task(exercise, Variant("first-timer")))
    learner("first-timer")
    return answer


def test_a_first_wrong_answer_is_told_which_parts_and_nothing_more(capsys):
    assert check("04.1", ONE_FOR_ALL) == 1
    said = capsys.readouterr().out
    assert "04.1 Right by right: 1 of 4 points" in said and "✗ denied: not yet" in said
    assert "✓ read: granted." in said  # what is right is told
    assert "Often believed" not in said and "denied by ACE" not in said and 'hint("04.1")' in said


def test_a_second_is_told_the_belief_and_a_third_the_truth_which_counts_as_shown(capsys):
    for _ in range(2):
        check("04.1", ONE_FOR_ALL)
    second = capsys.readouterr().out.rpartition("04.1 Right by right")[2]
    assert "Often believed: Who has Full Control may do everything." in second
    assert "denied by ACE" not in second
    assert not progress_file.recall("exercises")["anyone 04.1"]["shown"]
    check("04.1", ONE_FOR_ALL)
    assert "denied by ACE 2" in capsys.readouterr().out
    kept = progress_file.recall("exercises")["anyone 04.1"]
    assert kept == {"exercise": "04.1", "attempts": 3, "first": 1, "best": 1, "of": 4, "shown": True}


def test_a_belief_behind_several_parts_is_told_once(capsys):
    for _ in range(3):  # the open is allowed, and two of three rights are missing
        check("05.3", 1)
    last = capsys.readouterr().out.rpartition("05.3 The smallest mask")[2]
    assert last.count("Often believed: Rights belong to the user") == 1
    assert last.count("Often believed: Ask for everything") == 1


def test_what_waits_for_another_part_says_so_at_once(capsys):
    check("05.3", 0x1F01FF)  # more than the DACL grants
    assert capsys.readouterr().out.count("the open is refused, so there is no handle") == 3
    idle = {"deny_only": [], "restricting": [], "strip_privileges": True, "integrity": "low"}
    check("08.5", idle)  # closed for writing and bare, but it reads all that its user may
    assert capsys.readouterr().out.count("it counts when the token also keeps closed what is open to") == 2


def test_all_right_says_so_and_leads_on(capsys):
    right = solved("04.3")
    assert check("04.3", right) == 5
    said = capsys.readouterr().out
    assert 'All right. Another one like it: another("04.3").' in said
    assert not progress_file.recall("exercises")["first-timer 04.3"]["shown"]


def test_another_one_is_another_world_and_changes_no_points(capsys):
    first, second = another("04.1"), another("04.1")
    assert len({str(first), str(second), str(task("04.1"))}) == 3
    assert first.check(ONE_FOR_ALL) < 4 and "practice" in str(first)
    assert "anyone 04.1" not in progress_file.recall("exercises")


def test_a_wrong_part_is_told_its_belief_what_windows_does_and_what_would_flip_it(capsys):
    assert check("04.1", ONE_FOR_ALL, show=True) == 1
    said = capsys.readouterr().out
    assert "Often believed: Who has Full Control may do everything." in said
    assert "MicrosoftDocs/windowsserverdocs#1344" in said and "denied by ACE 2" in said
    assert "What would make it so:" in said


def test_what_practice_says_is_what_grading_says(capsys):
    learner("jdoe")
    answer: dict[str, Plain] = ONE_FOR_ALL | {"delete": "refused: no ACE allows it", "both": None}
    points = check("04.1", answer)
    assert judge("04.1", answer, "jdoe").points == points
    check("04.1", answer, show=True)
    assert str(judge("04.1", answer, "jdoe")) in capsys.readouterr().out


def test_each_learner_has_a_world(capsys):
    worlds = set()
    for name in ("ada", "grace"):
        learner(name)
        worlds.add(str(task("04.1")))
    assert len(worlds) == 2


def test_a_prediction_remembers_what_was_said_first(capsys):
    right = solved("04.3")
    wrong = dict.fromkeys(right, "granted by several ACEs") | {"file_1": "refused by the label"}
    check("04.3", wrong)
    check("04.3", right)
    assert "Your first prediction was worth 0 of 5." in capsys.readouterr().out


def test_hints_come_in_steps_and_start_again(capsys):
    for _ in range(4):
        hint("04.1")
    lines = capsys.readouterr().out.splitlines()
    assert [line[:11] for line in lines] == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 1 of 3"]


@pytest.mark.parametrize(
    ("number", "answer", "told"),
    [
        ("04.1", {"reads": "granted by ACE 5"}, "04.1: expected a dict with the keys 'read'"),
        ("04.6", lambda *_: 1 / 0, "your function ends with ZeroDivisionError: division by zero each time"),
        (
            "04.1",
            {"read": "yes", "denied": None, "delete": None, "both": None},
            "04.1: read: 'yes' is none of",
        ),
        ("04.5", "", "04.5 has no answer yet"),
        ("04.5", "D:(A;;XX;;;BA)", "this is no SDDL"),
        ("04.6", "True", "expected a function, got str"),
    ],
)
def test_what_cannot_be_judged_is_told_in_a_sentence_with_the_right_shape(number, answer, told, capsys):
    """No traceback: *Run All* goes on, and the learner sees what is expected."""
    assert check(number, answer) == 0
    said = capsys.readouterr().out
    assert told in said and f"answer_{number.replace('.', '_')}" in said
    assert not progress_file.recall("exercises")  # no attempt


@pytest.mark.parametrize("misspelt", ["Granted By ACE 5", " granted  by ACE 5 ", "granted by ace 5"])
def test_capitals_and_blanks_do_not_matter(misspelt):
    assert judge("04.1", dict.fromkeys(("read",), misspelt), "anyone").points == 1


def test_a_misspelt_option_costs_its_own_part_and_is_told_at_once(capsys):
    assert check("04.1", {"read": "granted by ACE 5", "denied": "granted", "delete": 7}) == 1
    said = capsys.readouterr().out
    assert "✗ denied: 'granted' is none of" in said and "✗ delete: 7 is none of" in said
    assert "✗ both: no answer yet" in said


def test_a_stub_is_not_told_a_list_of_beliefs():
    """Four groups, four beliefs: a function that always returns True shows none of them."""
    for stub in (lambda *_: None, lambda *_: "granted"):
        exercise = find("04.6")
        given = make_task(exercise, Variant())
        assert judge_task(exercise, given, read_answer(given, stub)).misconceptions == ()
    assert judge("04.5", "D:(A;;FA;;;SY)", "anyone").misconceptions


def test_an_exercise_that_is_none_and_a_gift_that_is_none():
    with pytest.raises(KeyError, match=r"there is no exercise '04\.99'"):
        check("04.99", None)
    with pytest.raises(AttributeError, match="gives you context, descriptor, denied, not 'answer'"):
        _ = task("04.1").answer


def test_a_function_cannot_change_what_the_next_call_gets():
    def greedy(lines):
        lines.append("more")
        return len(lines)

    question: list[Plain] = ["one"]
    assert ask(greedy, ((question,), (question,))) == [{"returned": 2}, {"returned": 2}]
    assert question == ["one"]


def test_a_function_that_fails_fails_alone():
    results = ask(lambda x: 1 // x, ((0,), (1,)))
    assert (
        isinstance(results, list) and "ZeroDivisionError" in str(results[0]) and results[1] == {"returned": 1}
    )


def test_a_judgement_is_a_table_and_the_same_words_as_text():
    belief = Misconception("belief-for-a-test", "Cows < fly.", "They walk.", "nobody/nowhere#1")
    parts = (
        PartResult("one", 2, PartFinding(True, "so it is")),
        PartResult("two", 1, PartFinding(False, "not so", belief, "do it")),
    )
    judgement = Judgement("99.1", "Cows", parts)
    assert (judgement.points, judgement.of, judgement.misconceptions) == (2, 3, ("belief-for-a-test",))
    bundle = judgement._repr_mimebundle_()
    assert "Cows &lt; fly." in bundle["text/html"] and "2 of 3 points" in bundle["text/html"]
    assert "✗ two: not so" in bundle["text/plain"] and "What would make it so: do it" in bundle["text/plain"]


def test_a_name_stands_for_one_misconception():
    assert "deny-always-wins" in catalogue()
    assert all(key == one.key for key, one in catalogue().items())


@pytest.mark.parametrize(
    ("said", "hub", "world"),
    [("anyone", "ada", "ada"), ("anyone", "", "anyone"), ("ben", "ada", "ben"), ("anyone", None, "anyone")],
)
def test_on_a_hub_a_forgotten_name_is_the_logins(said, hub, world, monkeypatch):
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    if hub is not None:
        monkeypatch.setenv("JUPYTERHUB_USER", hub)
    learner(said)
    shown = str(task("04.3"))
    learner("somebody else")
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    learner(world)
    assert str(task("04.3")) == shown
    learner("anyone")
