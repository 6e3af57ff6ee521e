"""Logon sessions as a map: who was let in by whom, and which tokens stand for which session.

`logon_figure` tells one interactive logon step by step; `sessions_figure` draws what a machine holds now,
each token beside the session that its authentication id names.
"""

from __future__ import annotations

from textwrap import indent

from tokenlab.system import CredentialKind, LogonSession, LogonType, Machine, Token
from tokenlab.view.drawing import Card, CardLine, arrow, drawing
from tokenlab.view.markup import Html, tag
from tokenlab.view.sequence import ITSELF, Step, sequence_figure, sequence_text
from tokenlab.view.theme import DENIED, GRANTED

WIDTH, GAP = 900, 18
LEFT, RIGHT = (1, 380), (500, 398)
MOST_TOKENS = 8
TITLE, NOBODY = "Logon sessions and tokens", "Nobody has logged on."
NO_SESSION = "no session has this LUID"

_KEPT = {
    CredentialKind.NONE: "no credentials: it cannot go on to another machine",
    CredentialKind.MACHINE: "the credentials of the machine's account",
}


def sessions_of(x: Machine | LogonSession) -> list[LogonSession]:
    """The sessions to draw: of a machine those of people and services that logged on."""
    if isinstance(x, LogonSession):
        return [x] if x.linked is None else [x, x.linked]
    return [session for session in x.sessions if not session.permanent]


def sessions_figure(x: Machine | LogonSession, tokens: tuple[Token, ...] = ()) -> str:
    """Sessions left, tokens right, an arrow from each token to the session whose LUID it carries.

    ``tokens`` are drawn even if they are not counted any more: one whose session has ended points nowhere.
    """
    sessions = sessions_of(x)
    parts: list[Html] = []
    top, dangling = 1, [token for token in tokens if token.session is None or not token.session.alive]
    for session in sessions:
        left = _session_card(session).within(LEFT[1])
        held = list(session.tokens.values())
        cards = [_token_card(token).within(RIGHT[1]) for token in held[:MOST_TOKENS]]
        start = top
        parts.append(left.svg(LEFT[0], top, LEFT[1]))
        for card in cards:
            middle = top + card.height // 2
            parts += [card.svg(RIGHT[0], top, RIGHT[1]), _arrow(middle, start, left)]
            top += card.height + 8
        top = max(top + GAP - 8, start + left.height + GAP)
    for token in dangling:
        card = _token_card(token, gone=True).within(RIGHT[1])
        parts.append(card.svg(RIGHT[0], top, RIGHT[1]))
        parts.append(
            tag(
                "text",
                NO_SESSION,
                x=RIGHT[0] - 12,
                y=top + 40,
                text_anchor="end",
                class_="no",
            )
        )
        top += card.height + GAP
    if not parts:
        parts.append(tag("text", NOBODY, x=10, y=20))
        top = 40
    name = x.name if isinstance(x, Machine) else x.authentication_id
    return _svg(f"{TITLE}: {name}", sessions_text(x, tokens), parts, top)


def sessions_text(x: Machine | LogonSession, tokens: tuple[Token, ...] = ()) -> str:
    """The text twin of `sessions_figure`: each session, and below it the tokens that stand for it."""
    lines = []
    for session in sessions_of(x):
        lines.append(str(_session_card(session)))
        held = list(session.tokens.values())
        lines += [indent(str(_token_card(token)), "    ") for token in held[:MOST_TOKENS]]
    for token in tokens:
        if token.session is None or not token.session.alive:
            lines.append(f"{_token_card(token, gone=True)}: {NO_SESSION}")
    name = x.name if isinstance(x, Machine) else x.authentication_id
    return "\n".join([f"{TITLE}: {name}", *(lines or [NOBODY])])


def _session_card(session: LogonSession) -> Card:
    lines = [CardLine(_whose(session)), CardLine(_how(session))]
    lines.append(CardLine(_keeps(session), GRANTED if session.credentials else DENIED))
    if session.linked is not None:
        lines.append(CardLine(f"linked to {session.linked_id}"))
    return Card(f"Logon session {session.authentication_id}", lines, dead=not session.alive)


def _token_card(token: Token, gone: bool = False) -> Card:
    kind = "primary" if token.level is None else f"impersonation, {token.level.name.lower()}"
    level = token.context.integrity.label.removeprefix("Mandatory Label\\")
    lines = [
        CardLine(f"{token.context.user_label}, {kind}"),
        CardLine(f"{level}, {'' if token.elevated else 'not '}elevated"),
        CardLine(f"authentication id {token.authentication_id}", kind="no" if gone else "", lit=not gone),
    ]
    return Card(f"Token {token.token_id}", lines, dead=gone)


def _arrow(middle: int, start: int, card: Card) -> Html:
    """From a token to the heading of its session."""
    target, turn = start + 13, (LEFT[0] + LEFT[1] + RIGHT[0]) // 2
    if abs(middle - target) < 4:
        return arrow((RIGHT[0], target), (LEFT[0] + LEFT[1], target))
    return arrow((RIGHT[0], middle), (turn, middle), (turn, target), (LEFT[0] + LEFT[1], target))


def _whose(session: LogonSession) -> str:
    return rf"{session.domain}\{session.user_name}"


def _how(session: LogonSession) -> str:
    words = session.logon_type.name.lower().replace("_", " ")
    return f"{words} (type {session.logon_type:d}), {session.package}"


def _keeps(session: LogonSession) -> str:
    credentials = session.credentials
    if known := _KEPT.get(credentials.kind):
        return known
    who = rf"{credentials.domain}\{credentials.user_name}"
    return f"keeps credentials of {who}, for other machines"


# One logon, step by step ----------------------------------------------------------------------------------


def logon_steps(machine: Machine, token: Token) -> list[Step]:
    """The steps of the logon behind a token: who, what, and to whom; from the machine's own state."""
    session = token.session
    assert session is not None
    local = session.domain.upper() == machine.sam.name
    database = f"the SAM of {machine.name}" if local else f"a controller of {session.domain}"
    cached = session.logon_type is LogonType.CACHED_INTERACTIVE
    judge = f"the verifier cached on {machine.name}" if cached else database
    who = _whose(session)
    steps: list[Step] = [
        (who, "types name and password", "Winlogon"),
        ("Winlogon", "hands them over", "LSA (lsass.exe)"),
        ("LSA (lsass.exe)", f"asks: is this {session.user_name}?", judge),
        (judge, "answers: yes; SID and groups", "LSA (lsass.exe)"),
        ("LSA (lsass.exe)", f"makes logon session {session.authentication_id}", ITSELF),
    ]
    if session.linked is not None:
        steps.append(("LSA (lsass.exe)", f"and, for UAC, a second: {session.linked_id}", ITSELF))
    steps.append(("LSA (lsass.exe)", f"makes a token with that LUID: {token.token_id}", "Winlogon"))
    running = machine.__dict__.get("processes", ())
    for process in running:
        if process.token.authentication_id == session.authentication_id:
            steps.append(("Winlogon", f"starts {process.name} with a copy: {process.token.token_id}", who))
            break
    return steps


def logon_figure(machine: Machine, token: Token, upto: int | None = None) -> str:
    """The steps as a drawing: who does what to whom, downwards; those after ``upto`` still pale."""
    title = f"A logon of {_whose(token.session)}" if token.session else "A logon"
    return sequence_figure(title, logon_steps(machine, token), upto)


def logon_text(machine: Machine, token: Token, upto: int | None = None) -> str:
    """The text twin of `logon_figure`."""
    return sequence_text(logon_steps(machine, token), upto)


def _svg(title: str, text: str, parts: list[Html], height: int) -> str:
    return drawing(title, text, parts, WIDTH, height)
