"""Connections as pictures: machines side by side, what each session has for the wire, where that stops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tokenlab.network import (
    Arrival,
    ConnectionOutcome,
    ExposedSecret,
    Network,
    PlayableIdentity,
    exposure,
    find_playable,
)
from tokenlab.system import CredentialKind, LogonSession
from tokenlab.view.drawing import LINE, Card, CardLine, arrow, drawing, lines_of, section
from tokenlab.view.markup import (
    Block,
    Cell,
    Column,
    Html,
    Note,
    Table,
    TableRow,
    highlight,
    page_html,
    page_text,
    tag,
)
from tokenlab.view.sequence import Step, sequence_figure, sequence_text
from tokenlab.view.theme import DENIED, GRANTED, NOT_GRANTED, Mark

WIDTH, CARD = 900, 270
_ARRIVAL: dict[Arrival, tuple[Mark, str]] = {
    Arrival.AS_USER: (GRANTED, "as the user"),
    Arrival.AS_MACHINE: (NOT_GRANTED, "as the machine"),
    Arrival.ANONYMOUS: (DENIED, "anonymous"),
    Arrival.NOBODY: (DENIED, "nobody"),
}


def chain_html(outcomes: Sequence[ConnectionOutcome], messages: bool = True) -> str:
    """The chain as a drawing, then what was said on the wire."""
    html = chain_figure(outcomes) + page_html(_stop(outcomes))
    for outcome in outcomes if messages else ():
        if outcome.messages:
            html += sequence_figure(f"On the wire: {outcome}", _steps(outcome))
    return html


def chain_text(outcomes: Sequence[ConnectionOutcome], messages: bool = True) -> str:
    """The text twin of `chain_html`."""
    parts = [_figure_text(outcomes), *(block.text() for block in _stop(outcomes))]
    for outcome in outcomes if messages else ():
        if outcome.messages:
            parts.append(f"On the wire: {outcome}")
            parts.append(sequence_text(_steps(outcome)))
    return "\n\n".join(parts)


def chain_blocks(outcomes: Sequence[ConnectionOutcome]) -> Iterator[Block]:
    """The chain as a table, a row for each hop."""
    columns = [
        Column("Hop", "24%"),
        Column("Shown", "26%"),
        Column("Arrived", "18%"),
        Column("What came of it"),
    ]
    yield Table("From machine to machine", columns, [_row(outcome) for outcome in outcomes])
    yield from _stop(outcomes)


def _stop(outcomes: Sequence[ConnectionOutcome]) -> Iterator[Block]:
    """Where the credentials stop, if they do."""
    last = outcomes[-1]
    if last.refusal is not None:
        yield Note(f"The credentials stop on {last.client.name}: {last.why}.", "no")


def _row(outcome: ConnectionOutcome) -> TableRow:
    mark, words = _ARRIVAL[outcome.arrival]
    came = f"served by {outcome.service.name}"
    if no := outcome.refusal:
        came = f"refused by {no.machine}: {no.name} ({no.code})"
    return TableRow(
        [
            Cell(f"{outcome.client.name} to {outcome.service.machine.name}", small=outcome.package),
            Cell(outcome.why),
            highlight(mark, words),
            Cell(f"{_new_session(outcome)}{came}"),
        ]
    )


def _new_session(outcome: ConnectionOutcome) -> str:
    session = None if outcome.token is None else outcome.token.session
    return "" if session is None else f"session {session.authentication_id} there; "


def chain_figure(outcomes: Sequence[ConnectionOutcome]) -> str:
    """Machines from left to right: the session that each hop starts from and what it showed, and what the
    new session holds."""
    cards = [card.within(CARD - 2) for card in _cards(outcomes)]
    gap = (WIDTH - CARD * len(cards)) // max(1, len(cards) - 1)
    labels = [lines_of(_label(outcome), CARD + gap - 24) for outcome in outcomes]
    top = max(card.height for card in cards)
    height = top + 34 + LINE * max(map(len, labels))
    parts: list[Html] = []
    for place, card in enumerate(cards):
        parts.append(card.svg(1 + place * (CARD + gap), 1, CARD - 2))
    for place, outcome in enumerate(outcomes):
        parts += _hop(outcome, place, gap, top + 22, labels[place])
    title = "; ".join(map(str, outcomes))
    return drawing(title, _figure_text(outcomes), parts, WIDTH, height)


def _cards(outcomes: Sequence[ConnectionOutcome]) -> list[Card]:
    cards = [Card(outcomes[0].client.name, [*_client_lines(outcomes[0]), *_shown_lines(outcomes[0])])]
    for place, outcome in enumerate(outcomes):
        cards.append(_server_card(outcome, outcomes[place + 1 : place + 2]))
    return cards


def _figure_text(outcomes: Sequence[ConnectionOutcome]) -> str:
    """The cards in words, and between them how one came from one machine to the next."""
    cards = _cards(outcomes)
    lines = [str(cards[0])]
    for outcome, card in zip(outcomes, cards[1:], strict=True):
        lines += [f"-> {_label(outcome)}", str(card)]
    return "\n".join(lines)


def _label(outcome: ConnectionOutcome) -> str:
    mark, words = _ARRIVAL[outcome.arrival]
    return f"{mark.sign} {outcome.package or 'nothing'}, {words}"


def _hop(outcome: ConnectionOutcome, place: int, gap: int, y: int, label: Sequence[str]) -> list[Html]:
    """The way from one machine to the next, below the cards: by what, as whom."""
    kind = _ARRIVAL[outcome.arrival][0].kind
    start, end = place * (CARD + gap) + CARD // 2, (place + 1) * (CARD + gap) + CARD // 2
    if outcome.arrival is Arrival.NOBODY:
        end -= CARD // 2 + gap // 2
    words = [
        tag("text", line, x=start + 10, y=y + 20 + LINE * at, class_=kind) for at, line in enumerate(label)
    ]
    return [tag("g", arrow((start, y), (end, y)), class_=kind), *words]


def _client_lines(outcome: ConnectionOutcome) -> Iterator[CardLine]:
    if outcome.session is None:
        yield CardLine("no session", DENIED)
        return
    yield from _session_lines(outcome.session, "acts for session")


def _shown_lines(outcome: ConnectionOutcome) -> Iterator[CardLine]:
    """What was shown for this hop, in the words of the table."""
    mark = GRANTED if outcome.arrival in (Arrival.AS_USER, Arrival.AS_MACHINE) else DENIED
    yield section("shows")
    yield CardLine(outcome.why, mark)


def _server_card(outcome: ConnectionOutcome, onward: Sequence[ConnectionOutcome]) -> Card:
    """Who arrived, what the new session holds, and what was shown where it went on from here."""
    lines: list[CardLine] = []
    session = None if outcome.token is None else outcome.token.session
    if session is not None:
        lines += _session_lines(session, "new session")
        lines.append(CardLine(*holds(outcome)))
    if outcome.refusal is not None:
        no = outcome.refusal
        lines.append(CardLine(f"refused by {no.machine}: {no.name} ({no.code})", DENIED))
    else:
        lines.append(CardLine(f"served by {outcome.service.name}", GRANTED))
    for following in onward:
        lines += _shown_lines(following)
    return Card(outcome.service.machine.name, lines or [CardLine("nobody arrived", DENIED)])


def _session_lines(session: LogonSession, words: str) -> Iterator[CardLine]:
    yield section(f"{words} {session.authentication_id}")
    yield CardLine(rf"{session.domain}\{session.user_name}")
    yield CardLine(f"{session.logon_type.name.lower().replace('_', ' ')}, {session.package}")


def holds(outcome: ConnectionOutcome) -> tuple[str, Mark]:
    """What the new session had for the wire when it was made, in a few words, and its mark."""
    leaves, session = outcome.leaves, outcome.token.session if outcome.token else None
    if session is not None and session.credentials.kind is CredentialKind.REDIRECTED:
        return "requests go back to the client", GRANTED
    if not leaves:
        return "nothing for the wire", DENIED
    return leaves.why, GRANTED


def _steps(outcome: ConnectionOutcome) -> list[Step]:
    return [(one.sender, f"{one.name}: {one.text}", one.receiver) for one in outcome.messages]


# What lies where --------------------------------------------------------------------------------------------


def network_html(network: Network) -> str:
    """Each machine with the sessions of people on it, and what SYSTEM there could take."""
    return page_html(network_blocks(network))


def network_text(network: Network) -> str:
    """The text twin of `network_html`."""
    return page_text(network_blocks(network))


def network_blocks(network: Network) -> Iterator[Block]:
    """A row for each machine."""
    lies = exposure(network)
    columns = [
        Column("Machine", "20%"),
        Column("Sessions of people", "36%"),
        Column("What lies there, for SYSTEM", "24%"),
        Column("Who can be played from there"),
    ]
    rows = []
    for name, machine in network.machines.items():
        sessions = [session for session in machine.sessions if not session.permanent]
        rows.append(
            TableRow(
                [
                    Cell(name),
                    Cell("; ".join(map(_short, sessions)) or "none"),
                    Cell(exposed_words(lies[name])),
                    Cell(playable_words(find_playable(network, machine))),
                ]
            )
        )
    yield Table("Who is where, and what lies there", columns, rows)
    yield Note("Secrets of computers, which lie on each of them, are left out.", "muted")


def exposed_words(secrets: Iterable[ExposedSecret]) -> str:
    """Secrets, in words: the password and the TGT of somebody."""
    by_owner: dict[str, list[str]] = {}
    for one in secrets:
        by_owner.setdefault(one.owner, []).append(one.kind)
    return (
        "; ".join(f"{owner}: {', '.join(sorted(set(kinds)))}" for owner, kinds in by_owner.items())
        or "nothing"
    )


def playable_words(found: Iterable[PlayableIdentity]) -> str:
    """Who can be played, and where: by what account the controller is asked is left out."""
    by_target: dict[str, dict[str, None]] = {}
    for one in found:
        by_target.setdefault(one.at, {})[one.person] = None
    return "; ".join(f"{', '.join(people)} at {at}" for at, people in by_target.items()) or "nobody"


def _short(session: LogonSession) -> str:
    how = session.logon_type.name.lower().replace("_", " ")
    return rf"{session.authentication_id} {session.domain}\{session.user_name} ({how})"
