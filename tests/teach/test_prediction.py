"""A prediction is made once, and compared with what the model says."""

import pytest

pytest.importorskip("ipywidgets")

from tokenlab.teach import predict


def test_a_prediction_is_granted_or_refused_unless_told_otherwise():
    assert predict("May she?").answers == ("granted", "refused")
    assert predict("Which?", "A", "B", "C").answers == ("A", "B", "C")


def test_a_locked_prediction_cannot_be_changed():
    guess = predict("May she?")
    guess.commit("granted")
    with pytest.raises(ValueError, match="made once"):
        guess.commit("refused")
    assert guess.answer == "granted"


def test_an_answer_that_was_not_offered_is_refused_with_the_ones_that_were():
    with pytest.raises(ValueError, match="one of granted, refused"):
        predict("May she?").commit("perhaps")


@pytest.mark.parametrize(
    ("answer", "outcome", "said"),
    [
        (None, True, "no prediction"),
        ("granted", True, "as you predicted"),
        ("granted", False, "You predicted: granted"),
        ("refused", "refused", "as you predicted"),
    ],
)
def test_comparing_says_what_is_and_what_was_predicted(answer, outcome, said):
    guess = predict("May she?")
    if answer:
        guess.commit(answer)
    assert said in guess.compare(outcome)


def test_its_text_twin_is_the_same_every_time_and_names_no_model():
    assert repr(predict("May she?")) == "Predict. May she? [granted | refused]"
    bundle = predict("May she?")._repr_mimebundle_()
    assert bundle["text/plain"] == "Predict. May she? [granted | refused]"


def test_choosing_alone_does_not_commit_but_the_button_does():
    guess = predict("May she?")
    assert guess._lock.disabled
    guess._choice.value = "refused"
    assert guess.answer is None and not guess._lock.disabled
    guess._lock.click()
    assert guess.answer == "refused" and guess._choice.disabled
