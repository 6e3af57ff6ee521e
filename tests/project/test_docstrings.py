"""Every public function says what it does, and what it raises."""

import ast
from collections.abc import Iterator

from tests.support import ROOT

Function = ast.FunctionDef | ast.AsyncFunctionDef
PACKAGE = ROOT / "tokenlab"
FILES = [
    path for path in sorted(PACKAGE.rglob("*.py")) if not path.match("exercises/lesson_*.py")
]  # what a world or a judge of an exercise is for stands in the lesson's TOML


def public_functions(node: ast.AST, of: str = "") -> Iterator[tuple[str, Function]]:
    """The functions and methods that others may call, by name; not what is only declared (``...``)."""
    for one in ast.iter_child_nodes(node):
        if isinstance(one, ast.ClassDef) and not one.name.startswith("_"):
            yield from public_functions(one, f"{of}{one.name}.")
        elif isinstance(one, Function) and not (one.name.startswith("_") or is_declared_only(one)):
            yield f"{of}{one.name}", one


def is_declared_only(function: Function) -> bool:
    """A stub of a protocol or an overload; or a setter, of which the getter tells."""
    last = function.body[-1]
    if any("setter" in ast.dump(one) for one in function.decorator_list):
        return True
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant) and last.value.value is ...


def raises(node: ast.AST) -> bool:
    """Whether its own body raises something new; a function inside has its own body."""
    for one in ast.iter_child_nodes(node):
        if isinstance(one, ast.Raise) and one.exc is not None:
            return True
        if not isinstance(one, (Function, ast.Lambda, ast.ClassDef)) and raises(one):
            return True
    return False


def complaints(source: str) -> list[str]:
    """What is missing in the docstrings of a module, a sentence each."""
    found = []
    for name, function in public_functions(ast.parse(source)):
        told = ast.get_docstring(function) or ""
        if not told:
            found.append(f"{name} says nothing: expected a docstring")
        elif raises(function) and "aises" not in told:
            found.append(f"{name} does not say what it raises: expected 'Raises ValueError where ...'")
    return found


def test_every_public_function_says_what_it_does_and_what_it_raises() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {sentence}"
        for path in FILES
        for sentence in complaints(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


def test_what_is_missing_is_found_wherever_it_stands() -> None:
    assert complaints("def f(): pass") and complaints("class A:\n    def f(self): pass")
    assert complaints('def f():\n    """It does."""\n    if f: raise ValueError("no")')
    assert complaints('async def f():\n    """It does."""\n    with f: raise KeyError')


def test_what_says_enough_is_left_alone() -> None:
    assert not complaints('def f():\n    """It does. Raises ValueError."""\n    raise ValueError')
    assert not complaints('def f():\n    """It does."""\n    def g(): raise ValueError')
    assert not complaints("def _f(): pass\nclass _A:\n    def f(self): pass\nclass B:\n    def f(self): ...")
