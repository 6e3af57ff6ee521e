"""How deep lists and objects from outside are nested, found without recursion."""

from __future__ import annotations


def is_deeper(value: object, most: int) -> bool:
    """True if lists and dicts are nested more than ``most`` deep in a value as JSON has it."""
    level = [value]
    for _ in range(most):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True
