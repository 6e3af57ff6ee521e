"""The map of a survey: it stays readable, loses nothing, and finds what is searched."""

import pytest

from tests.view.pages import USER
from tokenlab import FileRights, SecurityContext, SecurityDescriptor
from tokenlab.security.survey import survey
from tokenlab.view import show
from tokenlab.view.survey_map import SurveyMap

DOMAIN = "S-1-5-21-1-2-3"


def estate(things=1000, people=200):
    """Folders of ten departments, with people in one department each."""
    staff = {
        f"user{n}": SecurityContext(f"{DOMAIN}-{n}", [f"{DOMAIN}-{5000 + n % 10}"]) for n in range(people)
    }
    found = {
        f"D:\\dept{n % 10}\\file{n}": SecurityDescriptor.from_sddl(
            f"O:SYG:SYD:(A;;FR;;;{DOMAIN}-{5000 + n % 10})"
        )
        for n in range(things)
    }
    return survey(staff, found, FileRights.READ_DATA)


@pytest.fixture(scope="module")
def answers():
    return estate()


def test_a_thousand_objects_become_as_many_rows_as_there_are_answers(answers):
    found = SurveyMap(answers)
    assert len(found.rows) == len(found.columns) == 10
    assert {name for row in found.rows for name in row.names} == set(answers.sets)
    assert {name for column in found.columns for name in column.names} == set(answers.contexts)


def test_every_cell_is_the_answer_for_all_it_stands_for(answers):
    found = SurveyMap(answers)
    for row in found.rows:
        for column in found.columns:
            expected = {
                answers.granted(column.names[-1], row.names[-1]),
                answers.granted(column.names[0], row.names[0]),
            }
            assert expected == {found.reaches(column, row)}


def test_a_search_keeps_what_it_names(answers):
    found = SurveyMap(answers, path="DEPT3", name="user3")
    assert all("dept3" in name for row in found.rows for name in row.names)
    assert all("user3" in name for column in found.columns for name in column.names)
    assert not SurveyMap(answers, path="nothing like it").rows


def test_what_is_left_out_is_said():
    contexts = {f"u{n}": SecurityContext(f"{DOMAIN}-{n}") for n in range(60)}
    things = {f"f{n}": SecurityDescriptor.from_sddl(f"O:SYG:SYD:(A;;FR;;;{DOMAIN}-{n})") for n in range(60)}
    text = " ".join(show(survey(contexts, things, FileRights.READ_DATA)).text.split())
    assert "20 more groups of objects" in text and "48 more groups of people" in text


def test_the_picture_and_its_twin_say_the_same(answers):
    picture = show(answers)
    for words in ("Who has READ_DATA", "100 objects", "20 people", "20,000 of 200,000 pairs"):
        assert words in picture.html
    assert "Who has READ_DATA" in picture.text and "20,000 of 200,000 pairs" in picture.text


def test_an_explained_answer_is_a_decision():
    things = {"memo": SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FR;;;WD)")}
    found = survey({"user": USER}, things, FileRights.READ_DATA)
    assert "ACE 1" in show(found.why("user", "memo")).text


def test_the_explorer_searches_and_explains(answers):
    from tokenlab.view.widgets.survey_explorer import survey_explorer

    explorer = survey_explorer(answers)
    assert "20,000 of 200,000" in repr(explorer)
    explorer._path.value, explorer._name.value = "dept7", "user7"
    assert len(explorer.map.rows) == 1 and "ACE 1" in explorer._why.value
    explorer._one_name.value = "nobody"
    assert "is no person here" in explorer._says.value and explorer._why.value == ""
