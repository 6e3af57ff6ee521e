"""Everybody has another bad day, in its facts too."""

from tokenlab.teach.exercises import find
from tokenlab.teach.variant import Variant


def test_there_are_both_causes_and_every_way_to_borrow_among_learners():
    names = [f"learner{number}" for number in range(30)]
    evidence = {"LogonType 10" in task_of("15.6", name)["evidence"][0] for name in names}
    borrowed = {str(task_of("15.2", name)["events"]).count("'LogonType': '9'") for name in names}
    assert evidence == {True, False} and borrowed == {0, 1}


def task_of(number, name):
    return find(number).make(Variant(name).stream(number)).given
