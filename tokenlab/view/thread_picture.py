"""A thread on its stage: the token of its process below, what it impersonates above, and which one counts."""

from __future__ import annotations

from tokenlab.system import Thread, Token
from tokenlab.view.drawing import Card, CardLine, arrow, drawing
from tokenlab.view.markup import Html, tag
from tokenlab.view.process_tree import half_words, level_words
from tokenlab.view.theme import GRANTED

WIDTH, LEFT, RIGHT, WIDE, ACROSS = 900, 1, 521, 430, 378
LAW = "An open is answered for the effective token. A child gets a copy of the process's token."


def thread_html(thread: Thread) -> str:
    """The stage as a drawing."""
    carried = thread.token
    above, below, opens, child = _cards(thread)
    top = above.height + 24
    height = top + below.height + 34
    used = 1 if carried is not None else top
    return drawing(
        _title(thread),
        thread_text(thread),
        [
            tag("g", above.svg(LEFT, 1, WIDE), class_="dead" if carried is None else ""),
            below.svg(LEFT, top, WIDE),
            opens.svg(RIGHT, 1, ACROSS),
            child.svg(RIGHT, top, ACROSS),
            _way(used + 26, 48),
            _way(top + 60, top + 60),
            tag("text", LAW, x=LEFT + 2, y=height - 10, class_="muted"),
        ],
        WIDTH,
        height,
    )


def _cards(thread: Thread) -> tuple[Card, Card, Card, Card]:
    process, carried = thread.process, thread.token
    return (
        _card("Impersonation token of the thread", carried, lit=carried is not None),
        _card(f"Primary token of {process.name} ({process.pid})", process.token, lit=carried is None),
        Card("An open asks with", _opens(thread)),
        Card("A child process would be", [CardLine(_who(process.token)), CardLine(_copy(thread))]),
    )


def thread_text(thread: Thread) -> str:
    """The text twin of `thread_html`: what its cards say."""
    return "\n".join([_title(thread), *map(str, _cards(thread)), LAW])


def _title(thread: Thread) -> str:
    kind = "its impersonation token" if thread.token else "the token of its process"
    return f"{thread.name}: {kind} counts, {_who(thread.effective_token)}"


def _card(heading: str, token: Token | None, lit: bool) -> Card:
    """Always as high, so that nothing moves when a token comes or goes."""
    if token is None:
        return Card(
            heading,
            [CardLine("none: the thread is just its process"), CardLine(""), CardLine(""), CardLine("")],
        )
    level = "primary" if token.level is None else f"level {token.level.name}"
    only = len(token.context.restricted_sids)
    restricted = f", restricted to {only} SID{'s' * (only > 1)}" if only else ""
    lines = [
        CardLine(_who(token)),
        CardLine(f"{level_words(token.context)} integrity, elevation type {half_words(token)}"),
        CardLine(f"{level}, token id {token.token_id}"),
        CardLine(f"logon session {token.authentication_id}{restricted}"),
    ]
    return Card(f"{GRANTED.sign} {heading}: counts" if lit else heading, lines, lit=lit)


def _opens(thread: Thread) -> list[CardLine]:
    token = thread.effective_token
    lines = [CardLine(_who(token))]
    why = thread.capped_because
    if why:
        lines += CardLine(f"capped: {why}", kind="no").on(ACROSS)
    elif token.level is not None and token.level < 2:
        lines.append(CardLine(f"level {token.level.name}: it can open nothing", kind="no"))
    return [*lines, *[CardLine("")] * (4 - len(lines))]


def _copy(thread: Thread) -> str:
    return "whatever the thread impersonates" if thread.token else "with its own copy of that token"


def _who(token: Token) -> str:
    return token.context.user_label


def _way(start: int, end: int) -> Html:
    middle = (LEFT + WIDE + RIGHT) // 2
    if start == end:
        return arrow((LEFT + WIDE, start), (RIGHT, end))
    return arrow((LEFT + WIDE, start), (middle, start), (middle, end), (RIGHT, end))
