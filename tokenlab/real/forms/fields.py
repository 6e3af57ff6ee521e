"""The fields of Security events, in Windows' own spelling, and the version of an event that added them.

"Advanced security audit policy settings" on Microsoft Learn has a page an event, with the fields and, under
*Event Versions*, what was added when.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

_SUBJECT = "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId"
_TARGET = "TargetUserSid TargetUserName TargetDomainName TargetLogonId"
_FROM = "IpAddress IpPort"
_HOW = (
    "LogonType LogonProcessName AuthenticationPackageName WorkstationName LogonGuid TransmittedServices "
    "LmPackageName KeyLength ProcessId ProcessName"
)
_OBJECT = f"{_SUBJECT} ObjectServer ObjectType ObjectName HandleId"
_MASK = "AccessList AccessMask"
_TICKET = "TargetUserName TargetDomainName ServiceName ServiceSid TicketOptions Status TicketEncryptionType"
_CERTIFICATE = "CertIssuerName CertSerialNumber CertThumbprint"

FIELDS: Mapping[int, tuple[str, ...]] = {
    1102: (_SUBJECT,),
    4624: (
        f"{_SUBJECT} {_TARGET} {_HOW} {_FROM}",
        "ImpersonationLevel",
        "RestrictedAdminMode TargetOutboundUserName TargetOutboundDomainName VirtualAccount "
        "TargetLinkedLogonId ElevatedToken",
    ),
    4625: (
        f"{_SUBJECT} TargetUserSid TargetUserName TargetDomainName Status FailureReason SubStatus LogonType "
        "LogonProcessName AuthenticationPackageName WorkstationName TransmittedServices LmPackageName "
        f"KeyLength ProcessId ProcessName {_FROM}",
    ),
    4627: (f"{_SUBJECT} {_TARGET} LogonType EventIdx EventCountTotal GroupMembership",),
    4634: (f"{_TARGET} LogonType",),
    4647: (_TARGET,),
    4648: (
        f"{_SUBJECT} LogonGuid TargetUserName TargetDomainName TargetLogonGuid TargetServerName TargetInfo "
        f"ProcessId ProcessName {_FROM}",
    ),
    4656: (
        f"{_OBJECT} TransactionId {_MASK} PrivilegeList RestrictedSidCount ProcessId ProcessName",
        "AccessReason ResourceAttributes",
    ),
    4658: (f"{_SUBJECT} ObjectServer HandleId ProcessId ProcessName",),
    4661: (
        f"{_OBJECT} TransactionId {_MASK} PrivilegeList Properties RestrictedSidCount ProcessId ProcessName",
    ),
    4662: (f"{_OBJECT} OperationType {_MASK} Properties AdditionalInfo AdditionalInfo2",),
    4663: (f"{_OBJECT} {_MASK} ProcessId ProcessName", "ResourceAttributes"),
    4670: (f"{_OBJECT} OldSd NewSd ProcessId ProcessName",),
    4672: (f"{_SUBJECT} PrivilegeList",),
    4673: (f"{_SUBJECT} ObjectServer Service PrivilegeList ProcessId ProcessName",),
    4674: (f"{_OBJECT} AccessMask PrivilegeList ProcessId ProcessName",),
    4688: (
        f"{_SUBJECT} NewProcessId NewProcessName TokenElevationType ProcessId",
        "CommandLine",
        f"{_TARGET} ParentProcessName MandatoryLabel",
    ),
    4689: (f"{_SUBJECT} Status ProcessId ProcessName",),
    4697: (f"{_SUBJECT} ServiceName ServiceFileName ServiceType ServiceStartType ServiceAccount",),
    4698: (f"{_SUBJECT} TaskName TaskContent",),
    4703: (f"{_SUBJECT} {_TARGET} ProcessName ProcessId EnabledPrivilegeList DisabledPrivilegeList",),
    4720: (f"TargetUserName TargetDomainName TargetSid {_SUBJECT} PrivilegeList SamAccountName",),
    4732: (f"MemberName MemberSid TargetUserName TargetDomainName TargetSid {_SUBJECT} PrivilegeList",),
    4738: (f"TargetUserName TargetDomainName TargetSid {_SUBJECT} PrivilegeList SidHistory",),
    4768: (
        f"TargetUserName TargetDomainName TargetSid ServiceName ServiceSid TicketOptions Status "
        f"TicketEncryptionType PreAuthType {_FROM} {_CERTIFICATE}",
    ),
    4769: (f"{_TICKET} {_FROM} LogonGuid TransmittedServices",),
    4770: (f"{_TICKET} {_FROM}",),
    4771: (f"TargetUserName TargetSid ServiceName TicketOptions Status PreAuthType {_FROM} {_CERTIFICATE}",),
    4776: ("PackageName TargetUserName Workstation Status",),
    5136: (
        f"OpCorrelationID AppCorrelationID {_SUBJECT} DSName DSType ObjectDN ObjectGUID ObjectClass "
        "AttributeLDAPDisplayName AttributeSyntaxOID AttributeValue OperationType",
    ),
    5140: (f"{_SUBJECT} ObjectType {_FROM} ShareName ShareLocalPath {_MASK}",),
    5145: (
        f"{_SUBJECT} ObjectType {_FROM} ShareName ShareLocalPath RelativeTargetName {_MASK} AccessReason",
    ),
    5156: ("ProcessID Application Direction SourceAddress SourcePort DestAddress DestPort Protocol",),
}
"""By event: the fields of its version 0, then what each later version added."""

_OTHERS = (  # of Sysmon, which ties its records by these
    "UtcTime ProcessGuid Image User LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes "
    "ParentProcessGuid ParentProcessId ParentImage ParentCommandLine SourceProcessGuid SourceProcessId "
    "SourceImage TargetProcessGuid TargetProcessId TargetImage GrantedAccess CallTrace PipeName RuleName"
)
_KNOWN = dict.fromkeys(
    name
    for text in (*(part for parts in FIELDS.values() for part in parts), _OTHERS)
    for name in text.split()
)
_SPELT = {name.lower(): name for name in reversed(_KNOWN)}


@lru_cache(maxsize=4096)
def own_case(name: str) -> str:
    """The name as Windows spells it, if a tool put its first letter, or all, in another case."""
    if name[:1].islower():
        raised = name[0].upper() + name[1:]  # Wazuh lowers the first letter only
        if raised in _KNOWN:
            return raised
        return _SPELT.get(name.lower(), raised if name.isalnum() and not name.islower() else name)
    return _SPELT.get(name.lower(), name) if name.isupper() else name


def fill_later_fields(event: dict[str, object], version: str) -> None:
    """Give a record of an old version of its event the fields that came later, as ``-``.

    Where no version is told, a record is old if it has all fields of version 0 and none of the later.
    """
    parts = _PARTS.get(event["EventID"])  # type: ignore[call-overload]
    if parts is None or (parts[-1][-1] in event and parts[-1][0] in event):
        return
    known = int(version) if version.isascii() and version.isdecimal() and len(version) < 5 else None
    if known is None and not event.keys() >= set(parts[0]):
        return
    for number, names in enumerate(parts[1:], 1):
        if known < number if known is not None else event.keys().isdisjoint(names):
            for name in names:
                event.setdefault(name, "-")


_PARTS = {
    number: [tuple(part.split()) for part in parts] for number, parts in FIELDS.items() if len(parts) > 1
}
