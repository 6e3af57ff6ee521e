"""A machine: its accounts, its policy, its LSA, its log. It owns one of each."""

from __future__ import annotations

from tokenlab.system.accounts import AccountDatabase
from tokenlab.system.clock import Clock
from tokenlab.system.event_log import Program, SecurityLog
from tokenlab.system.logon_session import LogonSession, LogonType
from tokenlab.system.lsa import Lsa
from tokenlab.system.policy import LocalPolicy
from tokenlab.system.token import Token
from tokenlab.values import Luid, LuidSource, Sid
from tokenlab.values.well_known import ADMINISTRATORS, GUESTS, USERS

DEFAULT_SID = Sid("S-1-5-21-1708537768-854245398-2146804243")


class Machine:
    """A Windows machine: alone, or a member (or a controller) of the domain whose directory is given.

    ``policy`` holds rights and the settings of UAC. Two machines of one world need two ``sid``.
    """

    def __init__(
        self,
        name: str,
        domain: AccountDatabase | None = None,
        *,
        sid: Sid | str = DEFAULT_SID,
        controller: bool = False,
        clock: Clock | None = None,
    ) -> None:
        if controller and domain is None:
            raise ValueError(f"{name} cannot be a controller of no domain: give it one with domain=")
        self.name = name.upper()
        self.domain = domain
        self.clock = clock or Clock()
        self.luids = LuidSource(0x1A2B3)
        suffix = f".{domain.dns_name}" if domain else ""
        self.log = SecurityLog(f"{self.name}{suffix}", self.clock)
        self.policy = LocalPolicy.of_a_controller() if controller else LocalPolicy.of_a_client()
        self.sam = AccountDatabase.sam(self.name, sid)
        if controller and domain is not None:
            self.sam = domain
        elif domain is not None:
            self._join(domain)
        if domain is not None and domain.find(f"{self.name}$") is None:
            domain.add_computer(self.name, controller=controller)
        self.lsa = Lsa(self.name, self.sam, domain, self.policy, self.luids, self.log)

    @property
    def system_token(self) -> Token:
        """The token that Windows itself runs with."""
        return self.lsa.system_token

    @property
    def sessions(self) -> tuple[LogonSession, ...]:
        """The logon sessions that are alive, oldest first (``LsaEnumerateLogonSessions``)."""
        return tuple(self.lsa.sessions.values())

    def session(self, authentication_id: int) -> LogonSession:
        """The session with this LUID. Raises KeyError."""
        return self.lsa.sessions[Luid(authentication_id)]

    def log_on(
        self,
        name: str,
        password: str | None = None,
        logon_type: LogonType = LogonType.INTERACTIVE,
        *,
        caller: Token | None = None,
        package: str = "",
        program: Program | None = None,
        address: str = "-",
        workstation: str = "-",
    ) -> Token:
        r"""Log ``ASTRO\cosmo`` on (``LogonUser``) and give the token; see `Lsa.log_on`. Raises `Refusal`."""
        return self.lsa.log_on(
            name,
            password,
            logon_type,
            caller=caller,
            package=package,
            program=program,
            address=address,
            workstation=workstation,
        )

    def log_off(self, token: Token) -> None:
        """End the logon that this token stands for. Raises `Refusal` 1312."""
        self.lsa.log_off(token)

    def _join(self, domain: AccountDatabase) -> None:
        """What joining a domain changes in the SAM."""
        for group, rid in ((ADMINISTRATORS, 512), (USERS, 513), (GUESTS, 514)):
            self.sam.add_members(group, f"{domain.sid}-{rid}")

    def __repr__(self) -> str:
        of = f" of {self.domain.name}" if self.domain else ""
        return f"<Machine {self.name}{of}, {len(self.lsa.sessions)} logon sessions>"
