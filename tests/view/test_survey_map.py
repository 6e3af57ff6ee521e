"""The map of a survey: it stays readable, loses nothing, and opens down to one answer."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenlab import FileRights, SecurityContext, SecurityDescriptor
from tokenlab.security import Ace, Acl
from tokenlab.security.check.survey import Survey, survey
from tokenlab.values import FILE
from tokenlab.view import show
from tokenlab.view.survey_map import MOST_COLUMNS, MOST_ROWS, GrantedShare, SurveyMap
from tokenlab.view.theme import HEATS

DOMAIN = "S-1-5-21-1-2-3"


def estate(things=1000, people=200):
    """Folders of ten departments, with people in one department each; one file is open to everybody."""
    staff = {
        f"user{n}": SecurityContext(f"{DOMAIN}-{n}", ["S-1-1-0", f"{DOMAIN}-{5000 + n % 10}"])
        for n in range(people)
    }
    lists = [f"O:SYG:SYD:(A;;FR;;;{DOMAIN}-{5000 + n})" for n in range(10)]
    found = {f"D:\\dept{n % 10}\\file{n}": lists[n % 10] for n in range(things)}
    found[r"D:\dept3\menu.txt"] = "O:SYG:SYD:(A;;FR;;;WD)"
    parsed = {text: SecurityDescriptor.from_sddl(text) for text in set(found.values())}
    return survey(staff, {path: parsed[text] for path, text in found.items()}, FileRights.READ_DATA)


def tangle(things=1000, people=300):
    """No two objects are open to the same people."""
    chance = random.Random(1)
    sids = [f"{DOMAIN}-{n}" for n in range(people)]
    staff = {f"user{n}": SecurityContext(sids[n], chance.sample(sids, 20)) for n in range(people)}
    found = {
        f"file {n}": SecurityDescriptor(
            sids[1], sids[2], Acl(Ace.allow(chance.choice(sids), 1) for _ in range(10))
        )
        for n in range(things)
    }
    return survey(staff, found, FileRights.READ_DATA)


@pytest.fixture(scope="module", params=[estate, tangle])
def answers(request):
    return request.param()


def test_a_thousand_objects_fit_a_page_and_none_is_lost(answers):
    found = SurveyMap(answers)
    assert 2 <= len(found.rows) <= MOST_ROWS and 2 <= len(found.columns) <= MOST_COLUMNS
    assert sorted(name for row in found.rows for name in row.names) == sorted(answers.sets)
    assert sorted(name for column in found.columns for name in column.names) == sorted(answers.contexts)


def test_a_cell_counts_what_it_stands_for(answers):
    found = SurveyMap(answers)
    for row in found.rows[:3]:
        for column in found.columns[:3]:
            pairs = [(name, path) for name in column.names for path in row.names]
            granted = sum(answers.grants(name, path) for name, path in pairs)
            assert found.share(row, column) == (granted, len(pairs))


def test_opening_what_is_first_ends_at_one_pair(answers):
    found = SurveyMap(answers)
    for _ in range(10):
        if len(found.objects) == 1 == len(found.people):
            break
        found = SurveyMap(answers, objects=found.rows[0].names, people=found.columns[0].names)
    assert len(found.objects) == 1 == len(found.people)
    (row,), (column,) = found.rows, found.columns
    assert found.share(row, column).granted == answers.grants(found.people[0], found.objects[0])


def test_rows_are_folders_and_the_one_open_file_shows():
    found = SurveyMap(estate())
    assert found.inside == "D:\\" and [row.label for row in found.rows][:3] == ["dept0", "dept1", "dept2"]
    (strange,) = (row for row in found.rows if row.label == "dept3")
    shares = {column.names[0]: str(found.share(strange, column)) for column in found.columns}
    assert shares.pop("user3") == "✓" and set(shares.values()) == {"1 %"}


def test_a_folder_and_what_is_in_it():
    r"""``D:\plans`` is a row beside its own files once it is opened."""
    contexts = {"ada": SecurityContext(f"{DOMAIN}-1")}
    free = SecurityDescriptor.from_sddl("O:SYG:SYD:NO_ACCESS_CONTROL")
    found = survey(contexts, {r"D:\plans": free, r"D:\plans\launch.txt": free, r"D:\old": free}, 0x1)
    top = SurveyMap(found)
    assert [row.label for row in top.rows] == ["plans", "old"] and top.inside == "D:\\"
    inside = SurveyMap(found, objects=top.rows[0].names)
    assert [row.label for row in inside.rows] == ["(the folder itself)", "launch.txt"]
    assert inside.inside == "D:\\plans\\"
    (only,) = SurveyMap(found, path="launch").rows
    assert only.label == "launch.txt"


def test_a_flat_folder_falls_into_few_answers_or_into_ranges():
    free, closed = (SecurityDescriptor.from_sddl(f"O:SYG:SYD:{dacl}") for dacl in ("NO_ACCESS_CONTROL", ""))
    contexts = {"ada": SecurityContext(f"{DOMAIN}-1")}
    two = survey(contexts, {f"D:\\f{n}": closed if n % 2 else free for n in range(60)}, 0x1)
    assert [row.label for row in SurveyMap(two).rows] == ["f0, f2 and 28 more", "f1, f3 and 28 more"]
    same = survey(contexts, {f"D:\\f{n}": free for n in range(60)}, 0x1)
    labels = [row.label for row in SurveyMap(same).rows]
    assert labels[:3] == ["f0 to f2", "f3 to f5", "f6 to f8"] and len(labels) == 20  # 9 before 10


def test_paths_of_other_kinds_have_folders_too():
    free = SecurityDescriptor.from_sddl("O:SYG:SYD:NO_ACCESS_CONTROL")
    contexts = {"ada": SecurityContext(f"{DOMAIN}-1")}
    found = survey(contexts, {r"\\srv\a\x": free, r"\\srv\b\y": free, r"\\srv\b\z": free}, 0x1)
    assert (SurveyMap(found).inside, [r.label for r in SurveyMap(found).rows]) == ("\\\\srv\\", ["a", "b"])
    found = survey(contexts, {"/srv/a/x": free, "/srv/b/y": free}, 0x1)
    assert (SurveyMap(found).inside, [r.label for r in SurveyMap(found).rows]) == ("/srv/", ["a", "b"])


def test_people_who_are_all_alike_are_one_column_until_it_is_opened():
    free = SecurityDescriptor.from_sddl("O:SYG:SYD:NO_ACCESS_CONTROL")
    contexts = {f"user{n}": SecurityContext(f"{DOMAIN}-{n}") for n in range(30)}
    found = survey(contexts, {"x": free}, 0x1)
    (column,) = SurveyMap(found).columns
    assert column.label == "user0, user1 and 28 more"
    opened = SurveyMap(found, people=column.names)
    assert [one.label for one in opened.columns][:2] == ["user0 to user2", "user3 to user5"]


@pytest.mark.parametrize(
    ("granted", "pairs", "text", "heat", "words"),
    [
        (0, 1, "✗", 0, "refused"),
        (1, 1, "✓", 4, "granted"),
        (0, 500, "✗", 0, "0 of 500 granted"),
        (1, 500, "<1 %", 1, "1 of 500 granted"),
        (250, 500, "50 %", 2, "250 of 500 granted"),
        (499, 500, ">99 %", 3, "499 of 500 granted"),
        (1500, 1500, "✓", 4, "1,500 of 1,500 granted"),
    ],
)
def test_a_share_never_rounds_to_all_or_nothing(granted, pairs, text, heat, words):
    share = GrantedShare(granted, pairs)
    assert (str(share), share.heat, share.words) == (text, heat, words) and heat < len(HEATS)


def test_a_search_keeps_what_it_names():
    found = SurveyMap(estate(), path="DEPT3", name="user3")
    assert all("dept3" in name for row in found.rows for name in row.names)
    assert all("user3" in name for column in found.columns for name in column.names)
    assert not SurveyMap(estate(), path="nothing like it").rows
    assert not SurveyMap(estate(), name="nobody").columns


def test_the_picture_says_in_text_what_it_shows():
    picture = show(estate())
    text = " ".join(picture.text.split())
    assert "Who has READ_DATA" in text and "dept3" in text and "1 %" in text
    assert "20,200 of 200,200 pairs are granted." in text
    assert 'class="mark heat4"' in picture.html and "color-mix" in picture.html


names = st.lists(st.text("ab\\/ 19", min_size=1, max_size=8), min_size=1, max_size=40, unique=True)


@settings(max_examples=300, deadline=None)
@given(names, names, st.randoms(use_true_random=False), st.booleans())
def test_whatever_the_names_every_pair_is_in_one_cell(paths, people, chance, opened):
    contexts = {name: SecurityContext("S-1-5-7") for name in people}
    sets = {path: chance.getrandbits(len(people)) for path in paths}
    answers = Survey(contexts, {}, 1, FILE, sets)
    found = SurveyMap(answers, people=people if opened else None)
    assert sorted(one for row in found.rows for one in row.names) == sorted(paths)
    assert sorted(one for column in found.columns for one in column.names) == sorted(people)
    assert len(found.rows) <= MOST_ROWS and len(found.columns) <= MOST_COLUMNS
    assert sum(found.share(r, c).granted for r in found.rows for c in found.columns) == answers.granted_pairs
    assert all(row.label for row in found.rows)
