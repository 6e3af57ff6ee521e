"""What is done in the model, told to those who watch: a picture of what happened is made from it.

A call that is made inside another one belongs to that one, and is not told by itself. Watching changes
nothing: a run that is watched gives the same numbers as one that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from tokenlab.system.errors import Refusal

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(eq=False)
class ObservedCall:
    """A call: ``verb``, what it was made on, with what; then what came of it, or the refusal."""

    verb: str
    asked: tuple[Any, ...]
    options: dict[str, Any]
    result: Any = None
    refusal: Refusal | None = None
    done: bool = False


Watcher = Callable[[ObservedCall], None]
"""Told twice of each call: before, and when it is ``done``."""

_watchers: list[Watcher] = []
_calls: list[ObservedCall] = []


@contextmanager
def watch(watcher: Watcher) -> Iterator[None]:
    """Tell ``watcher`` of everything that is done until the block ends."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def observe(verb: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let watchers know when this function is called."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def told(*args: P.args, **kwargs: P.kwargs) -> T:
            if not _watchers or _calls:
                return function(*args, **kwargs)
            call = ObservedCall(verb, args, dict(kwargs))
            _tell(call)
            _calls.append(call)
            try:
                result = call.result = function(*args, **kwargs)
                return result
            except Refusal as refused:
                call.refusal = refused
                raise
            finally:
                _calls.pop()
                call.done = True
                _tell(call)

        return told

    return decorate


def _tell(call: ObservedCall) -> None:
    for watcher in tuple(_watchers):
        watcher(call)
