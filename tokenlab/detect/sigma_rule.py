"""A rule written in Sigma, read by pySigma: a `DetectionRule` as others, for `judge`, `where`, `show`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tokenlab.detect.running import SqlQuery
from tokenlab.detect.sources import LogSource
from tokenlab.values import Events
from tokenlab.worlds.rules import DetectionRule

EXAMPLE = """title: Every logon of type 9
logsource:
    product: windows
    service: security
detection:
    selection:
        EventID: 4624
        LogonType: 9
    condition: selection
"""
MISSING = (
    "Sigma rules are read by pySigma, which is not installed: pip install tokenlab[detect], or start the "
    "course by python lab.py, which brings it along"
)


@dataclass(frozen=True)
class SigmaRule(DetectionRule):
    """``text`` is what was read, ``level`` Sigma's own: informational, low, medium, high, critical."""

    level: str = ""
    text: str = field(default="", repr=False)
    query: SqlQuery | None = field(default=None, repr=False, compare=False)

    def lacks(self, log: Iterable[Any]) -> list[str]:
        """The fields it asks for that no record of its log source has: why it may be silent."""
        assert self.query is not None
        log, missing = Events(log), set[str]()
        for table, names in self.query.fields.items():
            source = self.query.sources[table]
            records = [event for _, event in source.records(log)]
            missing |= {name for name in names if all(source.value(one, name) is None for one in records)}
        return sorted(missing)


def _library() -> Any:
    """pySigma's collections. It asks PyYAML for its reader in C, which not every Python has (a browser's)."""
    try:
        import yaml

        if not hasattr(yaml, "CSafeLoader"):
            setattr(yaml, "CSafeLoader", yaml.SafeLoader)  # noqa: B010 (the same documents, more slowly)
        from sigma.collection import SigmaCollection
    except ImportError:
        raise ImportError(MISSING) from None
    return SigmaCollection


def sigma(text: str) -> SigmaRule:
    """Read a Sigma rule in YAML: a rule, or several with a correlation of them.

    ``day.judge(sigma(text))`` tries it on a labelled log, ``log.where(sigma(text))`` gives the records of its
    alerts. Raises ImportError without pySigma, and ValueError for what is no rule, or one that cannot be run
    here.
    """
    SigmaCollection = _library()
    title = _title(text)
    try:
        collection = SigmaCollection.from_yaml(text)
        collection.resolve_rule_references()
        if not collection.rules:
            raise ValueError("there is none in it")
        head = _head(collection)
        rules = [rule for rule in collection if hasattr(rule, "logsource")]
        sources = [_source(rule) for rule in rules]
        query = SqlQuery(collection, sources)
        query.run(Events())  # what SQLite does not take shows itself now
    except Exception as error:  # the library raises many kinds, of YAML's and of Python's own
        named = f"the Sigma rule {title!r} cannot be run" if title else "this is no Sigma rule"
        said = _reason(error)
        raise ValueError(f"{named}: {said}: expected one such as\n{EXAMPLE}") from error
    techniques = [tag.name.upper() for tag in head.tags if tag.name[:2] in ("t1", "T1")]
    return SigmaRule(
        str(head.title or title or "a Sigma rule"),
        ", ".join(techniques) or "-",
        "; ".join(dict.fromkeys(map(_needs, rules))),
        "; ".join(map(str, head.falsepositives)) or "the rule names none",
        "Sigma has no heading for them: ask what would leave none of these events",
        query.run,
        level=head.level.name.lower() if head.level else "",
        text=text,
        query=query,
    )


def _title(text: str) -> str:
    """What a text calls itself, also where the rest of it cannot be read."""
    if not isinstance(text, str):
        raise ValueError(f"{text!r:.60} is no text: expected a Sigma rule in YAML, for example\n{EXAMPLE}")
    named = re.search(r"^title:[ \t]*(\S.*)$", text, re.MULTILINE)
    return named[1].strip().strip("'\"") if named else ""


def _reason(error: Exception) -> str:
    """What the library says, and in its place what may be meant where that says little."""
    said = str(error).strip().rstrip(".") or type(error).__name__
    mark = getattr(error, "problem_mark", None)
    if mark is not None:  # YAML's
        return f"line {mark.line + 1}: {getattr(error, 'problem', said)}"
    if isinstance(error, (AttributeError, TypeError, KeyError)):
        return "it is YAML, but not of a rule's form: headings with what belongs to them"
    if "Unknown modifier" in said:
        from sigma.modifiers import modifier_mapping

        return f"{said}; Sigma has {', '.join(sorted(modifier_mapping))}"
    if "Value-only" in said:
        return "it looks for words anywhere in a record (keywords); here a value has a field: EventID: 4624"
    return said


def _head(collection: Any) -> Any:
    """The rule that speaks for the text: the correlation, or the first."""
    correlations = [rule for rule in collection if not hasattr(rule, "logsource")]
    return [*correlations, *collection][0]


def _source(rule: Any) -> LogSource:
    source = rule.logsource
    return LogSource.read(source.product, source.category, source.service)


def _needs(rule: Any) -> str:
    """What the rule's own definition of its log source asks for, else what that source always needs."""
    return " ".join(str(rule.logsource.definition or "").split()) or _source(rule).needs
