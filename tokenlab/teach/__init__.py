"""What lessons and exercises need around the model: predictions, refusals, tasks, answers and feedback."""

from typing import TYPE_CHECKING, Any

from tokenlab.teach.attempt import attempt
from tokenlab.teach.check import another, check, hint, learner, task
from tokenlab.teach.refused import refused

if TYPE_CHECKING:
    from tokenlab.teach.prediction import predict

__all__ = ["predict", "attempt", "refused", "learner", "task", "check", "hint", "another"]


def __getattr__(name: str) -> Any:
    """Widgets come with the first prediction: a grader needs none."""
    if name != "predict":
        raise AttributeError(f"module 'tokenlab.teach' has no attribute {name!r}")
    from tokenlab.teach.prediction import predict

    return predict
