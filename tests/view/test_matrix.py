"""The matrix of effective rights says what the access check says."""

import pytest

from tests.view.pages import DESCRIPTORS, DOMAIN, HOSTS, USER, Page, descriptor
from tokenlab import SecurityDescriptor, Sid, granted_access
from tokenlab.values import MAXIMUM_ALLOWED
from tokenlab.values.well_known import (
    ADMINISTRATORS,
    ANONYMOUS,
    AUTHENTICATED_USERS,
    EVERYONE,
    LOCAL_SYSTEM,
    USERS,
)
from tokenlab.view.matrix import alone, matrix_html, matrix_text, principals


def marks(html: str) -> list[str]:
    """The cells of the body, row after row."""
    body = html.partition("<tbody>")[2].partition("</tbody>")[0]
    return [cell.partition(">")[2][0] for cell in body.split("<td")[1:]]


@pytest.mark.parametrize("name", DESCRIPTORS)
def test_every_cell_is_the_answer_of_the_access_check(name: str) -> None:
    sddl, object_type = DESCRIPTORS[name]
    value = SecurityDescriptor.from_sddl(sddl)
    html = matrix_html(value, object_type)
    complete = SecurityDescriptor(
        value.owner or "S-1-0-0", value.group or "S-1-0-0", value.dacl, value.sacl, value.control
    )
    masks = [granted_access(alone(sid), complete, MAXIMUM_ALLOWED, object_type) for sid in principals(value)]
    rights = object_type.describe(object_type.mapping.all)
    expected = [bool(mask & bit) for bit, _ in rights for mask in masks]
    assert [mark == "✓" for mark in marks(html)] == expected
    assert Page(html).count("tr") == 1 + len(rights)


@pytest.mark.parametrize("name", DESCRIPTORS)
def test_the_text_has_the_same_marks(name: str) -> None:
    sddl, object_type = DESCRIPTORS[name]
    value = SecurityDescriptor.from_sddl(sddl)
    html, text = matrix_html(value, object_type), matrix_text(value, object_type)
    table = text.partition("✓ granted,")[0]
    for sign in "✓✗∅":
        assert table.count(sign) == marks(html).count(sign)


def test_denied_and_granted_by_nothing_are_different_answers() -> None:
    value = SecurityDescriptor.from_sddl("O:SYG:SYD:(D;;WO;;;BU)(A;;FR;;;BU)")
    cells = dict(zip([name for _, name in _rights()], marks(matrix_html(value))[1::2], strict=True))
    assert (cells["WRITE_OWNER"], cells["DELETE"], cells["READ_DATA"]) == ("✗", "∅", "✓")


def _rights() -> list[tuple[int, str]]:
    from tokenlab.values import FILE

    return FILE.describe(FILE.mapping.all)


def test_a_cell_says_its_reason() -> None:
    page = Page(matrix_html(HOSTS))
    assert "granted by ACE 2 (A;;FA;;;BA)" in page.said
    assert "not granted" in page.said


def test_a_column_is_for_the_owner_and_for_each_sid_once() -> None:
    value = SecurityDescriptor.from_sddl(
        "O:BAG:SYD:(A;;FR;;;BU)(A;;FA;;;BA)(A;;FW;;;BU)(A;OICIIO;FA;;;CO)(A;;FA;;;OW)"
    )
    assert principals(value) == [ADMINISTRATORS, USERS]


@pytest.mark.parametrize("name", ["NULL DACL", "empty DACL", "no DACL"])
def test_without_lines_there_is_a_column_for_everyone(name: str) -> None:
    assert principals(descriptor(name)) == [LOCAL_SYSTEM, EVERYONE]


@pytest.mark.parametrize(
    ("sid", "holds"),
    [
        (USERS, {EVERYONE, AUTHENTICATED_USERS}),
        (AUTHENTICATED_USERS, {EVERYONE}),
        (EVERYONE, set()),
        (ANONYMOUS, set()),
        (Sid("S-1-15-2-1"), set()),
    ],
)
def test_what_is_assumed_of_a_column(sid: Sid, holds: set[Sid]) -> None:
    assert alone(sid).enabled_sids == holds | {sid}


def test_a_missing_owner_is_replaced_by_one_that_no_token_holds() -> None:
    text = matrix_text(descriptor("service"), DESCRIPTORS["service"][1])
    assert "takes one that no token holds" in " ".join(text.split())
    assert "✓" in text.partition("✓ granted,")[0]


def test_named_contexts_become_the_columns() -> None:
    contexts = {"cosmo": USER, "<script>": alone(ADMINISTRATORS)}
    page, text = Page(matrix_html(HOSTS, contexts=contexts)), matrix_text(HOSTS, contexts=contexts)
    assert page.count("script") == 0
    assert "cosmo" in page.visible
    assert "cosmo" in text
    assert "Assumed" not in text


def test_many_columns_make_several_tables_of_text() -> None:
    sddl = "O:SYG:SYD:" + "".join(f"(A;;FR;;;{DOMAIN}-{1000 + n})" for n in range(20))
    value = SecurityDescriptor.from_sddl(sddl)
    assert Page(matrix_html(value)).count("table") == 1
    assert matrix_text(value).count("Effective rights") == 4
    assert max(map(len, matrix_text(value).splitlines())) <= 110
