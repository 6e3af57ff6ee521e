"""What all tests share: how Hypothesis searches, and a word on time at the end.

`--hypothesis-profile=thorough` searches longer, `brief` less long: on a Python after the first.
"""

import pytest
from hypothesis import settings

from tests.shares import shares

# No deadline: a busy machine is no counterexample. The blob lets a failure be run again anywhere.
settings.register_profile("tokenlab", deadline=None, print_blob=True)
settings.register_profile("thorough", settings.get_profile("tokenlab"), max_examples=5000)
settings.register_profile("brief", settings.get_profile("tokenlab"), max_examples=25)
settings.load_profile("tokenlab")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end of a long run which folders took how much of it."""
    reports = [one for kind in terminalreporter.stats.values() for one in kind if hasattr(one, "duration")]
    if sum(one.duration for one in reports) > 60:
        parts = shares((one.nodeid, one.duration) for one in reports)
        told = ", ".join(f"{name} {part:.0%}" for name, part in parts.items() if part >= 0.005)
        terminalreporter.write_line(f"share of the time: {told}")


# Files that take long, the longest first: begun before the others, so that no worker is left with one of them
# while the rest is done.
LONG = (
    "tests/site/",
    "tests/teach/course/test_the_guide",
    "tests/teach/grade/test_attacks.py",
    "tests/exercises/test_every_exercise",
    "tests/notebooks/test_browser_widgets",
    "tests/teach/grade/test_a_whole_class",
    "tests/exercises/test_generated",
    "tests/view/test_browser_views",
    "tests/notebooks/test_browser_day_two",
    "tests/benchmarks/",
    "tests/teach/grade/",
    "tests/exercises/test_browser",
    "tests/project/test_lab",
    "tests/project/test_package",
    "tests/conformance/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files; the order of the rest stays."""

    def place(item: pytest.Item) -> int:
        return next((at for at, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG))

    items.sort(key=place)
