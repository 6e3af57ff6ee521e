"""Exercises as data: what a file says becomes a task, and an author's error is told with its place."""

import textwrap
from types import MethodType

import pytest

from tokenlab.security import SecurityContext, SecurityDescriptor, access_check
from tokenlab.teach.answers import AnswerError
from tokenlab.teach.check import judge_task, make_task, read_answer
from tokenlab.teach.deciding import read_descriptor
from tokenlab.teach.exercise import Choice, FunctionCall
from tokenlab.teach.exercise_file import ExerciseError, LessonFile
from tokenlab.teach.judgement import PartFinding
from tokenlab.teach.misconceptions import FILE, believe, catalogue
from tokenlab.teach.variant import Variant
from tools.exercise_beliefs import believers, shown
from tools.exercise_measures import measure

HEAD = '[lesson]\ntitle = "a title"\naims = ["one", "two", "three"]\nsetup = "import math"\n'
COMMON = """
[exercise."99.1"]
title = "A try"
about = { kind = "predict", minutes = 3, aims = [1] }
world = "world"
given = ["user"]
question = "What does {user} get? {{braces}}"
hints = ["Look at {user}.", "Look again."]
"""
ASK = """
options = ["granted", "refused"]
[exercise."99.1".ask.one]
prompt = "{user} reads"
right = "{right}"
says = "{right}, by the first ACE."
wrong = "null-is-empty"
points = 2
[exercise."99.1".ask.two]
decision = "decision"
right = "refused"
prompt = "{user} writes"
wrong = "null-is-empty"
[exercise."99.1".ask.three]
prompt = "who"
options_from = "people"
right = "ada"
says = "ada"
wrong = { "bob" = { belief = "null-is-empty", says = "bob is only {right}" } }
"""
ORDER = """
order = [{ first = "a", then = "b", says = "a first", wrong = "null-is-empty", points = 2 }]
lines = { a = "{user} logs on", b = "{user} logs off" }
"""
EACH = """
options = ["granted", "refused"]
[exercise."99.1".ask.way]
each = "ways"
count = 2
points = 3
prompt = "{user} wants to {what}"
says = "{right}: {why}."
wrong = { granted = "null-is-empty" }
"""
REQUIRE = """
read = "read"
example = "D:(A;;FR;;;BU)"
blank = ""
[[exercise."99.1".require]]
name = "{user} may read"
judge = "reads"
points = 3
"""
GROUPS = """
[exercise."99.1".groups.double]
points = 4
says = "It doubles."
wrong = "null-is-empty"
"""


@pytest.fixture(autouse=True)
def belief(monkeypatch):
    """The catalogue of these tests has one belief."""
    from tokenlab.teach import misconceptions

    one = catalogue().get("null-is-empty") or misconceptions.Misconception("null-is-empty", "A.", "B.", "c")
    monkeypatch.setattr(misconceptions, "_read", lambda: {"null-is-empty": one})


def world(stream):
    user = stream.pick(("ada", "bob"))
    descriptor = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FR;;;BU)")
    context = SecurityContext("S-1-5-21-7-7-7-1200", ["S-1-5-32-545"])
    return {
        "user": user,
        "right": "granted",
        "people": ("ada", "bob"),
        "decision": access_check(context, descriptor, 2),
        "read": read_descriptor("S-1-5-18"),
        "reads": lambda answer: PartFinding(access_check(context, answer, 1).granted, "it is asked"),
        "cases": [FunctionCall((2,), 4, "double"), FunctionCall((3,), 6, "double")],
    }


def exercise(tmp_path, text, **worlds):
    path = tmp_path / "lesson_99.toml"
    path.write_text(HEAD + textwrap.dedent(text), encoding="utf-8")
    [one] = LessonFile.read(path).make({"world": world, **worlds})
    return one


def chosen(part):
    """The `Choice` that a part is judged by."""
    assert isinstance(part.judge, MethodType) and isinstance(part.judge.__self__, Choice)
    return part.judge.__self__


def judged(one, answer):
    task = make_task(one, Variant())
    return judge_task(one, task, read_answer(task, answer))


def test_choices_are_judged_part_by_part(tmp_path):
    one = exercise(tmp_path, COMMON + ASK)
    assert (one.points, one.kind, one.lesson) == (4, "predict", "99")
    task = make_task(one, Variant())
    user = task.given["user"]
    assert f"What does {user} get? {{braces}}" in task.question and task.hints[0] == f"Look at {user}."
    assert task.blank == {"one": None, "two": None, "three": None}
    result = judged(one, {"one": "refused", "two": "granted", "three": "bob"})
    assert result.points == 0 and result.misconceptions == ("null-is-empty",)
    assert "bob is only granted" in str(result) and "granted, by the first ACE." in str(result)
    assert judged(one, {"one": "granted", "two": "refused", "three": "ada"}).right


WAYS = (
    {"what": "read", "right": "granted", "why": "ACE 1"},
    {"what": "write", "right": "refused", "why": "no ACE"},
)


@pytest.mark.parametrize(
    ("ways", "parts"),
    [(WAYS, ("way_1", "way_2")), ({"write": WAYS[1], "read": WAYS[0]}, ("write", "read"))],
    ids=["a list, numbered", "a mapping, in its order"],
)
def test_one_table_makes_a_part_for_each_of_what_the_world_says(tmp_path, ways, parts):
    one = exercise(tmp_path, COMMON + EACH, world=lambda stream: world(stream) | {"ways": ways})
    task = make_task(one, Variant())
    assert isinstance(task.blank, dict) and tuple(task.blank) == parts and one.points == task.points == 6
    assert f"`{parts[0]}`: {task.given['user']} wants to " in task.question
    result = judged(one, dict.fromkeys(parts, "granted"))
    assert result.points == 3 and result.misconceptions == ("null-is-empty",)
    assert "refused: no ACE." in str(result)


def test_what_is_told_may_depend_on_the_right_answer(tmp_path):
    text = EACH.replace('"{right}: {why}."', '{ granted = "Yes: {why}.", refused = "No, {user}." }')
    one = exercise(tmp_path, COMMON + text, world=lambda stream: world(stream) | {"ways": WAYS})
    user = make_task(one, Variant()).given["user"]
    told = str(judged(one, {"way_1": "refused", "way_2": "granted"}))
    assert "Yes: ACE 1." in told and f"No, {user}." in told
    missing = text.replace("refused =", "other =")
    one = exercise(tmp_path, COMMON + missing, world=lambda stream: world(stream) | {"ways": WAYS})
    with pytest.raises(ExerciseError, match=r"99\.1: ask\.way_2\.says: it has no text for 'refused'"):
        make_task(one, Variant())


def test_parts_share_what_they_do_not_say_themselves(tmp_path):
    shared = 'says.granted = "Yes."\nsays.refused = "No."\nwrong = { granted = "null-is-empty" }\n'
    part = EACH.replace('says = "{right}: {why}."\n', "").replace(
        'wrong = { granted = "null-is-empty" }\n', ""
    )
    one = exercise(tmp_path, COMMON + shared + part, world=lambda stream: world(stream) | {"ways": WAYS})
    result = judged(one, dict.fromkeys(("way_1", "way_2"), "granted"))
    assert result.misconceptions == ("null-is-empty",) and "Yes." in str(result) and "No." in str(result)
    assert one.exam and not exercise(tmp_path, COMMON.replace("aims", "exam = false, aims") + EACH).exam


def test_a_wrong_option_may_be_told_why_without_a_belief(tmp_path):
    text = ASK.replace('belief = "null-is-empty", says', "says")
    one = exercise(tmp_path, COMMON + text)
    result = judged(one, {"one": None, "two": None, "three": "bob"})
    assert result.misconceptions == () and "bob is only granted" in str(result)


def test_the_world_picks_a_text(tmp_path):
    text = COMMON.replace("hints", 'texts.how = { run = "{user} runs", fly = "It flies" }\nhints', 1) + ASK
    text = text.replace('"What does', '"{how}. What does')
    one = exercise(tmp_path, text, world=lambda stream: world(stream) | {"how": "run"})
    task = make_task(one, Variant())
    assert f"{task.given['user']} runs. What does" in task.question
    one = exercise(tmp_path, text, world=lambda stream: world(stream) | {"how": "swim"})
    with pytest.raises(ExerciseError, match=r"99\.1: texts\.how: it has no text for 'swim'"):
        make_task(one, Variant())


def test_a_belief_may_depend_on_the_right_answer(tmp_path):
    text = EACH.replace('{ granted = "null-is-empty" }', '{ refused = { granted = "null-is-empty" } }')
    one = exercise(tmp_path, COMMON + text, world=lambda stream: world(stream) | {"ways": WAYS})
    assert judged(one, {"way_1": "refused", "way_2": "refused"}).misconceptions == ()
    assert judged(one, {"way_1": "granted", "way_2": "granted"}).misconceptions == ("null-is-empty",)
    for other in ("{ refuse = { granted =", "{ refused = { grant ="):
        one = exercise(
            tmp_path, COMMON + text.replace("{ refused = { granted =", other), world=one.make.args[1]
        )
        with pytest.raises(ExerciseError, match=r"wrong: '(refuse|grant)' is no option"):
            make_task(one, Variant())


def test_the_world_has_as_many_parts_as_the_file_counts(tmp_path):
    one = exercise(tmp_path, COMMON + EACH, world=lambda stream: world(stream) | {"ways": WAYS[:1]})
    with pytest.raises(ExerciseError, match=r"99\.1: ask\.way: count is 2, and the world has 1"):
        make_task(one, Variant())


POOL = (
    COMMON.replace("hints =", 'shown_from = "mine"\nhints =')
    + """
options = ["granted", "refused"]
ask.read = { prompt = "reads", right = "granted", says = "It may." , points = 2 }
ask.write = { prompt = "writes", right = "refused", says = "It may not.", points = 2 }
ask.erase = { prompt = "erases", right = "refused", says = "Nor that.", points = 2 }
"""
)


@pytest.mark.parametrize(
    ("more", "mine", "blank"),
    [
        ("", ("erase", "read", "write"), ("erase", "read", "write")),
        ('count = 2\nnumbered = "act"\n', ("erase", "read"), ("act_1", "act_2")),
    ],
    ids=["all, in another order", "some of them, numbered"],
)
def test_the_world_picks_the_parts_that_are_shown(tmp_path, more, mine, blank):
    text = POOL.replace("hints =", f"{more}hints =")
    one = exercise(tmp_path, text, world=lambda stream: world(stream) | {"mine": mine})
    task = make_task(one, Variant())
    assert (
        isinstance(task.blank, dict)
        and tuple(task.blank) == blank
        and one.points == task.points == 2 * len(blank)
    )
    assert f"* `{blank[0]}`: erases" in task.question
    assert judged(one, dict.fromkeys(blank, "granted")).points == 2


def test_parts_that_are_picked_are_counted_and_worth_the_same(tmp_path):
    text = POOL.replace("hints =", "count = 2\nhints =")
    with pytest.raises(ExerciseError, match=r"99\.1: count: the world shows 3 of 3 parts"):
        make_task(
            exercise(tmp_path, text, world=lambda s: world(s) | {"mine": ("read", "write", "erase")}),
            Variant(),
        )
    with pytest.raises(ExerciseError, match=r"99\.1: count: parts that are picked have the same points"):
        exercise(tmp_path, text.replace('Nor that.", points = 2', 'Nor that.", points = 3'))


def test_an_order_keeps_its_rules(tmp_path):
    one = exercise(tmp_path, COMMON + ORDER)
    lines = make_task(one, Variant()).given["lines"]
    right = sorted(lines, key=lambda letter: lines[letter].endswith("off"))
    assert judged(one, right).points == 2 == one.points
    assert judged(one, right[::-1]).misconceptions == ("null-is-empty",)


def test_a_rule_of_an_order_may_be_about_more_than_two_lines(tmp_path):
    text = ORDER.replace('then = "b"', 'then = ["b", "c"]').replace(
        'logs off" }', 'logs off", c = "is gone" }'
    )
    one = exercise(tmp_path, COMMON + text)
    lines = make_task(one, Variant()).given["lines"]
    a, b, c = sorted(lines, key=lambda letter: ("gone" in lines[letter], "off" in lines[letter]))
    earned = {order: judged(one, order).points for order in ([a + b + c, b + a + c, a + c + b, c + a + b])}
    assert list(earned.values()) == [2, 0, 0, 0]
    assert f"{a}, then {b}, then {c}" in str(judged(one, b + a + c))


def test_what_is_built_is_judged_by_what_it_does(tmp_path):
    one = exercise(tmp_path, COMMON + REQUIRE)
    assert judged(one, "D:(A;;FR;;;BU)").points == 3 and judged(one, "D:P").points == 0
    with pytest.raises(AnswerError):
        judged(one, "nonsense")


def test_a_function_is_called(tmp_path):
    one = exercise(tmp_path, COMMON + GROUPS)
    assert judged(one, lambda n: 2 * n).points == 4
    assert "For (2) yours gave 2; expected 4." in str(judged(one, lambda n: n))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (COMMON + ASK.replace("{right}", "{left}"), r"toml, 99\.1: 'left' is missing; the world has user"),
        (COMMON + ASK.replace('right = "ada"', 'right = "eve"'), r"ask\.three: 'eve' is the right"),
        (COMMON + ASK.replace('"bob" =', '"eve" ='), r"ask\.three\.wrong: 'eve' is no option"),
        (COMMON + ASK.replace('wrong = "null-is-empty"', 'wrong = "no-such"'), r"toml has no"),
        (COMMON.replace('world = "world"', 'world = "moon"') + ASK, r"world: lesson_99\.py has no 'moon'"),
        (COMMON.replace("minutes", "minuets") + ASK, r"99\.1, about: no such key: minuets"),
        (COMMON.replace("minutes = 3, ", "") + ASK, r"99\.1: 'minutes' is missing"),
        (COMMON.replace("minutes = 3", 'minutes = "3"') + ASK, r"99\.1, about: minutes: expected a whole"),
        (COMMON.replace("aims = [1]", "aims = [9]") + ASK, r"99\.1, about: aims: .* 1 to 3"),
        (COMMON + ASK.replace("prompt", "promt", 1), r"99\.1, ask\.one: no such key: promt"),
        (COMMON + ORDER.replace("says", "said"), r"99\.1, order\.1: no such key: said"),
        (COMMON, r"expected one of ask, order, require, groups"),
        (COMMON.replace("{{braces}}", "{braces") + ASK, r"a brace is written twice"),
        (COMMON.replace('kind = "predict"', 'kind = "guess"') + ASK, r"99\.1: 'guess' is not a valid Exerc"),
        ("[exercise", r"lesson_99\.toml: "),
        ("", r"expected \[lesson\] and \[exercise"),
    ],
)  # fmt: skip
def test_an_authors_error_is_told_with_file_exercise_and_key(tmp_path, text, told):
    with pytest.raises(ExerciseError, match=told):
        make_task(exercise(tmp_path, text), Variant())


def test_a_half_right_answer_may_be_the_solution_with_something_instead(tmp_path):
    text = COMMON + "solution = \"answer_99_1 = {'one': q1.user}\"\n" + ASK
    text += '[[exercise."99.1".half_right]]\ninstead = { "q1.user" = "None" }\npoints = 0\n'
    [half] = exercise(tmp_path, text).half_right
    assert half.is_code and half.answer == "answer_99_1 = {'one': None}"
    with pytest.raises(ExerciseError, match=r"99\.1: half_right: the solution has no 'q1.team'"):
        exercise(tmp_path, text.replace('{ "q1.user"', '{ "q1.team"'))


def test_who_holds_a_belief_loses_what_follows_from_it_and_is_told_so(tmp_path):
    one = exercise(tmp_path, COMMON + ASK)
    task = make_task(one, Variant())
    right = {"one": "granted", "two": "refused", "three": "ada"}
    assert list(believers(task, right)) == [
        ("null-is-empty", {"one": "refused", "two": "granted", "three": "bob"}, {"one", "two", "three"})
    ]
    assert shown(one, task, right) == {"null-is-empty"}


def test_a_case_that_belongs_to_no_group_is_told(tmp_path):
    made = [FunctionCall((2,), 4, "double"), FunctionCall((3,), 6, "triple")]
    one = exercise(tmp_path, COMMON + GROUPS, world=lambda stream: world(stream) | {"cases": made})
    with pytest.raises(ValueError, match="one wrong result costs nothing"):
        shown(one, make_task(one, Variant()), [{"returned": 4}, {"returned": 6}])


def test_half_right_answers_are_data_too(tmp_path):
    text = COMMON + ASK + '\n[[exercise."99.1".half_right]]\ncode = "answer = 4"\npoints = 0\n'
    text += '[[exercise."99.1".half_right]]\nanswer = { one = "granted" }\npoints = 2\nbeliefs = []\n'
    code, plain = exercise(tmp_path, text).half_right
    assert (code.is_code, code.answer, code.beliefs) == (True, "answer = 4", None)
    assert (plain.answer, plain.points, plain.beliefs) == ({"one": "granted"}, 2, ())


def test_the_catalogue_is_a_file(monkeypatch):
    assert FILE.name == "misconceptions.toml" and FILE.is_file()
    with pytest.raises(ValueError, match="has no 'nothing'"):
        believe("nothing")


def test_what_a_constant_a_guess_and_a_neighbour_earn_is_measured(tmp_path):
    text = EACH.replace("count = 2", "count = 1").replace("points = 3", "points = 2")
    one = exercise(
        tmp_path, COMMON + text, world=lambda s: world(s) | {"ways": [s.pick((*WAYS, WAYS[0], WAYS[0]))]}
    )
    tasks = [make_task(one, Variant(f"s{number}")) for number in range(40)]
    answers = [{"way_1": chosen(task.parts[0]).right} for task in tasks]
    found = measure(one, tasks, answers)
    assert found.guess == 0.5 and 0.6 < found.constant < 0.9
    same = [a == b for a, b in zip(answers, answers[1:] + answers[:1], strict=True)]
    assert found.copied == sum(same) / 40


def test_no_place_in_a_list_of_reasons_is_the_right_one_for_everybody(tmp_path):
    """Sentences come in an order of the learner's own; words and numbers keep theirs."""
    reasons = '["the first is why", "the second is why", "the third is why"]'
    first, words = "the first is why", '["one", "two", "three"]'
    parts = "".join(
        f'[exercise."99.1".ask.{name}]\nprompt = "{name}"\noptions = {options}\n'
        f'right = "{right}"\nsays = "x"\n'
        for name, options, right in (("a", reasons, first), ("b", reasons, first), ("c", words, "one"))
    )
    one = exercise(tmp_path, COMMON + parts)
    orders = set()
    for number in range(30):
        first, second, third = (chosen(part).options for part in make_task(one, Variant(f"l{number}")).parts)
        assert first == second and third == ("one", "two", "three")
        orders.add(first)
    assert len(orders) == 6
