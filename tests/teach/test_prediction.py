"""A prediction is made once; nobody sees the outcome before, and nobody forgets it after."""

import json
from pathlib import Path

import pytest

pytest.importorskip("ipywidgets")

from tokenlab import FileRights, access_check, worlds
from tokenlab.teach import attempt, predict, prediction, progress_file
from tokenlab.teach.progress_file import STATE
from tokenlab.worlds.objects import HOSTS_FILE
from tokenlab.worlds.tokens import COSMO

WRITE = access_check(COSMO.context, HOSTS_FILE.descriptor, FileRights.WRITE_DATA)
COUNT = {"none": 0, "one": 1, "several": range(2, 99)}


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    """A workspace of this test's own, as a notebook in it sees it."""
    (tmp_path / STATE).write_text("{}", encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "notebooks" / "04_access_check.ipynb"))
    progress_file.forget()
    prediction._drafts.clear()
    return tmp_path


def shown(guess) -> str:
    """All that a person, or the source of the page, could read."""
    return json.dumps([str(guess), guess._said.value, guess._choice.value, guess.children[0].value])


@pytest.mark.parametrize(
    ("outcome", "answers", "found"),
    [
        (WRITE, ("granted", "refused"), "refused"),
        (True, ["works", "fails"], "works"),
        (0, COUNT, "none"),
        (7, COUNT, "several"),
        ("S-1-5-7", {"cosmo": "S-1-5-21-1", "nobody known": "S-1-5-7"}, "nobody known"),
        ({1, 2}, {"both": {1, 2}, "neither": set()}, "both"),
        ("x", {"a letter": str.isalpha, "a number": str.isdigit}, "a letter"),
    ],
)
def test_the_model_says_which_answer_it_is(outcome, answers, found):
    guess = predict("?", outcome, answers)
    assert guess.outcome is None and guess.answers == tuple(answers)
    guess.skip()
    assert guess.outcome == found


@pytest.mark.parametrize(
    ("outcome", "answers"), [(5, {"none": 0}), (1, {"one": 1, "few": range(1, 4)}), (True, ("a", "b", "c"))]
)
def test_an_authors_error_is_told(outcome, answers):
    with pytest.raises(ValueError, match=r"expected (exactly one|two answers)"):
        predict("How many?", outcome, answers)


def test_nothing_tells_the_outcome_before_an_answer_is_locked_in():
    guess = predict("May she?", WRITE)
    for _ in range(2):
        assert "It is" not in shown(guess) and "ACE" not in shown(guess)
        guess._choice.value = "granted"  # choosing is not locking in
    guess.commit("granted")
    assert "It is: refused. You predicted: granted." in shown(guess)
    assert "passed by" in guess._said.value  # the decision tells why


def test_without_a_choice_the_button_asks_for_one():
    guess = predict("May she?", WRITE)
    guess._lock.click()
    assert "Choose first" in guess._said.value and guess.answer is None
    guess._choice.value = "refused"
    assert "Choose first" not in guess._said.value
    guess._lock.click()
    assert guess.answer == "refused" and "as you predicted" in shown(guess)


def test_the_button_that_has_the_focus_is_never_disabled():
    """Else the focus falls to the page, and Shift+Enter does nothing."""
    guess = predict("May she?", WRITE)
    guess._choice.value = "refused"
    guess._lock.click()
    guess._lock.click()
    assert not guess._lock.disabled and guess._lock in guess._knobs.children


def test_a_locked_prediction_cannot_be_changed():
    guess = predict("May she?", WRITE)
    guess.commit("granted")
    with pytest.raises(ValueError, match="made once"):
        guess.commit("refused")
    guess.skip()
    assert guess.answer == "granted"


def test_an_answer_that_was_not_offered_is_refused_with_the_ones_that_were():
    with pytest.raises(ValueError, match="one of granted, refused"):
        predict("May she?", WRITE).commit("perhaps")


@pytest.mark.parametrize("how", ["the cell", "the kernel"])
@pytest.mark.parametrize("answer", ["granted", ""])
def test_what_was_locked_in_stays_when_it_runs_again(how, answer):
    first = predict("May she?", WRITE)
    first.commit(answer) if answer else first.skip()
    if how == "the kernel":
        progress_file.forget()
    again = predict("May she?", WRITE)
    assert again.answer == answer and again.outcome == "refused"
    assert predict("May he?", WRITE).answer is None


def test_a_choice_that_is_not_locked_in_survives_the_cell():
    predict("May they?", WRITE)._choice.value = "granted"
    assert predict("May they?", WRITE)._choice.value == "granted"


def test_it_is_kept_in_a_small_file_of_the_workspace_with_its_lesson(workspace):
    predict("May she?", WRITE).commit("granted")
    kept = json.loads((workspace / "progress.json").read_text(encoding="utf-8"))
    [one] = kept["predictions"].values()
    assert one["lesson"] == "04" and one["question"] == "May she?" and one["because"] == str(WRITE)
    assert (one["answer"], one["outcome"], one["right"]) == ("granted", "refused", False)


def test_outside_a_workspace_it_lives_as_long_as_the_kernel(workspace):
    (workspace / STATE).unlink()
    predict("May she?", WRITE).commit("granted")
    assert predict("May she?", WRITE).answer == "granted"
    assert not (workspace / "progress.json").exists()
    progress_file.forget()
    assert predict("May she?", WRITE).answer is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"predictions": 4}', b"\xff", b"[" * 100_000])
def test_a_file_that_is_no_progress_is_kept_aside(workspace, content):
    (workspace / "progress.json").write_bytes(content)
    predict("May she?", WRITE).commit("granted")
    assert (workspace / "progress (unreadable).json").read_bytes() == content
    assert predict("May she?", WRITE).answer == "granted"


def test_a_full_disk_does_not_stop_a_lesson(workspace, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    predict("May she?", WRITE).commit("granted")
    assert predict("May she?", WRITE).answer == "granted"


def test_an_attempt_keeps_a_refusal_and_tells_it():
    desk = worlds.astro().machine("MISTAKENOT-WS-1")
    wrong = attempt(lambda: desk.log_on(r"ASTRO\cosmo", "wrong"))
    right = attempt(lambda: desk.log_on(r"ASTRO\cosmo", "open the pod bay doors"))
    assert not wrong and right and right.value.session
    guess = predict("The password is wrong.", wrong, ["he gets in", "refused"])
    guess.commit("he gets in")
    assert "1326" in guess._said.value and guess.outcome == "refused"
    with pytest.raises(type(wrong.refusal)):
        wrong.value  # noqa: B018
    with pytest.raises(ZeroDivisionError):
        attempt(lambda: 1 / 0)


def test_what_it_says_is_no_markup():
    guess = predict("<b>&", True, ["<i>yes", "no"], because="<script>$x$</script>")
    guess.commit("no")
    assert "<script>" not in guess._said.value and "<i>yes" not in guess._said.value
    assert "<b>&" not in guess.children[0].value.partition("</style>")[2].replace("<b>Predict.</b>", "")


def test_its_text_twin_is_the_same_every_time():
    assert repr(predict("May she?", WRITE)) == "Predict. May she? [granted | refused]"
    bundle = predict("May she?", WRITE)._repr_mimebundle_()
    assert bundle["text/plain"] == "Predict. May she? [granted | refused]"
