"""The model against real Windows, row by row."""

from __future__ import annotations

import pytest

from tests.conformance import descriptors, verdicts
from tests.conformance.comparison import Comparison
from tests.conformance.figures import COMPARISONS, conformance_figures
from tests.support import load_json
from tokenlab.security import AceType, Acl, SecurityDescriptor

by_name = pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda comparison: comparison.name)


@by_name
def test_the_model_agrees_with_windows(comparison: Comparison) -> None:
    unexplained = [different for different in comparison.differences() if different.reason is None]
    assert unexplained == []


@by_name
def test_no_row_has_gone_missing(comparison: Comparison) -> None:
    assert len(comparison.load()) == comparison.total


@by_name
def test_an_exception_is_needed_for_every_row_it_excuses(comparison: Comparison) -> None:
    excused = [row for row in comparison.load() if comparison.reason(row)]
    assert [different.row for different in comparison.differences()] == excused
    assert len(excused) <= 10


def test_a_difference_is_found() -> None:
    wrong = Comparison("wrong", lambda: [1, 2], 2, lambda row: (row, 1))
    assert [different.row for different in wrong.differences()] == [2]
    assert wrong.figure() == (1, 2, {"unexplained": 1})
    raising = Comparison("raising", lambda: [0], 1, lambda row: (1 / row, 1))
    assert len(raising.differences()) == 1


def test_the_figures_name_every_comparison() -> None:
    figures = conformance_figures()
    assert len(figures) == len(COMPARISONS)
    for passed, total, exceptions in figures.values():
        assert passed + sum(exceptions.values()) == total


# --- the exceptions, proved ----------------------------------------------------------------------


def test_rows_without_rights_are_exact_once_their_object_aces_are_back() -> None:
    """Their text lost an O: with it the bytes are Windows' own, reserved bytes and revision included."""
    rows = [row for row in load_json(descriptors.ORDINARY) if descriptors.was_object_ace(row)]
    assert len(rows) == 10
    for row in rows:
        restored = descriptors.with_object_types(row["sddl"])
        assert restored != row["sddl"]
        assert descriptors.from_text(restored).to_bytes().hex() == row["hex"]


def test_an_object_ace_without_a_guid_is_written_as_the_domain_controller_wrote_it() -> None:
    (row,) = [r for r in load_json("real/sddl_from_events.json") if descriptors.object_ace_without_guid(r)]
    domain = descriptors.domain_of(row)
    read = SecurityDescriptor.from_sddl(row["sddl"], domain)
    assert read.dacl is not None
    place = row["sddl"].split("(")[1:].index("OA;;LCRPLORC;;;RU)")
    aces = list(read.dacl)
    assert aces[place].type is AceType.ACCESS_ALLOWED
    aces[place] = aces[place]._replace(type=AceType.ACCESS_ALLOWED_OBJECT)
    as_on_the_disk = SecurityDescriptor.from_bytes(read.with_dacl(Acl(aces)).to_bytes())
    assert as_on_the_disk.to_sddl(domain) == row["sddl"]


def test_the_other_revision_is_the_only_reason_why_win32_refused_that_text() -> None:
    rows = load_json("vectors/sddl_win32_errors.json")
    (refused,) = [row for row in rows if descriptors.wrong_revision(row)]
    assert any(row["ok"] and row["sddl"] == refused["sddl"] for row in rows)


# --- what is in the rows -------------------------------------------------------------------------


def test_the_events_show_every_kind_of_reason_that_they_can() -> None:
    codes = {
        code
        for row in load_json("real/access_reason_events.json")
        for code, _ in verdicts.event_reasons(row).values()
    }
    assert codes == {1801, 1804, 1805, 1811}


def test_every_right_of_an_event_has_its_reason() -> None:
    for row in load_json("real/access_reason_events.json"):
        assert sum(verdicts.event_reasons(row)) == int(row["AccessMask"], 16)
