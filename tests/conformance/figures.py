"""The figures of the README: how much of what Windows made, said and logged the model gets right."""

from __future__ import annotations

from tests.conformance import descriptors, field_comparison, verdicts
from tests.conformance.comparison import Figure

COMPARISONS = (*descriptors.COMPARISONS, *verdicts.COMPARISONS, *field_comparison.COMPARISONS)


def conformance_figures() -> dict[str, Figure]:
    """By the name of each comparison: rows that agree, rows there are, exceptions by their reason."""
    return {comparison.name: comparison.figure() for comparison in COMPARISONS}
