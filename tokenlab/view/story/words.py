"""What happened, in a sentence each; and the text twin of a story."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tokenlab.network import Arrival, ConnectionOutcome
from tokenlab.system import (
    Handle,
    ImpersonationLevel,
    LogonType,
    Lsa,
    Machine,
    Process,
    Refusal,
    Thread,
    Token,
    Win32Error,
)
from tokenlab.system.objects import Securable
from tokenlab.system.observing import ObservedCall
from tokenlab.view.story.boxes import NOTHING, Participants, kind_words, machine_of, short, who, whose
from tokenlab.view.story.scene import BoxItem, Moment, WireCall, WireReach
from tokenlab.view.theme import DENIED, GRANTED, PASSED_BY, Mark
from tokenlab.view.verdict import missing_rights
from tokenlab.view.words import mask_words, reason_words

Told = tuple[Mark, str]


def argument(call: ObservedCall, place: int, name: str) -> Any:
    """An argument of a call, given by place or by name; None if it was not given."""
    return call.asked[place] if len(call.asked) > place else call.options.get(name)


def sentence(call: ObservedCall, known: Participants) -> Told | None:
    """What a call did, or why it was refused; None for what is not worth a step."""
    tell = _SENTENCES.get(call.verb)
    if tell is None:
        return None
    if call.refusal is not None and call.verb != "open":
        return DENIED, f"{_tried(call)}: {call.refusal.reason}: {error(call.refusal)}."
    return tell(call, known)


def error(refusal: Refusal) -> str:
    """``ERROR_ACCESS_DENIED (5)``."""
    return f"{refusal.code} ({int(refusal.code)})"


def _tried(call: ObservedCall) -> str:
    """What was tried, and refused."""
    if call.verb == "log on":
        return f"{call.asked[1]} does not get in"
    if call.verb == "start":
        names = [one for one in (*call.asked, *call.options.values()) if isinstance(one, str)]
        return f"{next((name for name in names if name.endswith('.exe')), 'The program')} is not started"
    if call.verb == "impersonate":
        return f"The thread of {call.asked[0].process.name} does not impersonate"
    if call.verb == "use":
        return f"Handle {call.asked[0].value:#x} does not do it"
    return "Refused"


def _session(known: Participants, token: Token, machine: str = "") -> str:
    return f"session {known.sign(token.session, machine or machine_of(token))}"


# Logging on, programs -------------------------------------------------------------------------------------


def _log_on(call: ObservedCall, known: Participants) -> Told:
    token: Token = call.result
    lsa: Lsa = call.asked[0]
    session = token.session
    assert session is not None
    sign = known.sign(session, lsa.machine)
    made = f"session {sign} and token {token.token_id} are made"
    if session.linked is not None:
        other = known.sign(session.linked, lsa.machine)
        made = f"UAC splits the logon: sessions {sign} and {other}; the everyday token is {token.token_id}"
    if session.logon_type is LogonType.NEW_CREDENTIALS:
        outside = rf"{session.credentials.domain}\{session.credentials.user_name}"
        made += f"; for other machines it holds {outside}, which nobody has checked"
    return GRANTED, f"{whose(session)} logs on at {lsa.machine}, {kind_words(session)}: {made}."


def _log_off(call: ObservedCall, known: Participants) -> Told:
    token: Token = call.asked[1]
    return PASSED_BY, f"{who(token)} logs off: {_session(known, token)} ends, with its programs and tokens."


def _start(call: ObservedCall, known: Participants) -> Told:
    child: Process = call.result
    by = (
        "Windows"
        if child.parent is None or isinstance(call.asked[0], Machine)
        else known.program(child.parent)
    )
    token = child.token
    copy = f"token {token.token_id}, a copy of its own: {who(token)}, {_session(known, token)}"
    return GRANTED, f"{by} starts {child.name}. It runs with {copy}."


def _exit(call: ObservedCall, known: Participants) -> Told:
    return PASSED_BY, f"{known.program(call.asked[0])} ends, and gives up its token and its handles."


# Threads --------------------------------------------------------------------------------------------------


def _impersonate(call: ObservedCall, known: Participants) -> Told:
    thread: Thread = call.asked[0]
    token, name = thread.effective_token, known.program(thread.process)
    level = ImpersonationLevel(call.result)
    words = f"A thread of {name} impersonates {who(token)}, {_session(known, token)}"
    if level < ImpersonationLevel.IMPERSONATION:
        why = f", because {thread.capped_because}" if thread.capped_because else ""
        return DENIED, f"{words}, at level {level.name.capitalize()} only{why}: it can open nothing."
    return GRANTED, f"{words}. From now on it asks as {who(token)}; the process stays what it is."


def _revert(call: ObservedCall, known: Participants) -> Told:
    thread: Thread = call.asked[0]
    return (
        PASSED_BY,
        f"The thread of {known.program(thread.process)} reverts: it is {who(thread.effective_token)} again.",
    )


def _open(call: ObservedCall, known: Participants) -> Told:
    thread: Thread = call.asked[0]
    asked = f"{known.asker(thread)} asks, as {who(thread.effective_token)}, for {_wanted(call)}"
    asked = asked[0].upper() + asked[1:] if asked.startswith("thread") else asked
    if call.refusal is not None:
        return DENIED, f"{asked}: refused, {error(call.refusal)}."
    handle: Handle = call.result
    rights = mask_words(int(handle.granted_access), handle.object.object_type)
    by = "".join(f" {name} skips the check." for name in handle.privileges)
    return GRANTED, f"{asked}: granted. Handle {handle.value:#x} carries {rights}.{by}"


def _wanted(call: ObservedCall) -> str:
    """``READ_DATA to hosts``."""
    target, desired = call.asked[1], argument(call, 2, "desired")
    found = call.result.object if call.result is not None else _found(call)
    name = short(found) if found is not None else target
    rights = mask_words(desired, found.object_type) if found is not None else f"{desired:#x}"
    return f"{rights} to {name}"


def _found(call: ObservedCall) -> Securable | None:
    thread, target = call.asked[0], call.asked[1]
    if not isinstance(target, str):
        found: Securable = target
        return found
    try:
        there: Securable = thread.process.machine.objects.find(target, thread.effective_token.session)
        return there
    except Refusal:
        return None


def answer(call: ObservedCall) -> tuple[Securable, str, BoxItem] | None:
    """What an object answers: the object, its machine, and the answer with its reason."""
    if call.verb != "open":
        return None
    thread: Thread = call.asked[0]
    machine = thread.process.machine.name
    name = who(thread.effective_token)
    if call.result is not None:
        return call.result.object, machine, BoxItem(f"answer to {name}: granted", mark=GRANTED)
    found = _found(call)
    if found is None or call.refusal is None:
        return None
    decision = call.refusal.decision
    why = call.refusal.reason
    if decision is not None:
        missing = mask_words(missing_rights(decision), decision.object_type)
        reasons = dict.fromkeys(reason_words(one) for one in decision.reasons.values() if not one.granted)
        why = f"{missing}: {'; '.join(reasons)}"
    return found, machine, BoxItem(f"answer to {name}: refused. {why}", mark=DENIED)


def _create(call: ObservedCall, known: Participants) -> Told:
    thread, handle = call.asked[0], call.result
    name = short(handle.object)
    return GRANTED, f"{known.program(thread.process)} makes {name}, as {who(thread.effective_token)}."


def _use(call: ObservedCall, known: Participants) -> Told | None:
    handle: Handle = call.asked[0]
    if isinstance(handle.object, Token):
        return None  # what is done to the token is told
    right = mask_words(argument(call, 1, "right"), handle.object.object_type)
    return GRANTED, (
        f"{known.program(handle.process)} uses handle {handle.value:#x} for {right}: the handle carries it, "
        "and nobody asks the descriptor."
    )


def _set_dacl(call: ObservedCall, known: Participants) -> Told:
    handle: Handle = call.asked[0]
    name = handle.object.name.rpartition("\\")[2]
    return (
        PASSED_BY,
        f"{known.program(handle.process)} replaces the DACL of {name}. Open handles stay as they are.",
    )


def _close_handle(call: ObservedCall, known: Participants) -> Told:
    handle: Handle = call.asked[0]
    return PASSED_BY, f"{known.program(handle.process)} closes handle {handle.value:#x}."


def _duplicate_handle(call: ObservedCall, known: Participants) -> Told:
    handle: Handle = call.asked[0]
    copy: Handle = call.result
    owner, other = known.program(handle.process), known.program(copy.process)
    return GRANTED, f"{owner} duplicates handle {handle.value:#x}: {other} gets handle {copy.value:#x}."


# Tokens ---------------------------------------------------------------------------------------------------


def _close(call: ObservedCall, known: Participants) -> Told:
    token: Token = call.asked[0]
    last = token.session is not None and not token.session.alive
    ends = f" It was the last one: {_session(known, token)} ends." if last else ""
    return PASSED_BY, f"Token {token.token_id} is closed.{ends}"


def _adjust(call: ObservedCall, known: Participants) -> Told | None:
    token: Token = call.asked[0]
    changes = argument(call, 1, "changes") or {}
    if not call.result.previous:
        if call.result.error is not Win32Error.NOT_ALL_ASSIGNED:
            return PASSED_BY, f"Token {token.token_id} is adjusted: nothing had to change."
        names = ", ".join(map(str, changes))
        return DENIED, f"{names}: not in token {token.token_id}, and nobody adds it. Nothing changed."
    done = ", ".join(
        f"{token.context.name_of(name) if str(name).startswith('S-') else name} is {_state(value)}"
        for name, value in changes.items()
    )
    return GRANTED, f"In token {token.token_id}, {done}; everybody who holds this token sees it."


def _state(value: int) -> str:
    if value is True or value == 2:
        return "enabled"
    return "disabled" if not value else "removed for good"


def _lower(call: ObservedCall, known: Participants) -> Told:
    token: Token = call.asked[0]
    label = token.context.integrity.label.removeprefix("Mandatory Label\\").removesuffix(" Mandatory Level")
    return PASSED_BY, f"Token {token.token_id} has integrity level {label} from now on."


def _duplicate(call: ObservedCall, known: Participants) -> Told:
    old, new = call.asked[0], call.result
    kind = "primary" if new.level is None else f"for impersonation, {new.level.name.capitalize()}"
    stands = f"it stands for the same {_session(known, new)}"
    return GRANTED, f"Token {old.token_id} is duplicated: token {new.token_id} ({kind}); {stands}."


def _restrict(call: ObservedCall, known: Participants) -> Told:
    return GRANTED, f"A weaker token {call.result.token_id} is made from token {call.asked[0].token_id}."


def _inject(call: ObservedCall, known: Participants) -> Told:
    session, ticket = call.asked[1], call.asked[2]
    return PASSED_BY, (
        f"A {ticket.name} is put into session {known.sign(session)}. Its tokens stay what they are; "
        "the wire changes."
    )


def _change_key(call: ObservedCall, known: Participants) -> Told:
    session = call.asked[1]
    now = rf"{session.credentials.domain}\{session.credentials.user_name}"
    return PASSED_BY, (
        f"The credentials of session {known.sign(session)} are overwritten: for other machines it is {now} "
        "now. Its tokens stay what they are."
    )


def _hang_up(call: ObservedCall, known: Participants) -> Told:
    outcome: ConnectionOutcome = call.asked[0]
    ends = ""
    if outcome.token is not None and outcome.token.session is not None:
        session = outcome.token.session
        over = "ends" if not session.alive else "stays: something still holds a token of it"
        ends = f" Session {known.sign(session)} on {outcome.service.machine.name} {over}."
    return PASSED_BY, f"{outcome.client.name} hangs up on {outcome.service.name}.{ends}"


_SENTENCES: dict[str, Callable[[ObservedCall, Participants], Told | None]] = {
    "log on": _log_on,
    "log off": _log_off,
    "start": _start,
    "exit": _exit,
    "impersonate": _impersonate,
    "revert": _revert,
    "open": _open,
    "create": _create,
    "use": _use,
    "set dacl": _set_dacl,
    "close handle": _close_handle,
    "duplicate handle": _duplicate_handle,
    "close": _close,
    "adjust": _adjust,
    "lower": _lower,
    "duplicate": _duplicate,
    "restrict": _restrict,
    "inject": _inject,
    "change key": _change_key,
    "hang up": _hang_up,
}


# Over the wire --------------------------------------------------------------------------------------------


def show_first_step(thread: Thread, outcome: ConnectionOutcome, known: Participants) -> Told:
    """The first step of a connection: what the session has to show."""
    calls = f"{known.program(thread.process)} on {outcome.client.name} calls {outcome.service.name}"
    token = thread.effective_token
    session = f"{_session(known, token, outcome.client.name)}"
    if _has_shown(outcome):
        return (
            GRANTED,
            f"{calls}. What counts is its {session}, which shows {outcome.why} ({outcome.package}).",
        )
    return DENIED, f"{calls}. What counts is its {session}, and that has nothing to show."


def _has_shown(outcome: ConnectionOutcome) -> bool:
    return outcome.arrival in (Arrival.AS_USER, Arrival.AS_MACHINE) or outcome.proves


def show_arrival(outcome: ConnectionOutcome, known: Participants) -> Told:
    """The second step: who arrived, and whether the service let them in."""
    server = outcome.service.machine.name
    no = outcome.refusal
    if outcome.token is None or outcome.token.session is None:
        assert no is not None
        return DENIED, f"Nobody arrives. {no.machine} refuses: {no.name} ({no.code})."
    session = outcome.token.session
    made = f"{server} makes session {known.sign(session, server)} for {outcome.who}"
    if no is not None:
        return DENIED, f"{made}, and refuses: {no.name} ({no.code})."
    left = f"it can show {outcome.leaves.why}" if outcome.leaves else f"it has {NOTHING}"
    assert outcome.thread is not None
    serves = f"{outcome.thread.process.name} works for it there"
    return GRANTED, f"{made}; {serves}. For the next hop {left}."


def door(outcome: ConnectionOutcome, known: Participants) -> list[BoxItem]:
    """What the service answered, and why."""
    if (no := outcome.refusal) is not None:
        who_came = outcome.who or "nobody"
        return [
            BoxItem(f"{who_came} is refused: {no.name} ({no.code})", mark=DENIED),
            BoxItem(_because(outcome, known)),
        ]
    return [BoxItem(f"{outcome.who} is let in", mark=GRANTED)]


def _because(outcome: ConnectionOutcome, known: Participants) -> str:
    if _has_shown(outcome) or outcome.session is None:
        assert outcome.refusal is not None
        return outcome.refusal.missing
    sign = known.sign(outcome.session)
    return f"because session {sign} on {outcome.client.name} had nothing to show"


def wire_underway(outcome: ConnectionOutcome) -> WireCall:
    """The call while it is shown what there is to show."""
    something = _has_shown(outcome)
    shows = f"{outcome.package}: {outcome.why}" if something else "nothing to show"
    return WireCall(outcome.client.name, outcome.service.machine.name, shows, shown=something)


def wire(outcome: ConnectionOutcome) -> WireCall:
    """The call when it is over."""
    begun = wire_underway(outcome)
    if outcome.token is None:
        return begun._replace(came="nobody arrives", reach=WireReach.STOPPED)
    if outcome.refusal is not None:
        return begun._replace(came=f"{outcome.who} is refused", reach=WireReach.REFUSED)
    return begun._replace(came=f"arrives as {outcome.who}", reach=WireReach.ARRIVED)


# The text twin --------------------------------------------------------------------------------------------


def twin(steps: Sequence[Moment]) -> Iterator[str]:
    """Each step, and below it what came into the picture or changed."""
    told: set[object] = set()
    for step in steps:
        yield str(step)
        for key, box in step.boxes.items():
            if key in step.lit or key not in told:
                told.add(key)
                yield f"     {box.machine}: {box}"
        for key, line in step.wires.items():
            if key in step.lit:
                yield f"     {wire_words(line)}"


def wire_words(line: WireCall) -> str:
    """A wire in a line: ``WS-1 -> SRV1: Kerberos: a cached TGT of cosmo; arrives as ASTRO\\cosmo``."""
    came = f"; {line.came}" if line.came else ""
    return f"{line.start} -> {line.end}: {line.shows}{came}"
