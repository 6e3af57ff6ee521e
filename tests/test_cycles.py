"""No file of the package imports itself round about, be it late or for types only."""

from __future__ import annotations

from collections.abc import Set

from tests.test_floors import MODULES, arrows

OBJECT_GRAPH = {
    f"tokenlab.system.{name}"
    for name in (
        *("machine", "process", "thread", "handle", "token", "logon_session"),  # each knows the others
        # and what their methods call, with the object as the first argument:
        *("administrator_protection", "apps", "boot", "creation", "default_objects", "handle_kinds"),
        *("impersonation", "lsa_secrets", "namespace", "nobodys_logons", "object_events", "objects"),
        *("opening", "process_creation", "service_manager", "sysmon"),
    )
}
"""A machine has processes, a process threads and handles, a thread a token, a token its session, and each
of them is asked for the others: docs/architecture.md, "The object graph"."""


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


def in_a_cycle(found: dict[str, set[str]]) -> set[str]:
    """The modules from which imports lead back to themselves."""

    def reached(module: str) -> set[str]:
        seen, waiting = set[str](), [module]
        while waiting:
            new = found.get(waiting.pop(), set()) - seen
            seen |= new
            waiting.extend(new)
        return seen

    return {module for module in found if module in reached(module)}


def test_no_file_imports_itself_round_about() -> None:
    sources = {name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}
    found = imports(sources, {name for name, path in MODULES.items() if path.name == "__init__.py"})
    assert in_a_cycle(found) == OBJECT_GRAPH


def test_a_cycle_is_found_be_it_late_or_for_types_only() -> None:
    late = {"t.a": "def f():\n    from t import b", "t.b": "from t.a import f", "t.c": "import t.a"}
    typed = {"t.a": "if TYPE_CHECKING:\n    from t.b import B", "t.b": "import t.a", "t.d": ""}
    assert in_a_cycle(imports(late)) == in_a_cycle(imports(typed)) == {"t.a", "t.b"}
    assert in_a_cycle(imports({"t.a": "from t import b", "t.b": "import ast"})) == set()
