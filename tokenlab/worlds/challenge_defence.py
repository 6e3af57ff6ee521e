"""The last challenge, the other way round: something is fixed first, then four ways to the file are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tokenlab.network import KerberosError, WinRm
from tokenlab.system import Process, Refusal
from tokenlab.system.handle_kinds import ProcessHandle
from tokenlab.values import ProcessRights, TokenRights
from tokenlab.worlds.challenge import SCRIPT, Challenge, ChallengeScore, get_arrived_thread

Way = Callable[[Challenge, str, str], object]


def _window(case: Challenge, name: str, password: str) -> Process:
    """A window of the user's own shell that goes out as another account."""
    return case.shell.start_with_logon(name, password, "cmd.exe", net_only=True)


def _by_window(case: Challenge, name: str, password: str) -> None:
    case.open(_window(case, name, password))


def _by_runas(case: Challenge, name: str, password: str) -> None:
    """The same through runas.exe, a parent that the rules know; the session is ended afterwards."""
    window = case.shell.start("runas.exe").start_with_logon(name, password, "cmd.exe", net_only=True)
    case.open(window)
    case.desk.log_off(window.token)


def _by_ticket(case: Challenge, name: str, password: str) -> None:
    """A ticket of that account in the user's own session."""
    tool = case.shell.start("asktgt.exe")
    session = case.shell.token.session
    assert session is not None
    case.network.inject(session, case.network.ask_tgt(case.desk, name.partition("\\")[2], password, by=tool))
    case.open(case.shell)


def _by_token(case: Challenge, name: str, password: str) -> None:
    """Remoting to the first server as that account, and there the token of the administrator's program."""
    window = _window(case, name, password)
    host = get_arrived_thread(case.network.connect(window.thread, WinRm(case.first))).process
    opened = host.open(case.console, ProcessRights.QUERY_INFORMATION)
    assert isinstance(opened, ProcessHandle)
    host.impersonate(opened.open_token(TokenRights.QUERY | TokenRights.DUPLICATE).duplicate_token())
    case.open(host)


WAYS: dict[str, Way] = {
    "a window with new credentials": _by_window,
    "the same through runas.exe, and tidied up": _by_runas,
    "a ticket in the own session": _by_ticket,
    "a stolen token on MISTAKENOT-SRV1": _by_token,
}


@dataclass(frozen=True)
class Defence:
    """What came of a fix: the score of each way that was tried, and the ordinary work that was refused."""

    tried: dict[str, ChallengeScore]
    refused: tuple[str, ...]

    @property
    def through(self) -> tuple[str, ...]:
        """The ways by which the file was read."""
        return tuple(way for way, score in self.tried.items() if score.reached)

    @property
    def points(self) -> int:
        """Ten, less two for each way that is open, one more if no rule saw it, and five if work stops."""
        unseen = sum(not self.tried[way].loud for way in self.through)
        return max(0, 10 - 2 * len(self.through) - unseen - (5 if self.refused else 0))

    def __str__(self) -> str:
        lines = []
        for way, score in self.tried.items():
            seen = ", ".join(rule.title for rule, events in score.alerts if events) or "no rule"
            end = f"read as {score.readers[0]}" if score.reached else "refused"
            lines += [f"{way}: {end}", f"    seen by: {seen}"]
        lines.append(f"Work that is refused now: {', '.join(self.refused) or 'none'}.")
        lines.append(f"Points: {self.points} of 10.")
        return "\n".join(lines)

    __repr__ = __str__


def defend(fix: Callable[[Challenge], object]) -> Defence:
    """Make the network four times, fix it each time, and try a way in each; then the ordinary work.

    ``fix`` gets the `Challenge` and changes it with the model's own calls. Raises what ``fix`` raises.
    """
    tried = {}
    for name, way in WAYS.items():
        case = Challenge()
        fix(case)
        tried[name] = _try(case, way)
    case = Challenge()
    fix(case)
    return Defence(tried, case.work())


def _try(case: Challenge, way: Way) -> ChallengeScore:
    """The intruder reads the script for a name and a password, and goes on with them."""
    try:
        text = case.open(case.shell, SCRIPT, case.data)
        name, password = text.partition("/user:")[2].replace('"', "").split(" ", 1)
        way(case, name, password)
    except (Refusal, KerberosError):
        pass
    return case.score()
