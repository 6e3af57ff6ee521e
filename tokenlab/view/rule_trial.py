"""What a rule did with a labelled log, story by story; and the labelled log itself."""

from __future__ import annotations

from collections.abc import Iterator

from tokenlab.view.markup import Block, Cell, Column, Note, Table, TableRow, highlight
from tokenlab.view.theme import DENIED, GRANTED, PASSED_BY, Mark
from tokenlab.worlds.labelled_log import LabelledLog, RuleTrial, Story
from tokenlab.worlds.rules import DetectionRule

RIGHT, MISSED = GRANTED._replace(word="right alert"), DENIED._replace(word="missed")
FALSE, QUIET = DENIED._replace(sign="!", word="false positive"), PASSED_BY._replace(word="no alert, right")


def trial_blocks(trial: RuleTrial) -> Iterator[Block]:
    """A row a story: was there an alert, and should there have been?"""
    verdicts: dict[str, Mark] = {}
    for mark, stories in (
        (RIGHT, trial.found),
        (FALSE, trial.false_positives),
        (MISSED, trial.missed),
        (QUIET, trial.quiet),
    ):
        verdicts |= {story.title: mark for story in stories}
    columns = [Column("Verdict", "130px"), Column("What happened", "40%"), Column("Technique", "100px")]
    columns += [Column("What the logs have of it")]
    rows = [
        TableRow([highlight(verdicts[story.title]), *_story(story)], lit=trial.has_alert(story))
        for story in trial.labelled.stories
    ]
    if isinstance(trial.rule, DetectionRule):
        yield from rule_blocks(trial.rule)
    yield Table("The rule, story by story", columns, rows, narrowest=700)
    yield Note(f"{trial.score[0].upper()}{trial.score[1:]}.")


def rule_blocks(rule: DetectionRule) -> Iterator[Block]:
    """What a rule says of itself: the header that Sigma asks for."""
    said = (
        ("Technique", rule.technique),
        ("Needs", rule.needs),
        ("Known false positives", rule.false_positives),
        ("Blind spots", rule.blind_spots),
    )
    rows = [TableRow([Cell(name), Cell(words)]) for name, words in said]
    yield Table(
        rule.title, [Column("Header", "170px"), Column("What the rule says of itself")], rows, narrowest=500
    )


def labelled_blocks(labelled: LabelledLog) -> Iterator[Block]:
    """A row a story, and how many events it left."""
    columns = [
        Column("What happened", "42%"),
        Column("Technique", "100px"),
        Column("What the logs have of it"),
    ]
    columns += [Column("Events", "70px")]
    rows = [
        TableRow([*_story(story), Cell(str(len(labelled.events_of(story))))], lit=story.is_attack)
        for story in labelled.stories
    ]
    yield Table(f"{len(labelled.log)} events, {len(rows)} stories", columns, rows, narrowest=700)


def _story(story: Story) -> list[Cell]:
    return [Cell(story.title), Cell(story.technique or "work"), Cell(story.leaves or "-")]
