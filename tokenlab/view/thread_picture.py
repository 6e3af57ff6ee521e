"""A thread on its stage: the token of its process below, what it impersonates above, and which one counts."""

from __future__ import annotations

from tokenlab.system import Thread, Token
from tokenlab.view.drawing import Card, Line, arrow, drawing, wrapped
from tokenlab.view.markup import Html, tag
from tokenlab.view.process_tree import half_words, level_words
from tokenlab.view.theme import GRANTED

WIDTH, LEFT, RIGHT, WIDE, ACROSS = 900, 1, 521, 430, 378
LAW = "An open is answered for the effective token. A child gets a copy of the process's token."


def thread_html(thread: Thread) -> str:
    """The stage as a drawing."""
    process, carried = thread.process, thread.token
    above = _card("Impersonation token of the thread", carried, lit=carried is not None)
    below = _card(f"Primary token of {process.name} ({process.pid})", process.token, lit=carried is None)
    opens = Card("An open asks with", _opens(thread))
    child = Card("A child process would be", [Line(_who(process.token)), Line(_copy(thread))])
    top = above.height + 24
    height = top + below.height + 34
    title = _title(thread)
    used = 1 if carried is not None else top
    return drawing(
        title,
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


def thread_text(thread: Thread) -> str:
    """The text twin of `thread_html`."""
    carried, process = thread.token, thread.process
    lines = [
        f"Thread {thread.tid} of {process.name} ({process.pid})",
        f"Impersonation token: {_words(carried) if carried else 'none'}",
    ]
    if thread.capped_because:
        lines.append(f"  capped: {thread.capped_because}")
    lines.append(f"Primary token of the process: {_words(process.token)}")
    lines.append(f"Effective, an open asks with: {_words(thread.effective_token)}")
    lines.append(f"A child process would be: {_who(process.token)}")
    return "\n".join([*lines, LAW])


def _title(thread: Thread) -> str:
    kind = "its impersonation token" if thread.token else "the token of its process"
    return f"{thread.name}: {kind} counts, {_who(thread.effective_token)}"


def _card(heading: str, token: Token | None, lit: bool) -> Card:
    """Always as high, so that nothing moves when a token comes or goes."""
    if token is None:
        return Card(heading, [Line("none: the thread is just its process"), Line(""), Line(""), Line("")])
    level = "primary" if token.level is None else f"level {token.level.name}"
    lines = [
        Line(_who(token)),
        Line(f"{level_words(token.context)} integrity, elevation type {half_words(token)}"),
        Line(f"{level}, token id {token.token_id}"),
        Line(f"logon session {token.authentication_id}"),
    ]
    return Card(f"{GRANTED.sign} {heading}: counts" if lit else heading, lines, lit=lit)


def _opens(thread: Thread) -> list[Line]:
    token = thread.effective_token
    lines = [Line(_who(token))]
    why = thread.capped_because
    if why:
        lines += wrapped(f"capped: {why}", ACROSS, 3, kind="no")
    elif token.level is not None and token.level < 2:
        lines.append(Line(f"level {token.level.name}: it can open nothing", kind="no"))
    return [*lines, *[Line("")] * (4 - len(lines))]


def _copy(thread: Thread) -> str:
    return "whatever the thread impersonates" if thread.token else "with its own copy of that token"


def _who(token: Token) -> str:
    return token.context.name_of(token.context.user)


def _words(token: Token) -> str:
    level = "" if token.level is None else f", {token.level.name}"
    return f"{_who(token)}, {level_words(token.context)}, token {token.token_id}{level}"


def _way(start: int, end: int) -> Html:
    middle = (LEFT + WIDE + RIGHT) // 2
    if start == end:
        return arrow((LEFT + WIDE, start), (RIGHT, end))
    return arrow((LEFT + WIDE, start), (middle, start), (middle, end), (RIGHT, end))
