"""Who is in a class, and when its work is due."""

from datetime import datetime, timedelta

import pytest

from tokenlab.teach.deadlines import Deadlines, DeadlinesError, read_deadlines
from tokenlab.teach.roster import RosterError, Student, by_login, read_roster

ZONE = "+01:00"
DUE = datetime.fromisoformat(f"2026-12-01T20:00:00{ZONE}")
RULE = Deadlines({"04": DUE}, timedelta(minutes=10), 10, 50, {"eve": {"04": DUE + timedelta(days=3)}})


def test_a_roster_is_read_as_spreadsheets_save_it(tmp_path):
    file = tmp_path / "roster.csv"
    file.write_bytes("\ufefflogin;last_name;office\r\nada;L\u00f6w;7\r\n;;\r\nben;;\r\n".encode())
    assert read_roster(file) == [Student("ada", last_name="L\u00f6w"), Student("ben")]
    assert by_login(read_roster(file), "ADA ").last_name == "L\u00f6w"
    assert by_login([], "zoe") == Student("zoe") and Student("zoe").name == "zoe"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name\nada\n", "no column 'login'"),
        ("login\nada\nADA\n", "twice"),
        ("login\n../ada\n", "is no login"),
        ("login,email\n,a@x.example\n", "is no login"),
    ],
)
def test_a_roster_that_cannot_be_used_is_told_so(tmp_path, text, says):
    (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(RosterError, match=says):
        read_roster(tmp_path / "roster.csv")


@pytest.mark.parametrize(
    ("student", "late", "percent"),
    [
        ("ada", timedelta(0), 0),
        ("ada", timedelta(minutes=10), 0),  # the grace is no extension: after it the whole delay counts
        ("ada", timedelta(minutes=11), 10),
        ("ada", timedelta(days=1, seconds=1), 20),
        ("ada", timedelta(days=30), 50),
        ("Eve ", timedelta(days=3), 0),
        ("eve", timedelta(days=3, hours=1), 10),
    ],
)
def test_a_day_that_has_begun_costs_its_percent(student, late, percent):
    found = RULE.lateness(student, "04", DUE + late)
    assert found.percent == percent
    assert found.penalty(34) == round(34 * percent / 100, 2)
    assert bool(found.late) == bool(percent)


def test_what_has_no_time_or_no_due_date_is_not_late():
    assert not RULE.lateness("ada", "04", None).late
    assert not RULE.lateness("ada", "05", DUE + timedelta(days=9)).late


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[du]\n", "no section"),
        ("[due]\n04 = 2026-12-01T20:00:00\n", "no date with a time zone"),
        ("[due]\n04 = 7\n", "no date with a time zone"),
        ("[late]\npercent_a_day = -1\n", "expected a number"),
        ("[extensions.ada]\n04 = 2026-12-01T20:00:00Z\n", "no due date"),
        ("due = 3\n", "no date"),
        ("[", "deadlines.toml"),
    ],
)
def test_deadlines_that_cannot_be_used_are_told_so(tmp_path, text, says):
    (tmp_path / "deadlines.toml").write_text(text)
    with pytest.raises(DeadlinesError, match=says):
        read_deadlines(tmp_path / "deadlines.toml")
