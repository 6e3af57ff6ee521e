"""What lessons and exercises need around the model: predictions, refusals, tasks, answers and feedback."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tokenlab.teach.attempt import attempt
from tokenlab.teach.check import another, check, hint, learner, task
from tokenlab.teach.glossary import explain
from tokenlab.teach.refused import refused

if TYPE_CHECKING:
    from tokenlab.teach.cheat_sheet import cheat_sheet
    from tokenlab.teach.packing import pack, unpack
    from tokenlab.teach.prediction import predict
    from tokenlab.teach.progress import progress, review

__all__ = ["predict", "attempt", "refused", "learner", "task", "check", "hint", "another"]
__all__ += ["explain", "cheat_sheet", "progress", "review", "pack", "unpack"]
_WITH_PICTURES = {
    "predict": "prediction",
    "cheat_sheet": "cheat_sheet",
    "progress": "progress",
    "review": "progress",
    "pack": "packing",
    "unpack": "packing",
}


def __getattr__(name: str) -> Any:
    """Widgets, pictures and files come when they are first asked for: a grader needs none."""
    if name not in _WITH_PICTURES:
        raise AttributeError(f"module 'tokenlab.teach' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"tokenlab.teach.{_WITH_PICTURES[name]}"), name)
    return found
