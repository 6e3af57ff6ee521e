"""Who logs on in these tests: two people of the domain ASTRO, three accounts of the machine WS-1."""

import pytest

from tokenlab.security import SecurityContext
from tokenlab.system import ImpersonationLevel, Machine, Refusal, TokenType

DOMAIN = "S-1-5-21-11-22-33"
COSMO, NOVA = (r"ASTRO\cosmo", "pod bay"), (r"ASTRO\nova", "supernova")
BOB, EVE, ROOT = (r".\bob", "builder"), (r".\eve", "apple"), (r".\Administrator", "root")

# Somebody whose token is looked at closely
USER, STAFF, ADMINS = "S-1-5-21-1-2-3-1000", "S-1-5-21-1-2-3-2000", "S-1-5-32-544"
CONTEXT = SecurityContext(
    USER,
    ["S-1-1-0", (STAFF, 0x6), (ADMINS, 0xF)],
    [("SeChangeNotifyPrivilege", 3), ("SeShutdownPrivilege", 0), ("SeDebugPrivilege", 0)],
    primary_group=STAFF,
)
LEVELS = list(ImpersonationLevel)


def state(machine: Machine) -> tuple[object, ...]:
    """Everything that a refused logon must leave alone."""
    tokens = [tuple(one.tokens) for one in machine.sessions]
    return machine.sessions, tokens, machine.lsa.authentication._verifiers.copy()


def refused(machine: Machine, error: int, *logon: object, **how: object) -> dict[str, str]:
    """The 4625 of a logon that is refused with this error, and that leaves nothing else behind but a 4776 of
    the machine's own account."""
    before, records = state(machine), len(machine.log)
    with pytest.raises(Refusal) as refusal:
        machine.log_on(*logon, **how)  # type: ignore[arg-type]
    assert refusal.value.win32_error == error
    assert state(machine) == before
    *validation, event = machine.log.since(records)
    assert event["EventID"] == 4625
    assert [one["EventID"] for one in validation] in ([], [4776])
    return event


def impersonating(token, level):
    return token.duplicate(TokenType.IMPERSONATION, level)
