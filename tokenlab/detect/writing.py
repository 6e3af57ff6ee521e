"""A rule of the course written out in Sigma, where Sigma can say it."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from tokenlab.detect.sigma_rule import MISSING, SigmaRule
from tokenlab.worlds.rules import DetectionRule


def to_sigma(rule: DetectionRule) -> str:
    """The rule in YAML, with its header. Raises ValueError where Sigma cannot say it, with the reason, and
    for a rule that is only Python; ImportError without pySigma."""
    try:
        import yaml
    except ImportError:
        raise ImportError(MISSING) from None
    if isinstance(rule, SigmaRule):
        return rule.text
    if not isinstance(rule, DetectionRule) or not rule.sigma:
        raise ValueError(
            f"{rule!r:.60} is a function, and Sigma is made of data: expected a rule with its sigma=, "
            "for example rules.type_9()"
        )
    if isinstance(rule.sigma, str):
        raise ValueError(f"Sigma cannot say {rule.title!r}: {rule.sigma}")
    *parts, last = rule.sigma
    documents = [{"title": f"{rule.title}: {part['name']}", **part} for part in parts]
    documents.append({**_header(rule), **last, **_about(rule)})
    return yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=100)


def _header(rule: DetectionRule) -> dict[str, Any]:
    return {
        "title": rule.title,
        "id": str(uuid5(NAMESPACE_DNS, f"tokenlab {rule.title}")),
        "status": "experimental",
        "description": f"Needs: {rule.needs}. Does not see: {rule.blind_spots}.",
        "tags": [f"attack.{rule.technique.lower()}"],
    }


def _about(rule: DetectionRule) -> dict[str, Any]:
    return {"falsepositives": [rule.false_positives], "level": "medium"}
