"""The cases of the field as one comparison: each holds, or is a listed difference."""

from __future__ import annotations

from collections.abc import Callable, Container

from tests.conformance import test_field as checks
from tests.conformance.comparison import Comparison, Row
from tests.conformance.field import (
    BY_THE_CONTROLLER,
    DIFFERENCES,
    GRANTED,
    LOGS,
    REFUSED_LOGS,
    REFUSED_TOKENS,
    TOKENS,
    index,
)
from tests.conformance.field_scenes import SCENES

_CHECKS: tuple[tuple[Container[str], Callable[[str], None]], ...] = (
    (
        BY_THE_CONTROLLER,
        checks.test_the_controller_reads_the_attribute_of_resource_based_delegation_as_windows_does,
    ),
    (GRANTED, checks.test_a_descriptor_from_a_thread_decides_as_windows_did),
    (TOKENS, checks.test_a_pasted_whoami_is_read),
    (REFUSED_TOKENS, checks.test_what_is_no_whoami_is_refused),
    (LOGS, checks.test_a_log_is_read_in_the_form_in_which_it_lies_there),
    (REFUSED_LOGS, checks.test_what_is_no_log_is_refused_with_the_command_to_use),
    ([checks.BINARY], checks.test_a_binary_log_without_records_is_refused_clearly),
    (SCENES, checks.test_a_question_from_a_thread_has_the_answer_that_people_saw),
)


def _sides(name: Row) -> tuple[object, object]:
    """Whether the case holds; where it does not, the check's own words."""
    if name in DIFFERENCES:
        return "another outcome", "the outcome of the thread"
    key = str(name).removesuffix(".json") if str(name).removesuffix(".json") in GRANTED else str(name)
    next(check for names, check in _CHECKS if key in names)(key)
    return True, True


COMPARISONS = (
    Comparison(
        "descriptors, print-outs, logs and questions from public threads",
        lambda: list(index()),
        95,
        _sides,
        lambda name: DIFFERENCES.get(str(name)),
    ),
)
