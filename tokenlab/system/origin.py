"""Where a logon comes from: who asks for it, by which program, from where; and what events tell of that."""

from __future__ import annotations

from dataclasses import dataclass

from tokenlab.system.event_log import NOBODY, EventProgram, EventSubject
from tokenlab.system.identity import KERBEROS, NEGOTIATE, NTLM
from tokenlab.system.logon_type import LogonType
from tokenlab.system.token import Token
from tokenlab.system.windows_programs import program_of_windows
from tokenlab.values import Luid

SECONDARY_LOGON, CONSENT = "seclogo", "CredPro"
"""The logon processes of runas, and of a consent prompt that asks for a password (events 4624)."""


@dataclass(frozen=True)
class Origin:
    """Who asks LSA for a logon, and from where.

    ``caller`` is the token of the program that asks; None where Windows itself does, or where a NETWORK logon
    comes from outside. ``program`` and ``logon_process`` are what events name as the one who asked;
    ``address`` and ``workstation`` the client's.
    """

    caller: Token | None = None
    program: EventProgram | None = None
    address: str = "-"
    workstation: str = "-"
    logon_process: str = ""

    def describe(
        self, logon_type: LogonType, package: str, machine: str, system: EventSubject
    ) -> LoggedOrigin:
        """What events of this machine tell of it, for a logon of this type.

        Winlogon asks for a person, services.exe for a service; nobody for what comes over the network. A
        logon process of its own have the Secondary Logon service and the consent prompt.
        """
        caller = self.caller
        asks = caller.session.subject if caller is not None and caller.session is not None else system
        logon_id = caller.authentication_id if caller is not None else system.logon_id
        if logon_type is LogonType.NETWORK and caller is None:
            process = "Kerberos" if package == KERBEROS else "NtLmSsp "
            from_there = (self.workstation, self.address, "49152")
            return LoggedOrigin(NOBODY, Luid(0), process, EventProgram(), package, *from_there)
        here = "-" if logon_type is LogonType.NEW_CREDENTIALS else machine
        program = self.program or program_of_windows("svchost.exe")
        if self.logon_process:
            return LoggedOrigin(asks, logon_id, self.logon_process, program, NEGOTIATE, here, "::1", "0")
        if logon_type is LogonType.SERVICE:
            program = self.program or program_of_windows("services.exe")
            return LoggedOrigin(asks, logon_id, "Advapi  ", program, NEGOTIATE)
        if caller is None and logon_type.is_interactive:
            address = "127.0.0.1" if self.address == "-" else self.address
            return LoggedOrigin(asks, logon_id, "User32 ", program, NEGOTIATE, machine, address, "0")
        return LoggedOrigin(asks, logon_id, "Advapi  ", program, NEGOTIATE, here, self.address)


HERE = Origin()
"""Windows itself asks, on this machine; or a NETWORK logon of which no more is known."""


@dataclass(frozen=True)
class LoggedOrigin:
    """Where a logon came from, as its events tell it."""

    subject: EventSubject
    logon_id: Luid
    process: str
    program: EventProgram
    package: str
    workstation: str = "-"
    address: str = "-"
    port: str = "-"

    def fields(self) -> dict[str, str]:
        """What 4624 and 4625 have in common."""
        ntlm = self.package == NTLM
        return {
            **self.subject.fields(),
            **self.program.fields(),
            "LogonProcessName": self.process,
            "AuthenticationPackageName": self.package,
            "WorkstationName": self.workstation,
            "IpAddress": self.address,
            "IpPort": self.port,
            "TransmittedServices": "-",
            "LmPackageName": "NTLM V2" if ntlm else "-",
            "KeyLength": "128" if ntlm else "0",
        }
