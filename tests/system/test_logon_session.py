"""Logon sessions: what each way of coming in needs, adds and leaves; and when a session ends."""

from typing import Any

import pytest

from tokenlab.security import SecurityContext
from tokenlab.system import CredentialKind, Credentials, LogonSession, LogonType, Token
from tokenlab.values import Luid, LuidSource, Sid

USER = Sid("S-1-5-21-1-2-3-1001")
CONTEXT = SecurityContext(USER)


def session(luids: LuidSource, ended: list[LogonSession] | None = None, **more: Any) -> LogonSession:
    on_end = ended.append if ended is not None else None
    return LogonSession(luids.next(), USER, "bob", "WS-1", LogonType.INTERACTIVE, on_end=on_end, **more)


def token(of: LogonSession, luids: LuidSource) -> Token:
    return Token(CONTEXT, of.authentication_id, luids, session=of)


# WINDOWS: "LogonUserW", "Account Rights Constants", events 4627
@pytest.mark.parametrize(
    ("number", "adds", "right", "keeps"),
    [
        (2, {"S-1-5-4", "S-1-2-1"}, "SeInteractiveLogonRight", True),
        (3, {"S-1-5-2"}, "SeNetworkLogonRight", False),
        (4, {"S-1-5-3", "S-1-2-1"}, "SeBatchLogonRight", True),
        (5, {"S-1-5-6", "S-1-2-1"}, "SeServiceLogonRight", True),
        (7, {"S-1-5-4", "S-1-2-1"}, "SeInteractiveLogonRight", True),
        (8, {"S-1-5-2"}, "SeNetworkLogonRight", True),
        (9, set(), None, True),
        (10, {"S-1-5-14", "S-1-5-4"}, "SeRemoteInteractiveLogonRight", True),
        (11, {"S-1-5-4", "S-1-2-1"}, "SeInteractiveLogonRight", True),
    ],
)
def test_what_follows_from_a_way_of_coming_in(
    number: int, adds: set[str], right: str | None, keeps: bool
) -> None:
    rule = LogonType(number).rule
    assert (set(rule.adds), rule.right, rule.keeps_credentials) == (adds, right, keeps)


def test_a_session_ends_with_its_last_token() -> None:
    luids, ended = LuidSource(), list[LogonSession]()
    one = session(luids, ended)
    first = token(one, luids)
    copy = first.duplicate()
    first.close()
    assert one.alive and ended == []
    copy.close()
    assert not one.alive and ended == [one]


def test_both_halves_of_a_split_logon_end_together() -> None:
    luids, ended = LuidSource(), list[LogonSession]()
    full, limited = session(luids, ended), session(luids, ended)
    full.link(limited)
    everyday, elevated = token(limited, luids), token(full, luids)
    everyday.close()
    assert limited.alive and full.alive, "the other half is still in use"
    elevated.close()
    assert ended == [full, limited]


def test_the_copy_that_lsa_keeps_does_not_keep_a_session_alive() -> None:
    luids, ended = LuidSource(), list[LogonSession]()
    one = session(luids, ended)
    one.keep(token(one, luids))
    token(one, luids).close()
    assert ended == [one]


def test_the_sessions_of_the_machine_itself_stay() -> None:
    luids, ended = LuidSource(), list[LogonSession]()
    system = session(luids, ended, permanent=True)
    token(system, luids).close()
    system.end()
    assert system.alive and ended == []


def test_an_ended_session_forgets_its_credentials_and_closes_its_tokens() -> None:
    luids = LuidSource()
    secret = Credentials(CredentialKind.PASSWORD, "ASTRO", "cosmo", "open the pod bay doors")
    one = session(luids, credentials=secret)
    held = token(one, luids)
    one.end()
    assert not one.credentials and held.closed and not one.tokens


def test_a_session_ends_once() -> None:
    luids, ended = LuidSource(), list[LogonSession]()
    one = session(luids, ended)
    one.end()
    one.end()
    assert ended == [one]


@pytest.mark.parametrize(
    ("kind", "usable"),
    [
        (CredentialKind.NONE, False),
        (CredentialKind.PASSWORD, True),
        (CredentialKind.TICKETS, True),
        (CredentialKind.MACHINE, True),
    ],
)
def test_a_cached_verifier_is_nothing_to_show(kind: CredentialKind, usable: bool) -> None:
    assert bool(Credentials(kind)) is usable


def test_a_secret_is_never_printed() -> None:
    assert "pod bay" not in repr(Credentials(CredentialKind.PASSWORD, "ASTRO", "cosmo", "pod bay"))
    assert "pod bay" not in repr(session(LuidSource(), credentials=Credentials(secret="pod bay")))


def test_a_session_is_named_as_events_name_it() -> None:
    one = session(LuidSource(0x1A2B3))
    assert one.subject.fields("Target")["TargetLogonId"] == "0x1a2b3"
    assert repr(one) == r"<LogonSession 0x1a2b3 of WS-1\bob, interactive>"
    assert one.linked_id == Luid(0)
