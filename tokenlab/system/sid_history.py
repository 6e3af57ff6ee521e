"""SID history: what an account was elsewhere, carried along so that old DACLs still know it.

``DsAddSidHistory`` ([MS-DRSR] 4.1.2.3) is the way that Windows offers, to a migration tool for example: the
source must be an account of another forest. It leaves 4765 and 4738, a refusal 4766 ("Audit User Account
Management"). Who writes into the directory's database itself, as ``account.sid_history.append`` does here, is
asked nothing and leaves none of these.
"""

from __future__ import annotations

from tokenlab.system.accounts import Account
from tokenlab.system.errors import Refusal, Win32Error
from tokenlab.system.event_log import AUDIT_FAILURE, AUDIT_SUCCESS
from tokenlab.system.machine import Machine
from tokenlab.system.object_events import subject
from tokenlab.system.token import Token
from tokenlab.values import Sid
from tokenlab.values.well_known import ADMINISTRATORS


def add_sid_history(controller: Machine, caller: Token, name: str, source: str, sid: Sid | str) -> Account:
    r"""Add the SID of ``source``, ``VOYAGER\nova`` of another forest, to the history of the account ``name``.

    It counts from the account's next logon on. Raises `Refusal`: 5 for who is no administrator of the
    domain, 8534 for a SID of this forest, 8539 for one that an account has already; ValueError where
    ``controller`` is none, KeyError for an unknown name.
    """
    directory, sid = controller.domain, Sid(sid)
    if directory is None or controller.sam is not directory:
        raise ValueError(f"{controller.name} is no domain controller: a SAM keeps no SID history")
    account = directory.find(name)
    if account is None:
        raise KeyError(f"{directory.name} has no account {name!r}: for example 'cosmo'")
    reason: tuple[Win32Error, str] | None = None
    if ADMINISTRATORS not in caller.context:
        reason = Win32Error.ACCESS_DENIED, f"only an administrator of {directory.name} may add to SID history"
    elif sid.domain == directory.sid:
        reason = Win32Error.SOURCE_DOMAIN_IN_FOREST, f"{sid} is of {directory.name} itself"
    elif any(sid in other.sid_history for other in directory.accounts):
        reason = Win32Error.SRC_SID_EXISTS_IN_FOREST, f"an account of {directory.name} has {sid} already"
    target = {
        "TargetUserName": account.name,
        "TargetDomainName": directory.name,
        "TargetSid": str(account.sid),
        **subject(caller).fields(),
        "PrivilegeList": "-",
    }
    if reason is not None:
        controller.log.append(4766, SourceUserName=source, **target, Keywords=AUDIT_FAILURE)
        raise Refusal(*reason)
    account.sid_history.append(sid)
    controller.log.append(
        4765, SourceUserName=source, SourceSid=str(sid), **target, SidList="-", Keywords=AUDIT_SUCCESS
    )
    controller.log.append(4738, **target, **_UNCHANGED, SidHistory=f"%{{{sid}}}", LogonHours="-")
    return account


_UNCHANGED = dict.fromkeys(
    (
        *("SamAccountName", "DisplayName", "UserPrincipalName", "HomeDirectory", "HomePath", "ScriptPath"),
        *("ProfilePath", "UserWorkstations", "PasswordLastSet", "AccountExpires", "PrimaryGroupId"),
        *("AllowedToDelegateTo", "OldUacValue", "NewUacValue", "UserAccountControl", "UserParameters"),
    ),
    "-",
)
