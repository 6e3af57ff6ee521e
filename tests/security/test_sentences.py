"""The sentences in which an access check is told, one of every kind."""

from __future__ import annotations

from typing import Any

import pytest

from tokenlab.security import AccessDecision, SecurityContext, SecurityDescriptor, access_check
from tokenlab.security.check.central_policy import CentralPolicy, CentralRule
from tokenlab.security.context import AppContainer
from tokenlab.values import Sid

SUE = "S-1-5-21-1-2-3-1000"
POLICY = "S-1-17-1-2-3-4"


def decide(sddl: str, desired: int, *, more: dict[str, Any] | None = None, **who: Any) -> AccessDecision:
    context = SecurityContext(SUE, who.pop("groups", ["S-1-1-0"]), names={SUE: "sue"}, **who)
    return access_check(context, SecurityDescriptor.from_sddl(sddl), desired, **(more or {}))


def rule(dacl: str) -> dict[str, Any]:
    return {"policies": {POLICY: CentralPolicy(Sid(POLICY), (CentralRule("finance", dacl),))}}


@pytest.mark.parametrize(
    ("decision", "sentences"),
    [
        (
            decide("O:SYG:SYD:(D;;0x2;;;WD)(A;;0x1;;;WD)", 0x3),
            [
                "Asked for READ_DATA | WRITE_DATA (0x3).",
                "ACE 1 (D;;DC;;;WD): Everyone matches; the ACE denies WRITE_DATA (0x2).",
                "The walk is over; what nothing granted: READ_DATA (0x1).",
                "Refused: STATUS_ACCESS_DENIED (Win32 error 5).",
            ],
        ),
        (
            decide("O:SYG:SYD:(A;;0x2;;;WD)(A;;0x3;;;WD)(A;;0x1;;;WD)", 0x3),
            [
                "Asked for READ_DATA | WRITE_DATA (0x3).",
                "ACE 1 (A;;DC;;;WD): Everyone matches; the ACE allows WRITE_DATA (0x2).",
                "ACE 2 (A;;CCDC;;;WD): Everyone matches; the ACE allows READ_DATA (0x1).",
                "Granted: 0x3.",
            ],
        ),
        (
            decide("O:SYG:SYD:(A;;0x1;;;WD)(A;;0x1;;;WD)(A;;0x4;;;WD)", 0x5),
            [
                "Asked for READ_DATA | APPEND_DATA (0x5).",
                "ACE 1 (A;;CC;;;WD): Everyone matches; the ACE allows READ_DATA (0x1).",
                "ACE 2 (A;;CC;;;WD): Everyone matches, but each right that the ACE allows is already "
                "decided or was not asked for.",
                "ACE 3 (A;;LC;;;WD): Everyone matches; the ACE allows APPEND_DATA (0x4).",
                "Granted: 0x5.",
            ],
        ),
        (
            decide("O:SYG:SYD:(A;;FA;;;WD)", 0x2, integrity="low"),
            [
                "Asked for WRITE_DATA (0x2).",
                "Integrity: Mandatory Label\\Low Mandatory Level is below Mandatory Label\\Medium "
                "Mandatory Level, and the label says NO_WRITE_UP. Refused before the DACL is read: "
                "WRITE_DATA (0x2).",
                "Refused: STATUS_ACCESS_DENIED (Win32 error 5).",
            ],
        ),
        (
            decide("O:SYG:SYD:", 0x01000000),
            [
                "Asked for ACCESS_SYSTEM_SECURITY (0x1000000).",
                "Privilege: ACCESS_SYSTEM_SECURITY (0x1000000) needs SeSecurityPrivilege, enabled. No "
                "ACE can give it.",
                "Refused: STATUS_PRIVILEGE_NOT_HELD (Win32 error 1314).",
            ],
        ),
        (
            decide("O:SYG:SYD:", 0x01000001, privileges=["SeSecurityPrivilege"]),
            [
                "Asked for READ_DATA | ACCESS_SYSTEM_SECURITY (0x1000001).",
                "Privilege: SeSecurityPrivilege is enabled and gives ACCESS_SYSTEM_SECURITY (0x1000000).",
                "The DACL is empty: nobody gets READ_DATA (0x1).",
                "Refused: STATUS_ACCESS_DENIED (Win32 error 5).",
            ],
        ),
        (
            decide(f"O:{SUE}G:SYD:(A;;0x1;;;BA)", 0x20001),
            [
                "Asked for READ_DATA | READ_CONTROL (0x20001).",
                "Owner: the token holds sue; an owner has READ_CONTROL (0x20000).",
                "ACE 1 (A;;CC;;;BA): passed by, because the token does not hold BUILTIN\\Administrators.",
                "The walk is over; what nothing granted: READ_DATA (0x1).",
                "Refused: STATUS_ACCESS_DENIED (Win32 error 5).",
            ],
        ),
        (
            decide("O:SYG:SYD:NO_ACCESS_CONTROL", 0x1),
            [
                "Asked for READ_DATA (0x1).",
                "No DACL: everybody gets everything, so also READ_DATA (0x1).",
                "Granted: 0x1.",
            ],
        ),
        (
            decide("O:SYG:SYD:NO_ACCESS_CONTROL", 0x1, app=AppContainer(Sid("S-1-15-2-1"))),
            [
                "Asked for READ_DATA (0x1).",
                "No DACL: everybody gets everything, but no app gets READ_DATA (0x1).",
                "Refused: STATUS_ACCESS_DENIED (Win32 error 5).",
            ],
        ),
        (
            decide("O:SYG:SYD:(A;;0x1;;;WD)(A;;0x1;;;S-1-15-2-1)", 0x1, app=AppContainer(Sid("S-1-15-2-1"))),
            [
                "Asked for READ_DATA (0x1).",
                "ACE 1 (A;;CC;;;WD): Everyone matches; the ACE allows READ_DATA (0x1).",
                "The token is an app's: a pass in which only its package and capabilities count must "
                "grant again READ_DATA (0x1).",
                "ACE 1 (A;;CC;;;WD): passed by, because Everyone is neither the package nor one of its "
                "capabilities.",
                "ACE 2 (A;;CC;;;AC): APPLICATION PACKAGE AUTHORITY\\ALL APPLICATION PACKAGES matches; the "
                "ACE allows READ_DATA (0x1).",
                "Granted: 0x1.",
            ],
        ),
        (
            decide("O:SYG:SYD:(A;;0x1;;;WD)(A;;0x1;;;BU)", 0x1, restricted_sids=["S-1-5-32-545"]),
            [
                "Asked for READ_DATA (0x1).",
                "ACE 1 (A;;CC;;;WD): Everyone matches; the ACE allows READ_DATA (0x1).",
                "The token is restricted: a second pass, in which only its restricting SIDs count, must "
                "grant again READ_DATA (0x1).",
                "ACE 1 (A;;CC;;;WD): passed by, because Everyone is not among the restricting SIDs.",
                "ACE 2 (A;;CC;;;BU): BUILTIN\\Users matches; the ACE allows READ_DATA (0x1).",
                "Granted: 0x1.",
            ],
        ),
        (
            decide(
                "O:SYG:SYD:(A;IO;0x1;;;WD)(OA;;0x1;bf967aba-0de6-11d0-a285-00aa003049e2;;WD)"
                "(OD;;0x1;bf967aba-0de6-11d0-a285-00aa003049e2;;BG)"
                "(A;;0x1;;;CO)(A;;0x1;;;OW)(A;;0x1;;;BA)(A;;0x1;;;BU)(A;;0x1;;;BG)",
                0x1,
                groups=["S-1-1-0", ("S-1-5-32-544", 0x10), ("S-1-5-32-545", 0)],
            ),
            [
                "Asked for READ_DATA (0x1).",
                "ACE 1 (A;IO;CC;;;WD): passed by, because it is inherit-only: meant for children, not for "
                "this object.",
                "ACE 2 (OA;;CC;bf967aba-0de6-11d0-a285-00aa003049e2;;WD): passed by, because it is about one "
                "property or class, and the question was about the whole object.",
                "ACE 3 (OD;;CC;bf967aba-0de6-11d0-a285-00aa003049e2;;BG): passed by, because the token does "
                "not hold BUILTIN\\Guests.",
                "ACE 4 (A;;CC;;;CO): passed by, because CREATOR OWNER is a placeholder that inheritance "
                "fills; no token holds it.",
                "ACE 5 (A;;CC;;;OW): passed by, because the token does not hold the owner.",
                "ACE 6 (A;;CC;;;BA): passed by, because the token holds BUILTIN\\Administrators for deny "
                "only, and this is an allow.",
                "ACE 7 (A;;CC;;;BU): passed by, because BUILTIN\\Users is disabled in the token.",
                "ACE 8 (A;;CC;;;BG): passed by, because the token does not hold BUILTIN\\Guests.",
                "The walk is over; what nothing granted: READ_DATA (0x1).",
                "Refused: STATUS_ACCESS_DENIED (Win32 error 5).",
            ],
        ),
        (
            decide(
                "O:SYG:SYD:(XA;;0x1;;;WD;(@User.a == 1))(XA;;0x1;;;WD;(Member_of {SID(WD)}))"
                "(XA;;0x1;;;WD;(Member_of {SID(WD)}))",
                0x3,
            ),
            [
                "Asked for READ_DATA | WRITE_DATA (0x3).",
                "ACE 1 (XA;;CC;;;WD;(@USER.a == 1)): passed by, because its condition (@USER.a == 1) is "
                "unknown: there is no @User.a.",
                "ACE 2 (XA;;CC;;;WD;(Member_of {SID(WD)})): Everyone matches; the ACE allows READ_DATA "
                "(0x1). The condition (Member_of {SID(WD)}) is true.",
                "ACE 3 (XA;;CC;;;WD;(Member_of {SID(WD)})): Everyone matches, but each right that "
                "the ACE allows is already decided or was not asked for. The condition "
                "(Member_of {SID(WD)}) is true.",
                "The walk is over; what nothing granted: WRITE_DATA (0x2).",
                "Refused: STATUS_ACCESS_DENIED (Win32 error 5).",
            ],
        ),
        (
            decide("O:SYG:SYD:(A;;FA;;;WD)S:(TL;;0x1;;;S-1-19-512-4096)", 0x2),
            [
                "Asked for WRITE_DATA (0x2).",
                "Trust label (TL;;CC;;;S-1-19-512-4096): the token is less trusted. Refused before all "
                "else: WRITE_DATA (0x2).",
                "Refused: STATUS_ACCESS_DENIED (Win32 error 5).",
            ],
        ),
        (
            decide("O:SYG:SYD:(A;;FA;;;WD)S:(FL;;0x1;;;WD;(@User.a == 1))", 0x2),
            [
                "Asked for WRITE_DATA (0x2).",
                "Access filter: (@USER.a == 1) is unknown: there is no @User.a. Refused before the DACL "
                "is read: WRITE_DATA (0x2).",
                "Refused: STATUS_ACCESS_DENIED (Win32 error 5).",
            ],
        ),
        (
            decide(f"O:SYG:SYD:(A;;FA;;;WD)S:(SP;;;;;{POLICY})", 0x1, more=rule("D:(A;;FR;;;WD)")),
            [
                "Asked for READ_DATA (0x1).",
                "ACE 1 (A;;FA;;;WD): Everyone matches; the ACE allows READ_DATA (0x1).",
                "Central access rule 'finance': it grants all that is granted so far.",
                "Granted: 0x1.",
            ],
        ),
        (
            decide(f"O:SYG:SYD:(A;;FA;;;WD)S:(SP;;;;;{POLICY})", 0x2, more=rule("D:(A;;FR;;;WD)")),
            [
                "Asked for WRITE_DATA (0x2).",
                "ACE 1 (A;;FA;;;WD): Everyone matches; the ACE allows WRITE_DATA (0x2).",
                "Central access rule 'finance': it does not grant WRITE_DATA (0x2).",
                "Refused: STATUS_ACCESS_DENIED (Win32 error 5).",
            ],
        ),
        (
            decide(
                "O:SYG:SYD:(A;;0x1;;;WD)",
                0x10001,
                more={"parent": SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;0x40;;;WD)")},
            ),
            [
                "Asked for READ_DATA | DELETE (0x10001).",
                "Parent folder: its (A;;DT;;;WD) gives DELETE (0x10000).",
                "ACE 1 (A;;CC;;;WD): Everyone matches; the ACE allows READ_DATA (0x1).",
                "Granted: 0x10001.",
            ],
        ),
        (
            decide("D:(A;;FA;;;WD)", 0x1),
            [
                "Asked for READ_DATA (0x1).",
                "Refused: STATUS_INVALID_SECURITY_DESCR (Win32 error 1338). The descriptor names no owner "
                "and no group, and Windows checks none without. Text from sc sdshow leaves them out, where "
                "LocalSystem is both: SecurityDescriptor.from_sddl(text, owner='SY', group='SY').",
            ],
        ),
    ],
)
def test_a_check_is_told_step_by_step(decision: AccessDecision, sentences: list[str]) -> None:
    assert [step.text for step in decision.steps] == sentences


def test_what_was_passed_by_before_the_pass_for_the_package_is_told_by_the_token() -> None:
    app = AppContainer(Sid("S-1-15-2-1"))
    decision = decide("O:SYG:SYD:(A;;0x1;;;BG)(A;;0x1;;;WD)(A;;0x1;;;AC)", 0x1, app=app)
    told = [step.text for step in decision.steps if step.place == 0]
    assert told == [
        "ACE 1 (A;;CC;;;BG): passed by, because the token does not hold BUILTIN\\Guests.",
        "ACE 1 (A;;CC;;;BG): passed by, because BUILTIN\\Guests is neither the package "
        "nor one of its capabilities.",
    ]
