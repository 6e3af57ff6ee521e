"""What the Security logs tell of the wire: the controller's 4768, 4769, 4771; the server's 5140, 5145;
the client's 4648. Fields are those of real records; each event has its page on Microsoft Learn."""

from __future__ import annotations

from tokenlab.network.domain import Domain
from tokenlab.security import AccessDecision
from tokenlab.system import Account, Machine, Thread, Token
from tokenlab.system.event_log import NO_GUID
from tokenlab.system.identity import Identity
from tokenlab.system.object_events import subject
from tokenlab.values.guid import guid_of
from tokenlab.values.well_known import NULL_SID

AES, RC4 = "0x12", "0x17"
BY_WINDOWS, BY_TOOL = "0x40810010", "0x40800010"
"""Options of an AS request: Windows asks for a canonical name too, many tools do not."""
_NO_ENCRYPTION = "0xffffffff"
_NAMES = {AES: "AES256-CTS-HMAC-SHA1-96", RC4: "RC4-HMAC-NT"}
"""A tool offers the type of the key that it has; Windows all that it knows."""
_BY_CLIENT = "AES256-CTS-HMAC-SHA1-96 AES128-CTS-HMAC-SHA1-96 RC4-HMAC-NT"
_PORT = "49152"
_RIGHTS = {1 << bit: 4416 + bit for bit in range(9)} | {1 << bit + 16: 1537 + bit for bit in range(5)}


class KdcEvents:
    """What the Kerberos service of a controller writes into its Security log."""

    def __init__(self, domain: Domain, controller: Machine) -> None:
        self.domain, self.controller = domain, controller

    def write_4768(
        self,
        name: str,
        account: Account | None,
        address: str,
        code: int = 0,
        *,
        encryption: str = AES,
        options: str = BY_WINDOWS,
        asked: str = "",
    ) -> None:
        """A ticket-granting ticket was asked for; ``asked`` is the only encryption type that was offered."""
        granted = code == 0
        self.controller.log.append(
            4768,
            TargetUserName=account.name if account else name,
            TargetDomainName=self.domain.directory.dns_name,
            TargetSid=str(account.sid if account else NULL_SID),
            ServiceName="krbtgt" if granted else f"krbtgt/{self.domain.realm}",
            ServiceSid=str(self.domain.account("krbtgt").sid if granted else NULL_SID),
            TicketOptions=options,
            Status=f"{code:#x}",
            TicketEncryptionType=encryption if granted else _NO_ENCRYPTION,
            PreAuthType="2" if granted else "-",
            IpAddress=address if address == "-" else f"::ffff:{address}",
            IpPort=_PORT,
            **self._encryption_types(asked or encryption, options, encryption if granted else _NO_ENCRYPTION),
        )

    def _encryption_types(self, asked: str, options: str, session_key: str) -> dict[str, str]:
        """Four of the ten fields that version 2 of 4768 and 4769 adds, on controllers that write it."""
        if self.controller.release.kerberos_event_version < 2:
            return {}
        return {
            "AccountSupportedEncryptionTypes": "N/A",
            "AccountAvailableKeys": "AES-SHA1, RC4",
            "ClientAdvertizedEncryptionTypes": _BY_CLIENT if options == BY_WINDOWS else _NAMES[asked],
            "SessionKeyEncryptionType": session_key,
        }

    def write_4771(self, account: Account, address: str, options: str = BY_WINDOWS) -> None:
        """The proof of the key was wrong."""
        self.controller.log.append(
            4771,
            TargetUserName=account.name,
            TargetSid=str(account.sid),
            ServiceName=f"krbtgt/{self.domain.realm}",
            TicketOptions=options,
            Status="0x18",
            PreAuthType="2",
            IpAddress=address if address == "-" else f"::ffff:{address}",
            IpPort=_PORT,
        )

    def write_4769(
        self,
        client: Identity,
        service: str,
        owner: Account | None,
        address: str,
        status: str = "0x0",
        *,
        options: str = "0x40810000",
        transited: str = "-",
    ) -> None:
        """A ticket for a service was asked for; ``transited`` is who asked in a client's name."""
        guid = guid_of(f"{client.name}{service}")
        self.controller.log.append(
            4769,
            TargetUserName=f"{client.name}@{self.domain.realm}",
            TargetDomainName=self.domain.realm,
            ServiceName=owner.name if owner else service,
            ServiceSid=str(owner.sid if owner else NULL_SID),
            TicketOptions=options,
            TicketEncryptionType=AES if status == "0x0" else _NO_ENCRYPTION,
            IpAddress=address if address == "-" else f"::ffff:{address}",
            IpPort=_PORT,
            Status=status,
            LogonGuid=guid if status == "0x0" else NO_GUID,
            TransmittedServices=transited,
            **self._encryption_types(AES, BY_WINDOWS, AES if status == "0x0" else _NO_ENCRYPTION),
        )


def write_4648(thread: Thread, user: str, domain: str, server: str, service: str) -> None:
    """A program gave a name and a password for another machine."""
    program = thread.process.program
    thread.process.machine.log.append(
        4648,
        **subject(thread.effective_token).fields(),
        **program.fields(),
        LogonGuid=NO_GUID,
        TargetUserName=user,
        TargetDomainName=domain,
        TargetLogonGuid=NO_GUID,
        TargetServerName=server,
        TargetInfo=service,
        IpAddress="-",
        IpPort="-",
    )


def _by_way_of(token: Token, share: str, path: str, address: str) -> dict[str, str]:
    """Who, from where, and which share."""
    return {
        **subject(token).fields(),
        "ObjectType": "File",
        "IpAddress": address,
        "IpPort": _PORT,
        "ShareName": rf"\\*\{share}",
        "ShareLocalPath": rf"\??\{path}" if path else "",
    }


def write_5140(machine: Machine, token: Token, share: str, path: str, address: str) -> None:
    """Somebody reached a share."""
    machine.log.append(
        5140,
        **_by_way_of(token, share, path, address),
        AccessMask="0x1",
        AccessList="%%4416\r\n\t\t\t\t",
    )


def write_5145(
    machine: Machine, token: Token, share: str, path: str, address: str, file: str, decision: AccessDecision
) -> None:
    """May they have this file by way of the share? Asked of the share's descriptor: each right, and why."""
    numbers = {bit: _RIGHTS[bit] for bit in decision.reasons if bit in _RIGHTS}
    reasons = "".join(
        f"%%{number}:\t%%{decision.reasons[bit].code:d}"
        + (f"\tD:{ace}" if (ace := decision.reasons[bit].ace) is not None else "")
        + "\r\n\t\t\t\t"
        for bit, number in sorted(numbers.items(), key=lambda pair: pair[1])
    )
    machine.log.append(
        5145,
        **_by_way_of(token, share, path, address),
        RelativeTargetName=file or "\\",
        AccessMask=f"{sum(decision.reasons):#x}",
        AccessList="".join(f"%%{number}\r\n\t\t\t\t" for number in sorted(numbers.values())),
        AccessReason=reasons or "-",
    )
