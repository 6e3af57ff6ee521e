"""A log of which one knows what happened: the measure of a rule.

Somebody acts a story, and its events carry its label. A rule is any function that takes the log and gives the
events it would raise an alarm for; `LabelledLog.judge` tells what it found, missed, and raised for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tokenlab.values import Event, Events

Rule = Callable[[Events], Iterable[Event]]
Key = tuple[str, str, int]


def key(event: Event) -> Key:
    """What names a record among all others: its machine, its channel, and its number there."""
    return str(event["Hostname"]), str(event.get("Channel", "")), int(event["RecordNumber"])


@dataclass(frozen=True)
class Story:
    """Something that happened: work, or a trick. ``technique`` is ATT&CK's number; ``leaves`` what to see."""

    title: str
    technique: str = ""
    leaves: str = ""
    records: frozenset[Key] = field(default=frozenset(), repr=False)

    @property
    def is_trick(self) -> bool:
        return bool(self.technique)


@dataclass(frozen=True, eq=False)
class LabelledLog:
    """All events in their order, and the stories they belong to."""

    log: Events
    stories: tuple[Story, ...]

    def story_of(self, event: Event) -> Story | None:
        """The story this event is a part of; None for an event of no story."""
        return next((story for story in self.stories if key(event) in story.records), None)

    def events_of(self, story: Story | str) -> Events:
        """What a story left, on all machines; a text stands for the story with it in its title."""
        if isinstance(story, str):
            story = self._named(story)
        return Events(event for event in self.log if key(event) in story.records)

    def judge(self, rule: Rule) -> Trial:
        """Let a rule read the whole log. Raises ValueError if it gives anything but events of this log."""
        ours = {key(event) for event in self.log}
        alarms = []
        for event in rule(self.log):
            if not isinstance(event, dict) or "RecordNumber" not in event or key(event) not in ours:
                raise ValueError(
                    f"{event!r:.60} is no event of this log: expected a rule that gives some of them, "
                    'for example lambda log: log.where(4624, LogonType="9")'
                )
            alarms.append(event)
        return Trial(self, rule, Events(alarms))

    def _named(self, title: str) -> Story:
        for story in self.stories:
            if title.lower() in story.title.lower():
                return story
        raise KeyError(f"no story {title!r}: expected a part of one of {[one.title for one in self.stories]}")

    def __repr__(self) -> str:
        tricks = sum(story.is_trick for story in self.stories)
        return f"<LabelledLog: {len(self.log)} records, {len(self.stories)} stories, {tricks} of them tricks>"


@dataclass(frozen=True, eq=False)
class Trial:
    """What a rule did with a labelled log. Counted are stories: ten alarms for one trick found one trick."""

    labelled: LabelledLog
    rule: Rule
    alarms: Events

    @property
    def found(self) -> list[Story]:
        """Tricks with an alarm: right."""
        return [story for story in self.labelled.stories if story.is_trick and self.rings(story)]

    @property
    def missed(self) -> list[Story]:
        """Tricks without one."""
        return [story for story in self.labelled.stories if story.is_trick and not self.rings(story)]

    @property
    def false(self) -> list[Story]:
        """Work with an alarm."""
        return [story for story in self.labelled.stories if not story.is_trick and self.rings(story)]

    @property
    def quiet(self) -> list[Story]:
        """Work without one: right too."""
        return [story for story in self.labelled.stories if not story.is_trick and not self.rings(story)]

    def rings(self, story: Story) -> bool:
        """Did the rule raise an alarm for this story?"""
        return any(key(event) in story.records for event in self.alarms)

    @property
    def precision(self) -> float | None:
        """Of what it rang for, how much was a trick; None where it never rang."""
        rang = len(self.found) + len(self.false)
        return len(self.found) / rang if rang else None

    @property
    def recall(self) -> float | None:
        """Of the tricks, how many it rang for; None where there was none."""
        tricks = len(self.found) + len(self.missed)
        return len(self.found) / tricks if tricks else None

    @property
    def score(self) -> str:
        """Both in words: ``precision 2 of 5 alarms, recall 2 of 5 tricks``."""
        found, rang = len(self.found), len(self.found) + len(self.false)
        return (
            f"precision {found} of {rang} alarms, recall {found} of {found + len(self.missed)} tricks"
            if rang
            else f"no alarm at all, recall 0 of {len(self.missed)} tricks"
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

    def labelled(self) -> LabelledLog:
        """The logs so far, merged by time, with the stories told so far."""
        return LabelledLog(Events.merge(*self.logs), tuple(self.stories))
