"""A log of which one knows what happened: the measure of a rule.

Somebody acts a story, and its events carry its label. A rule is any function that takes the log and gives the
events it would raise an alert for; `LabelledLog.judge` tells what it found, what it missed, and its false
positives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tokenlab.values import Event, Events
from tokenlab.values.visible import count_noun
from tokenlab.worlds.rules import Rule

Key = tuple[str, str, int]


def key(event: Event) -> Key:
    """What names a record among all others: its machine, its channel, and its number there."""
    return str(event["Hostname"]), str(event.get("Channel", "")), int(event["RecordNumber"])


@dataclass(frozen=True)
class Story:
    """Something that happened: work, or an attack with ATT&CK's ``technique``; ``leaves`` is what to see."""

    title: str
    technique: str = ""
    leaves: str = ""
    records: frozenset[Key] = field(default=frozenset(), repr=False)

    @property
    def is_attack(self) -> bool:
        """True if it has a technique of ATT&CK."""
        return bool(self.technique)


@dataclass(frozen=True, eq=False)
class LabelledLog:
    """All events in their order, and the stories they belong to."""

    log: Events
    stories: tuple[Story, ...]

    def events_of(self, story: Story | str) -> Events:
        """What a story left, on all machines; a text stands for the story with it in its title."""
        if isinstance(story, str):
            story = self._named(story)
        return Events(event for event in self.log if key(event) in story.records)

    def judge(self, rule: Rule) -> RuleTrial:
        """Let a rule read the whole log. Raises ValueError if it gives anything but events of this log."""
        ours = {key(event) for event in self.log}
        alerts = []
        for event in rule(self.log):
            if not isinstance(event, dict) or "RecordNumber" not in event or key(event) not in ours:
                raise ValueError(
                    f"{event!r:.60} is no event of this log: expected a rule that gives some of them, "
                    'for example lambda log: log.where(4624, LogonType="9")'
                )
            alerts.append(event)
        return RuleTrial(self, rule, Events(alerts))

    def _named(self, title: str) -> Story:
        for story in self.stories:
            if title.lower() in story.title.lower():
                return story
        raise KeyError(f"no story {title!r}: expected a part of one of {[one.title for one in self.stories]}")

    def __repr__(self) -> str:
        attacks = sum(story.is_attack for story in self.stories)
        return (
            f"<LabelledLog: {len(self.log)} records, {len(self.stories)} stories, {attacks} of them attacks>"
        )


@dataclass(frozen=True, eq=False)
class RuleTrial:
    """What a rule did with a labelled log. Stories are counted: ten alerts for one attack found one."""

    labelled: LabelledLog
    rule: Rule
    alerts: Events

    @property
    def found(self) -> list[Story]:
        """Attacks with an alert: right."""
        return [story for story in self.labelled.stories if story.is_attack and self.has_alert(story)]

    @property
    def missed(self) -> list[Story]:
        """Attacks without one."""
        return [story for story in self.labelled.stories if story.is_attack and not self.has_alert(story)]

    @property
    def false_positives(self) -> list[Story]:
        """Work with an alert."""
        return [story for story in self.labelled.stories if not story.is_attack and self.has_alert(story)]

    @property
    def quiet(self) -> list[Story]:
        """Work without one: right too."""
        return [story for story in self.labelled.stories if not story.is_attack and not self.has_alert(story)]

    def has_alert(self, story: Story) -> bool:
        """Did the rule raise an alert for this story?"""
        return any(key(event) in story.records for event in self.alerts)

    @property
    def precision(self) -> float | None:
        """Of the stories with an alert, how many were attacks; None where there was no alert."""
        fired = len(self.found) + len(self.false_positives)
        return len(self.found) / fired if fired else None

    @property
    def recall(self) -> float | None:
        """Of the attacks, how many have an alert; None where there was no attack."""
        attacks = len(self.found) + len(self.missed)
        return len(self.found) / attacks if attacks else None

    @property
    def score(self) -> str:
        """Both in words: ``precision 2 of 5 alerts, recall 2 of 5 attacks``."""
        found, fired = len(self.found), len(self.found) + len(self.false_positives)
        attacks = count_noun(found + len(self.missed), "attack")
        return (
            f"precision {found} of {count_noun(fired, 'alert')}, recall {found} of {attacks}"
            if fired
            else f"no alert at all, recall 0 of {attacks}"
        )

    def __repr__(self) -> str:
        return f"<Trial: {self.score}>"


class Chronicle:
    """Writes down which events belong to which story, while the stories are acted."""

    def __init__(self, logs: Iterable[Events]) -> None:
        self.logs = list(logs)
        self.stories: list[Story] = []

    def tell(self, title: str, act: Callable[[], object], technique: str = "", leaves: str = "") -> None:
        """Act a story; what the logs get meanwhile is its own."""
        before = [len(log) for log in self.logs]
        act()
        new = (event for log, mark in zip(self.logs, before, strict=True) for event in log[mark:])
        self.stories.append(Story(title, technique, leaves, frozenset(map(key, new))))

    def label(self) -> LabelledLog:
        """The logs so far, merged by time, with the stories told so far."""
        return LabelledLog(Events.merge(*self.logs), tuple(self.stories))
