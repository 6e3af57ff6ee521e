"""A story to step through and to play, in HTML and CSS alone: no script, so it works wherever HTML is shown.

The steps are one group of radio buttons: the arrow keys go back and on, and JupyterLab's own keys keep away
(Lumino asks the element that has the focus for ``data-lm-suppress-shortcuts``). They stand in no form, which
Enter would send off. Play runs by itself; who asked the system for less motion is not offered it.
"""

from __future__ import annotations

from hashlib import sha256

from tokenlab.view import theme
from tokenlab.view.markup import Html, join, tag
from tokenlab.view.story.drawing import StoryStage

SECONDS = 4
"""How long each step stays when it plays: a sentence is read in that time."""

_RULES = """
.tl-story { border: 1px solid var(--tl-rule); border-radius: 6px; }
.tl-story > p { margin: 0 0 4px; font-weight: 600; }
.tl-story > input { appearance: none; width: 30px; height: 30px; margin: 2px; border-radius: 15px;
  border: 1px solid var(--tl-muted); background: var(--tl-paper); color: var(--tl-ink);
  cursor: pointer; vertical-align: middle; }
.tl-story > input::before { content: attr(data-says); display: block; text-align: center;
  font: 13px/28px FONT; }
.tl-story > input.tl-play { width: 74px; }
.tl-story > input:checked { background: var(--tl-ink); color: var(--tl-paper); }
.tl-story > input:focus-visible { outline: 3px solid var(--tl-edge); outline-offset: 2px; }
.tl-story .tl-frames { display: grid; grid-template-columns: minmax(0, 1fr); }
.tl-story .tl-frame { grid-area: 1 / 1; visibility: hidden; overflow-x: auto; }
.tl-story .tl-frame svg { display: block; min-width: 700px; padding: 0; }
.tl-story .tl-turn { display: flex; gap: 8px; padding: 4px 0; }
.tl-story .tl-turn label { border: 1px solid var(--tl-muted); border-radius: 4px; padding: 2px 12px;
  cursor: pointer; }
.tl-story details { margin-top: 6px; }
.tl-story pre { white-space: pre-wrap; font: 12.5px/1.5 CODE; color: inherit; background: none; }
@keyframes tl-turn { from, to { visibility: visible; } }
@media (prefers-reduced-motion: reduce) { .tl-story > input.tl-play { display: none; } }
@media print { .tl-story > input, .tl-story .tl-turn { display: none; }
  .tl-story .tl-frames { display: block; } .tl-story .tl-frame { visibility: visible; } }
"""


def player(title: str, stage: StoryStage, text: str) -> Html:
    """The moments of a story as one element, and its text twin below."""
    steps = stage.steps
    frames = [stage.svg(step, dressed=False) for step in steps]
    name = "tl" + sha256("".join([title, *frames]).encode()).hexdigest()[:10]
    buttons = [
        tag(
            "input",
            type="radio",
            name_=name,
            id=f"{name}-{step.number}",
            data_says=str(step.number),
            aria_label=f"Step {step.number} of {len(steps)}: {step.mark.word}. {step.sentence}",
            title=f"Step {step.number}",
            data_lm_suppress_shortcuts="true",
            checked="checked" if step is steps[0] else None,
        )
        for step in steps
    ]
    play = tag(
        "input",
        type="radio",
        name_=name,
        id=f"{name}-play",
        class_="tl-play",
        data_says="▶ Play",
        aria_label="Play all steps; choose a step to stop",
        title="Play all steps; choose a step to stop",
        data_lm_suppress_shortcuts="true",
    )
    pictures = [
        tag("div", _turns(name, place, len(steps)), frame, class_="tl-frame")
        for place, frame in enumerate(frames, 1)
    ]
    words = tag("details", tag("summary", "The same in words"), tag("pre", text))
    inside = tag(
        "div",
        tag("p", title),
        *buttons,
        play if len(steps) > 1 else "",
        tag("div", *pictures, class_="tl-frames"),
        words,
        class_="tl tl-story",
        role="radiogroup",
        aria_label=title,
    )
    return Html(f"{theme.css()}<style>{_css(name, len(steps))}</style>{inside}")


def _turns(name: str, place: int, count: int) -> Html:
    """Back and next, for the mouse; the keyboard has the arrows."""
    ways = []
    if place > 1:
        ways.append(tag("label", "‹ Back", for_=f"{name}-{place - 1}"))
    if place < count:
        ways.append(tag("label", "Next ›", for_=f"{name}-{place + 1}"))
    return tag("div", join(ways), class_="tl-turn")


def _css(name: str, count: int) -> str:
    rules = [theme.svg_css(), _RULES.replace("FONT", theme.FONT).replace("CODE", theme.CODE_FONT)]
    for place in range(1, count + 1):
        frame = f".tl-frames > :nth-child({place})"
        rules.append(f"#{name}-{place}:checked ~ {frame} {{ visibility: visible; }}")
        stays = " forwards" if place == count else ""
        rules.append(
            f"#{name}-play:checked ~ {frame} {{ animation: tl-turn {SECONDS}s "
            f"{(place - 1) * SECONDS}s{stays}; }}"
        )
    return " ".join(" ".join(rules).split())
