"""What of the model is in the picture, and how each thing of it looks at this moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tokenlab.network import Network, RemoteService
from tokenlab.network.outbound import of_session
from tokenlab.system import CredentialKind, Handle, LogonSession, Process, Thread, Token
from tokenlab.system.objects import Securable, StoredObject
from tokenlab.values import SYSTEM_LUID, Sid
from tokenlab.view.process_tree import level_words
from tokenlab.view.story.scene import BoxItem, MachineZone, StoryBox
from tokenlab.view.theme import DENIED, GRANTED
from tokenlab.view.words import mask_words, short_name

MOST_ACES = 5


@dataclass
class Participants:
    """What has taken part so far, in the order of its appearance. Dictionaries serve as ordered sets."""

    processes: dict[Process, None] = field(default_factory=dict)
    threads: dict[Thread, None] = field(default_factory=dict)
    handles: dict[Handle, None] = field(default_factory=dict)
    objects: dict[Securable, str] = field(default_factory=dict)  # each with its machine
    doors: dict[RemoteService, None] = field(default_factory=dict)
    asked: dict[object, list[BoxItem]] = field(default_factory=dict)  # what each answered last
    privileges: dict[Token, dict[str, None]] = field(default_factory=dict)  # those that somebody adjusted
    network: Network | None = None
    _held: dict[Token, None] = field(default_factory=dict)
    _sessions: dict[LogonSession, str] = field(default_factory=dict)
    _homes: dict[LogonSession, str] = field(default_factory=dict)
    _hands: dict[str, None] = field(default_factory=dict)  # machines whose programs held tokens

    def hold(self, token: Token) -> None:
        """A token that a program has in its hand; what processes and threads carry is drawn with them."""
        self._held.setdefault(token)

    def sign(self, session: LogonSession | None, machine: str = "") -> str:
        """The sign that stands for a session in this story: ① ② ③."""
        if session is None:
            return ""
        if session not in self._sessions:
            number = len(self._sessions)
            self._sessions[session] = chr(0x2460 + number) if number < 20 else f"({number + 1})"
        if machine:
            self._homes.setdefault(session, machine)
        return self._sessions[session]

    def name_of(self, sid: Sid) -> str:
        """The name of a SID, without its authority, if a token of a machine here knows one."""
        machines = {process.machine: None for process in self.processes}
        running = (process.token for machine in machines for process in machine.processes)
        for token in (*(process.token for process in self.processes), *self._held, *running):
            if sid == token.context.user or sid in token.context.names:
                return short_name(sid, token.context)
        return short_name(sid)

    def program(self, process: Process) -> str:
        """A process in a sentence, with its number where others have the same name."""
        names = [one.name for one in self.processes if one.machine is process.machine]
        return f"{process.name} ({process.pid:#x})" if names.count(process.name) > 1 else process.name

    def asker(self, thread: Thread) -> str:
        """Who asks, in a sentence: the process; the thread, where the process has more than one."""
        program = self.program(thread.process)
        return f"thread {thread.tid:#x} of {program}" if len(thread.process.threads) > 1 else program

    @property
    def sessions(self) -> Iterator[tuple[LogonSession, str, str]]:
        """Each session with its sign and its machine."""
        for session, sign in self._sessions.items():
            if session in self._homes:
                yield session, sign, self._homes[session]

    @property
    def in_hand(self) -> dict[str, list[Token]]:
        """Tokens that no process and no thread of the picture carries, by machine."""
        carried = {process.token for process in self.processes if process.alive}
        carried |= {thread.token for process in self.processes for thread in process.threads if thread.token}
        for token in self._held:
            if token not in carried and not token.closed and (machine := machine_of(token)):
                self._hands.setdefault(machine)
        return {
            machine: [
                token
                for token in self._held
                if token not in carried and not token.closed and machine_of(token) == machine
            ]
            for machine in self._hands
        }


def machine_of(token: Token) -> str:
    """The name of the machine whose token this is; empty where none is known."""
    return "" if token.log is None else token.log.computer.partition(".")[0]


def all_boxes(known: Participants) -> Iterator[tuple[object, StoryBox]]:
    """Everything, as it is now. Sessions come last: the others name them first."""
    for process in known.processes:
        yield process, process_box(known, process)
    for machine, tokens in known.in_hand.items():
        held = [_token_item(known, token, machine) for token in tokens] or [BoxItem("none")]
        yield ("in hand", machine), StoryBox(machine, MachineZone.PROGRAMS, "Tokens in hand", tuple(held))
    for target, machine in known.objects.items():
        yield ("asked", target), object_box(known, target, machine)
    for service in known.doors:
        items = tuple(known.asked.get(service, ()))
        yield service, StoryBox(service.machine.name, MachineZone.OBJECTS, service.name, items)
    for session, _, machine in known.sessions:
        yield session, session_box(known, session, machine)


# Programs -------------------------------------------------------------------------------------------------


def process_box(known: Participants, process: Process) -> StoryBox:
    """A process: its token, threads that are somebody else, handles."""
    machine = process.machine.name
    items = [_token_item(known, process.token, machine)]
    for thread in process.threads:
        if thread.token is not None:
            items.append(_thread_item(known, thread, machine))
    for handle in known.handles:
        if handle.process is process and not handle.closed:
            items.append(_handle_item(handle))
    title = f"{process.name} (process {process.pid:#x})"
    return StoryBox(
        machine, MachineZone.PROGRAMS, title, tuple(items) if process.alive else (), ended=not process.alive
    )


def _token_item(known: Participants, token: Token, machine: str) -> BoxItem:
    level = "primary" if token.level is None else token.level.name.capitalize()
    words = [f"token {token.token_id}: {who(token)}", level]
    if (integrity := level_words(token.context)) != "Medium" and token.session is not None:
        words.append(f"{integrity} integrity")
    if token.context.restricted_sids:
        words.append("restricted")
    held = {str(state.privilege): state.enabled for state in token.context.privileges}
    for name in known.privileges.get(token, ()):
        words.append(f"{name} {'enabled' if held[name] else 'disabled'}" if name in held else f"no {name}")
    return BoxItem(", ".join(words), known.sign(token.session, machine))


def _thread_item(known: Participants, thread: Thread, machine: str) -> BoxItem:
    token = thread.token
    assert token is not None and token.level is not None
    words = f"thread {thread.tid:#x} impersonates {who(token)}, {token.level.name.capitalize()}"
    return BoxItem(words, known.sign(token.session, machine))


def _handle_item(handle: Handle) -> BoxItem:
    target = handle.object
    rights = mask_words(int(handle.granted_access), target.object_type)
    return BoxItem(f"handle {handle.value:#x} to {short(target)}: {rights}")


def short(target: Securable) -> str:
    """The name of a thing in a sentence: a file without its folders."""
    return target.name.rpartition("\\")[2] if isinstance(target, StoredObject) else target.name


def who(token: Token) -> str:
    r"""The user of a token, ``ASTRO\cosmo``."""
    return token.context.user_label


# Sessions -------------------------------------------------------------------------------------------------


def session_box(known: Participants, session: LogonSession, machine: str) -> StoryBox:
    """A logon session: whose, how it came, and what it has for other machines."""
    sign = known.sign(session)
    heading = f"Session {session.authentication_id}"
    if not session.alive:
        return StoryBox(machine, MachineZone.SESSIONS, heading, (), sign, ended=True)
    items = [BoxItem(whose(session))]
    if session.permanent:
        items.append(BoxItem("always there"))
    else:
        items.append(BoxItem(f"{kind_words(session)}, {session.package}"))
    words, something = holds(known, session, machine)
    items.append(BoxItem(words, mark=GRANTED if something else DENIED))
    items += _tickets_of_others(known, session)
    if session.linked is not None and session.linked.alive:
        items.append(BoxItem(f"linked to {session.linked_id}"))
    return StoryBox(machine, MachineZone.SESSIONS, heading, tuple(items), sign)


def _tickets_of_others(known: Participants, session: LogonSession) -> Iterator[BoxItem]:
    """Tickets for services that somebody else got: the wire shows these, whatever else is there."""
    if known.network is not None:
        for ticket in known.network.caches.of(session).services.values():
            if ticket.client.name.lower() != session.user_name.lower():
                yield BoxItem(f"and a {ticket.name}", mark=GRANTED)


def whose(session: LogonSession) -> str:
    """Whose session it is."""
    if session.authentication_id == SYSTEM_LUID:
        return rf"SYSTEM, on the wire {session.domain}\{session.user_name}"
    return rf"{session.domain}\{session.user_name}"


def kind_words(session: LogonSession) -> str:
    """``network (type 3)``."""
    kind = session.logon_type
    return f"{kind.name.lower().replace('_', ' ')} (type {kind:d})"


def holds(known: Participants, session: LogonSession, machine: str) -> tuple[str, bool]:
    """What a session can show to other machines, in words; whether it is something."""
    network = known.network
    home = network.machines.get(machine) if network is not None else None
    if network is not None and home is not None:
        outbound = of_session(home, session, network.domain, network.caches)
        return (f"can show {outbound.why}", True) if outbound else (NOTHING, False)
    credentials = session.credentials
    words = {
        CredentialKind.PASSWORD: f"the password of {credentials.user_name}",
        CredentialKind.TICKETS: f"a TGT of {credentials.user_name}",
        CredentialKind.MACHINE: "the account of the machine",
        CredentialKind.REDIRECTED: "what the client's machine has",
    }.get(credentials.kind)
    return (f"can show {words}", True) if words else (NOTHING, False)


NOTHING = "nothing to show to other machines"


# Objects --------------------------------------------------------------------------------------------------


def object_box(known: Participants, target: Securable, machine: str) -> StoryBox:
    """An object: who may, and what it answered last."""
    kind = target.object_type.name
    name = target.name if target.name.startswith(kind) else f"{kind.capitalize()} {target.name}"
    entries = _dacl_items(known, target) if isinstance(target, StoredObject) else ()
    return StoryBox(machine, MachineZone.OBJECTS, name, (*entries, *known.asked.get(target, ())))


def _dacl_items(known: Participants, target: StoredObject) -> Iterator[BoxItem]:
    dacl = target.descriptor.dacl
    if dacl is None:
        yield BoxItem("no DACL: everybody may")
        return
    for ace in list(dacl)[:MOST_ACES]:
        verb = "allow" if ace.is_allow else "deny"
        yield BoxItem(f"{verb} {known.name_of(ace.sid)}: {mask_words(ace.mask, target.object_type)}")
    if len(dacl) > MOST_ACES:
        yield BoxItem(f"and {len(dacl) - MOST_ACES} more ACEs")
    if not dacl:
        yield BoxItem("an empty DACL: nobody may")
