"""What one submission may use up."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20
NOTEBOOK = 10 * MIB  # bytes of a submitted file


@dataclass(frozen=True)
class SubmissionLimits:
    """Seconds of the wall clock, bytes, and counts.

    A cell that takes too long is interrupted and the next one runs; a submission that takes too long is
    killed. The answers given until then count, but a function that is gone can no longer be asked.
    """

    seconds: float = 60.0  # all cells together
    cell_seconds: float = 15.0
    question_seconds: float = 2.0  # one call of a function
    asking_seconds: float = 30.0  # all calls together
    cpu_seconds: int = 60  # each process
    memory: int = 1024 * MIB  # each process
    file: int = 16 * MIB
    folder: int = 64 * MIB
    processes: int = 16
    message: int = MIB // 2  # one answer, as JSON
    messages: int = 16 * MIB
