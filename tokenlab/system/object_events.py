"""What the Security log tells of objects and processes: opened, used, closed, started, ended.

"4656(S, F)", "4658(S)", "4663(S)", "4673(S, F)", "4674(S, F)", "4688(S)" and "4689(S)" on Microsoft Learn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from tokenlab.security import Ace
from tokenlab.security.check.audit import audit_aces
from tokenlab.security.check.decision import Reason
from tokenlab.security.check.rule import ReasonCode
from tokenlab.system.actors import RunningProcess, RunningThread
from tokenlab.system.event_log import AUDIT_FAILURE, AUDIT_SUCCESS, EventSubject
from tokenlab.system.objects import Securable
from tokenlab.system.token import Token
from tokenlab.system.token_types import ElevationType
from tokenlab.values import Luid
from tokenlab.values.well_known import NULL_SID

NOT_AUDITED = frozenset(
    f"Se{name}Privilege"
    for name in ("ChangeNotify", "Debug", "CreateToken", "AssignPrimaryToken", "Audit", "Backup", "Restore")
)
"""Their use is written down only where FullPrivilegeAuditing says so ("Audit privilege use")."""

_HIVES = {"HKLM": "MACHINE", "HKU": "USER"}
SYSTEM_VOLUME = r"\Device\HarddiskVolume2"
"""How records of a process as an object begin the path to its image, where others write ``C:``."""

_ELEVATION = {
    ElevationType.DEFAULT: "%%1936",
    ElevationType.FULL: "%%1937",
    ElevationType.LIMITED: "%%1938",
}
_STANDARD = {0x10000 << n: 1537 + n for n in range(5)} | {0x1000000: 1542}
_FIRST_RIGHT = {
    "File": 4416,
    "Key": 4432,
    "Process": 4480,
    "Section": 4512,
    "Semaphore": 4528,
    "Thread": 4560,
    "Token": 4592,
    "WindowStation": 6656,
    "Desktop": 6672,
    "SC_MANAGER OBJECT": 7168,
    "SERVICE OBJECT": 7184,
}
"""The message of bit 0 of each type; the message table of msobjs.dll, as collectors of events publish it."""


_UNCHECKED = "%%1809"


class OpenHandle(Protocol):
    """A handle, as events name it; see `Handle`."""

    value: int
    object: Securable
    privileges: dict[str, int]

    @property
    def process(self) -> RunningProcess: ...
    @property
    def thread(self) -> RunningThread | None: ...


def write_open(
    thread: RunningThread,
    target: Securable,
    rights: int,
    why: Mapping[int, Reason],
    handle: OpenHandle | None,
) -> None:
    """4656, if a line of the object's SACL asks for it: who wanted what, and why it was decided so.

    ``rights`` are those granted or, without a ``handle``, asked for. ``why`` has the reasons, right by right:
    recorded events give them for files, and a dash for keys and kernel objects.
    """
    context, granted = thread.context, handle is not None
    if not audit_aces(context, target.descriptor, rights, success=granted):
        return
    numbers = {bit: _number(target.kind, bit) for bit in _bits(rights)}
    told = _told(why) if target.kind == "File" else {}
    used = {reason.privilege for reason in why.values() if reason.privilege}
    if handle is not None:
        used |= handle.privileges.keys() - {"SeDebugPrivilege"}  # OpenProcess looks at it before any check
    thread.process.machine.log.append(
        4656,
        **subject(thread.effective_token).fields(),
        ObjectServer="Security",
        ObjectType=target.kind,
        ObjectName=_path(target),
        HandleId=f"{handle.value if handle else 0:#x}",
        AccessList=_list(numbers.values()),
        AccessReason="".join(
            f"{number}:\t{told[bit]}\r\n\t\t\t\t" for bit, number in numbers.items() if bit in told
        )
        or "-",
        AccessMask=f"{rights:#x}",
        PrivilegeList="\r\n\t\t\t".join(sorted(used)) or "-",
        RestrictedSidCount=str(len(context.restricted_sids)),
        **thread.process.program.fields(),
        ResourceAttributes="-",
        Keywords=AUDIT_SUCCESS if granted else AUDIT_FAILURE,
    )


def write_use(handle: OpenHandle, right: int) -> None:
    """4663: an audited right was used through a handle, by the thread that opened it."""
    target, process = handle.object, handle.process
    token = (handle.thread or process.thread).effective_token
    if not audit_aces(token.context, target.descriptor, right, success=True):
        return
    process.machine.log.append(
        4663,
        **subject(token).fields(),
        ObjectServer="Security",
        ObjectType=target.kind,
        ObjectName=_path(target),
        HandleId=f"{handle.value:#x}",
        AccessList=_list(_number(target.kind, bit) for bit in _bits(right)),
        AccessMask=f"{right:#x}",
        **process.program.fields(),
        ResourceAttributes="-",
    )


def write_close(handle: OpenHandle) -> None:
    """4658, for a handle whose opening was audited."""
    process = handle.process
    process.machine.log.append(
        4658,
        **subject(process.token).fields(),
        ObjectServer="Security",
        HandleId=f"{handle.value:#x}",
        **process.program.fields(),
    )


def write_privilege_use(
    thread: RunningThread,
    privilege: str,
    target: Securable | None = None,
    rights: int = 0,
    *,
    success: bool = True,
) -> None:
    """4673: a privilege did something by itself; 4674: it opened an object. Seven are left out by default."""
    machine = thread.process.machine
    if privilege in NOT_AUDITED and not machine.policy.full_privilege_auditing:
        return
    log, who = machine.log, subject(thread.effective_token).fields()
    keywords = AUDIT_SUCCESS if success else AUDIT_FAILURE
    program = thread.process.program.fields()
    if target is None:
        log.append(
            4673,
            **who,
            ObjectServer="Security",
            Service="-",
            PrivilegeList=privilege,
            **program,
            Keywords=keywords,
        )
    else:
        log.append(
            4674,
            **who,
            ObjectServer="Security",
            ObjectType=target.kind,
            ObjectName=_path(target),
            HandleId="0x0",
            AccessMask=_list(_number(target.kind, bit) for bit in _bits(rights)),
            PrivilegeList=privilege,
            **program,
            Keywords=keywords,
        )


def write_start(process: RunningProcess, creator: Token) -> None:
    """4688. The target is named only where the new process stands for another logon than its creator."""
    who, target = subject(creator), subject(process.token)
    other = target.logon_id != who.logon_id
    named = target if other else EventSubject(NULL_SID, "-", "-", Luid(0))
    parent = process.parent
    process.machine.log.append(
        4688,
        **who.fields(),
        NewProcessId=f"{process.pid:#x}",
        NewProcessName=process.image,
        TokenElevationType=_ELEVATION[process.token.elevation_type],
        ProcessId=f"{parent.pid if parent else 0:#x}",
        CommandLine=process.command_line,
        **(named.fields("Target") | {"TargetUserSid": str(NULL_SID)}),
        ParentProcessName=parent.image if parent else "-",
        MandatoryLabel=str(process.token.context.integrity),
    )


def write_exit(process: RunningProcess, status: int) -> None:
    """4689: a process has ended."""
    process.machine.log.append(
        4689, **subject(process.token).fields(), Status=f"{status:#x}", **process.program.fields()
    )


def subject(token: Token) -> EventSubject:
    """Who a token is, as events name it: the user of its logon session, under that session's LUID."""
    if token.session is None:
        return EventSubject(token.context.user, "-", "-", token.authentication_id)
    return token.session.subject


def _told(why: Mapping[int, Reason]) -> dict[int, str]:
    """The reason of each right. Where a label ends the check, the first right that it closes has it, and all
    others are unchecked (a 4656 in rupor-github/wsl-ssh-agent#20)."""
    closed = [bit for bit, reason in why.items() if reason.code is ReasonCode.DENIED_BY_INTEGRITY]
    if closed:
        return dict.fromkeys(why, _UNCHECKED) | {min(closed): f"%%{ReasonCode.DENIED_BY_INTEGRITY:d}"}
    return {bit: f"%%{reason.code:d}{_line(reason.ace)}" for bit, reason in why.items()}


def _number(kind: str, bit: int) -> str:
    """The message number of a right: %%1537 is DELETE, %%4416 reads data from a file. What is of no type of
    Windows' own has no messages: the mask itself."""
    if bit in _STANDARD:
        return f"%%{_STANDARD[bit]}"
    first = _FIRST_RIGHT.get(kind)
    return f"{bit:#x}" if first is None else f"%%{first + bit.bit_length() - 1}"


def _bits(mask: int) -> list[int]:
    """Standard rights first, then those of the type, as events list them."""
    bits = [1 << n for n in range(25) if mask >> n & 1]
    return sorted(bits, key=lambda bit: (bit < 0x10000, bit))


def _list(numbers: Iterable[str]) -> str:
    return "".join(f"{number}\r\n\t\t\t\t" for number in numbers)


def _path(target: Securable) -> str:
    """Keys and the images of processes as the kernel names them; tokens and threads have no names."""
    if target.kind in ("Token", "Thread"):
        return "-"
    if target.kind == "Process":
        return str(getattr(target, "image", target.name)).replace("C:", SYSTEM_VOLUME, 1)
    if target.kind == "Key":
        root, _, rest = target.name.partition("\\")
        return f"\\REGISTRY\\{_HIVES.get(root, root)}\\{rest}".rstrip("\\")
    return target.name


def _line(ace: Ace | None) -> str:
    return "" if ace is None else f"\tD:{ace}"
