"""No file of the package imports itself round about, be it late or for types only."""

from __future__ import annotations

from collections.abc import Set

from tests.test_floors import MODULES, arrows

OBJECT_GRAPH = {
    f"tokenlab.system.{name}"
    for name in (
        *("machine", "process", "thread", "handle"),  # each knows the others
        # and what their methods call, with the object as the first argument:
        *("apps", "boot", "creation", "handle_kinds", "nobodys_logons", "opening", "process_creation"),
        "service_manager",
    )
}
"""A machine has processes, a process threads and handles, and each of them is asked for the others:
docs/architecture.md, "The object graph"."""
PAIR = {"tokenlab.system.token", "tokenlab.system.logon_session"}
"""A token stands for a session, and a session ends with its last token; they know nothing of the graph."""


def imports(sources: dict[str, str], packages: Set[str] = frozenset()) -> dict[str, set[str]]:
    """Which module imports which, wherever in its text the import stands."""
    found: dict[str, set[str]] = {}
    for module, source in sources.items():
        named = [name for _, name in arrows(source, module, is_package=module in packages)]
        found[module] = {
            name if name in sources else name.rpartition(".")[0]
            for name in named
            if name in sources or name.rpartition(".")[0] in sources
        } - {module}
    return found


def cycles(found: dict[str, set[str]]) -> set[frozenset[str]]:
    """The modules from which imports lead back to themselves: together, if they lead to each other."""

    def reached(module: str) -> set[str]:
        seen, waiting = set[str](), [module]
        while waiting:
            new = found.get(waiting.pop(), set()) - seen
            seen |= new
            waiting.extend(new)
        return seen

    reach = {module: reached(module) for module in found}
    return {
        frozenset(other for other in reach[module] if module in reach[other])
        for module in found
        if module in reach[module]
    }


def test_no_file_imports_itself_round_about() -> None:
    sources = {name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}
    found = imports(sources, {name for name, path in MODULES.items() if path.name == "__init__.py"})
    assert cycles(found) == {frozenset(OBJECT_GRAPH), frozenset(PAIR)}


def test_a_cycle_is_found_be_it_late_or_for_types_only() -> None:
    late = {"t.a": "def f():\n    from t import b", "t.b": "from t.a import f", "t.c": "import t.a"}
    typed = {"t.a": "if TYPE_CHECKING:\n    from t.b import B", "t.b": "import t.a", "t.d": ""}
    assert cycles(imports(late)) == cycles(imports(typed)) == {frozenset({"t.a", "t.b"})}
    assert cycles(imports({"t.a": "from t import b", "t.b": "import ast"})) == set()
