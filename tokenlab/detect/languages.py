"""One Sigma rule in the languages that SIEMs are asked in, each made by its backend of pySigma."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tokenlab.detect.sigma_rule import SigmaRule, sigma
from tokenlab.detect.writing import to_sigma
from tokenlab.worlds.rules import DetectionRule


def in_languages(rule: str | DetectionRule) -> dict[str, str]:
    """The rule as KQL (Sentinel), ES|QL and EQL (Elastic) and SPL (Splunk), by the language's name.

    Takes Sigma in YAML, a `SigmaRule`, or a rule of the course that Sigma can say. A language that cannot say
    it has the reason in place of a query: ``cannot say it: ...``. Raises as `sigma` and `to_sigma` do.
    """
    text = rule if isinstance(rule, str) else to_sigma(rule)
    read = rule if isinstance(rule, SigmaRule) else sigma(text)
    assert read.query is not None
    security = set(read.query.sources) == {"security"}
    return {name: _said(make, text) for name, make in _backends(security).items()}


def _backends(security: bool) -> dict[str, Callable[[], Any]]:
    """Each with the pipeline that gives fields the names they have there."""
    from sigma.backends.elasticsearch import EqlBackend, ESQLBackend
    from sigma.backends.kusto import KustoBackend
    from sigma.backends.splunk import SplunkBackend
    from sigma.pipelines.azuremonitor import azure_monitor_pipeline
    from sigma.pipelines.elasticsearch import ecs_windows
    from sigma.pipelines.splunk import splunk_windows_pipeline

    return {
        "KQL": lambda: KustoBackend(azure_monitor_pipeline("SecurityEvent" if security else None)),
        "ES|QL": lambda: ESQLBackend(ecs_windows()),
        "EQL": lambda: EqlBackend(ecs_windows()),
        "SPL": lambda: SplunkBackend(splunk_windows_pipeline()),
    }


def _said(make: Callable[[], Any], text: str) -> str:
    from sigma.collection import SigmaCollection

    try:
        queries = make().convert(SigmaCollection.from_yaml(text))
    except Exception as error:  # a backend says in its own kind of error what it cannot do
        return f"cannot say it: {str(error).strip().partition(chr(10))[0].partition('. ')[0]}"
    return "\n".join(str(query).strip() for query in queries)
