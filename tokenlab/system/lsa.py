"""The Local Security Authority: a name and a password in, a logon session and a token out.

"LSA Authentication" and ``LogonUserW`` on Microsoft Learn; *Windows Security Internals*, ch. 12.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

from tokenlab.security import SecurityContext
from tokenlab.system import logon_events as events
from tokenlab.system.accounts import AccountDatabase, RefusedPassword
from tokenlab.system.authentication import Authentication, AuthenticationError
from tokenlab.system.directory import Directory
from tokenlab.system.errors import Refusal, Win32Error
from tokenlab.system.event_log import SecurityLog
from tokenlab.system.identity import ANONYMOUS_IDENTITY, NTLM, SYSTEM_IDENTITY, Identity
from tokenlab.system.logon_context import logon_context
from tokenlab.system.logon_events import ERROR_OF, LogonFailure
from tokenlab.system.logon_session import LogonSession, fixed_sessions
from tokenlab.system.logon_type import NO_CREDENTIALS, CredentialKind, Credentials, LogonType
from tokenlab.system.observing import observe
from tokenlab.system.origin import HERE, LoggedOrigin, Origin
from tokenlab.system.policy import LocalPolicy
from tokenlab.system.token import NO_LUID, Token
from tokenlab.system.token_types import ElevationType, ImpersonationLevel, TokenType
from tokenlab.system.uac import halves
from tokenlab.values import (
    ANONYMOUS_LUID,
    SYSTEM_LUID,
    IntegrityLevel,
    Luid,
    LuidSource,
    Sid,
)
from tokenlab.values.well_known import ANONYMOUS, EVERYONE, LOCAL_SYSTEM


class Lsa:
    """The authority of one machine: asks the accounts, makes sessions and tokens, writes everything down.

    ``sessions`` are the logon sessions that are alive, by their LUIDs.
    """

    def __init__(
        self,
        machine: str,
        sam: AccountDatabase,
        domain: Directory | None,
        policy: LocalPolicy,
        luids: LuidSource,
        log: SecurityLog,
    ) -> None:
        self.machine, self.sam, self.domain, self.policy = machine, sam, domain, policy
        self.luids, self.log = luids, log
        self.authentication = Authentication(machine, sam, domain, policy)
        if sam is not domain:
            sam.on_refusal = self._write_validation
        fixed = fixed_sessions(machine, domain.name if domain else "WORKGROUP")
        self.sessions = {session.authentication_id: session for session in fixed}
        context = logon_context(SYSTEM_IDENTITY, LogonType.UNDEFINED, sam, policy)
        self.system_token = self._token(
            context, self.sessions[SYSTEM_LUID], "*SYSTEM*", elevated=True, session_id=0
        )

    @observe("log on")
    def log_on(
        self,
        name: str,
        password: str | None,
        logon_type: LogonType = LogonType.INTERACTIVE,
        origin: Origin = HERE,
        *,
        package: str = "",
    ) -> Token:
        r"""Log ``ASTRO\cosmo`` on (``LogonUser``, ``LsaLogonUser``) and give the token.

        ``password`` None is a logon without one (S4U; accounts of services). ``package`` chooses Kerberos or
        NTLM for a NETWORK logon. Raises `Refusal` with the Win32 error; then nothing is left but event 4625,
        and what the machine that has the account writes: 4776, or 4771 and 4768 of a controller.
        """
        if logon_type is LogonType.NEW_CREDENTIALS:
            return self._log_on_elsewhere(name, password, origin)
        package = self.authentication.package_for(name, package)
        logged = self.describe_origin(origin, logon_type, package)
        try:
            where = "" if origin.workstation == "-" else origin.workstation
            identity, logon_type = self.authentication.identify(name, password, logon_type, package, where)
        except AuthenticationError as failed:
            self._refuse(name, logon_type, failed.failure, logged)
        if identity.s4u:
            self._allow_without_password(name, logon_type, origin.caller, logged)
        token = self.admit(identity, logon_type, logged, by_program=origin.caller is not None)
        self.authentication.remember(identity, logon_type)
        return token

    def admit(
        self,
        identity: Identity,
        logon_type: LogonType,
        origin: LoggedOrigin,
        *,
        level: ImpersonationLevel = ImpersonationLevel.IMPERSONATION,
        credentials: Credentials | None = None,
        by_program: bool = False,
    ) -> Token:
        """Let in who was authenticated: sessions, tokens, events. Gives the everyday token if UAC split.

        ``level`` and ``credentials`` are for a logon whose protocol delegates; ``by_program`` is one that a
        program of this machine asked for itself. Raises `Refusal` 1385.
        """
        own = identity.is_machine and identity.name.lower() == f"{self.machine}$".lower()
        inbound = origin.logon_id == 0
        logon_sid = None if inbound or identity.sid == LOCAL_SYSTEM else self._logon_sid()
        context = logon_context(identity, logon_type, self.sam, self.policy, logon_sid, own)
        right = None if own or identity.is_windows_own else logon_type.rule.right
        if not self.policy.may_log_on(right, context.enabled_sids):
            self._refuse(rf"{identity.domain}\{identity.name}", logon_type, events.NOT_GRANTED, origin)
        if credentials is None:
            credentials = identity.credentials(logon_type)
        contexts = halves(context, identity, logon_type, self.policy, by_program)
        sessions = [self._session(identity, logon_type, one, credentials, logon_sid) for one in contexts]
        tokens = self._tokens(contexts, sessions, origin, level)
        if identity.password is not None and not inbound:
            events.write_explicit(self.log, identity, origin)
        events.write_success(self.log, identity, logon_type, sessions, tokens, origin)
        if len(tokens) == 2:
            sessions[0].keep(tokens[0])
            sessions[1].keep(tokens[1].duplicate(creator=tokens[1].creator))
        return tokens[-1]

    def _tokens(
        self,
        contexts: list[SecurityContext],
        sessions: list[LogonSession],
        origin: LoggedOrigin,
        level: ImpersonationLevel,
    ) -> list[Token]:
        """A token for the logon; or one for each half of a logon that UAC splits."""
        types = [ElevationType.DEFAULT]
        if len(sessions) == 2:
            sessions[0].link(sessions[1])
            types = [ElevationType.FULL, ElevationType.LIMITED]
        logon_type = sessions[0].logon_type
        return [
            self._token(
                context,
                session,
                origin.process,
                elevated=context.integrity > IntegrityLevel.MEDIUM,
                elevation_type=kind,
                level=level if logon_type is LogonType.NETWORK else None,
                origin=origin.logon_id,
                session_id=0 if logon_type is LogonType.SERVICE or logon_type.is_network else 1,
            )
            for session, context, kind in zip(sessions, contexts, types, strict=True)
        ]

    def log_on_anonymously(self, origin: Origin = HERE) -> Token:
        """Somebody from the network who gave no name: ANONYMOUS LOGON, Untrusted, by NTLM."""
        logged = self.describe_origin(origin, LogonType.NETWORK, NTLM)
        return self.admit(ANONYMOUS_IDENTITY, LogonType.NETWORK, logged, credentials=NO_CREDENTIALS)

    def anonymous_token(self) -> Token:
        """What ``ImpersonateAnonymousToken`` puts on a thread: no privileges, session 0x3e6, Untrusted."""
        groups = (EVERYONE,) if self.policy.everyone_includes_anonymous else ()
        context = SecurityContext(ANONYMOUS, groups, integrity=IntegrityLevel.UNTRUSTED)
        level = ImpersonationLevel.IMPERSONATION
        return self._token(context, self.sessions[ANONYMOUS_LUID], "*SYSTEM*", level=level)

    def log_off(
        self, token: Token, end_processes: Callable[[tuple[LogonSession, ...]], None] | None = None
    ) -> None:
        """End the logon of this token, with both halves: 4647 where a person leaves, 4634 for each session.

        ``end_processes`` is told the sessions in between, to end what runs there.
        Raises `Refusal` 1312 for a session that has ended, or that belongs to the machine itself.
        """
        session = token.session
        if session is None or not session.alive or session.permanent:
            raise Refusal(Win32Error.NO_SUCH_LOGON_SESSION, f"{token.authentication_id} cannot be logged off")
        if session.logon_type.is_interactive:
            events.write_user_logoff(self.log, session)
        ending = tuple(half for half in (session, session.linked) if half is not None)
        if end_processes is not None:
            end_processes(ending)
        for half in ending:
            half.end()

    def describe_origin(self, origin: Origin, logon_type: LogonType, package: str) -> LoggedOrigin:
        """What events of this machine tell of the origin of a logon."""
        return origin.describe(logon_type, package, self.machine, self.sessions[SYSTEM_LUID].subject)

    def token_of_windows(self, identity: Identity) -> Token:
        """A token for a service that Windows starts itself, before the log begins: no event tells of it."""
        assert identity.fixed_session is not None
        context = logon_context(identity, LogonType.SERVICE, self.sam, self.policy, self._logon_sid())
        session = self.sessions[identity.fixed_session]
        return self._token(context, session, "Advapi  ", elevated=True, origin=SYSTEM_LUID, session_id=0)

    # Special ways in ----------------------------------------------------------------------------------

    def _log_on_elsewhere(self, name: str, password: str | None, origin: Origin) -> Token:
        """NEW_CREDENTIALS: the caller again, with another name for the wire that nobody verifies here."""
        caller = origin.caller or self.system_token
        logged = self.describe_origin(
            replace(origin, caller=caller, address="-"), LogonType.NEW_CREDENTIALS, ""
        )
        domain, user = self.authentication.split(name)
        if self.authentication.is_managed(name):  # LogonUserW: not possible for these since January 2023
            self._refuse(name, LogonType.NEW_CREDENTIALS, events.WRONG_PASSWORD, logged)
        who = caller.session.subject if caller.session else self.sessions[SYSTEM_LUID].subject
        identity = Identity(caller.context.user, who.name, who.domain)
        credentials = Credentials(CredentialKind.PASSWORD, domain, user, password)
        logon_sid = caller.session.logon_sid if caller.session else None
        kind = LogonType.NEW_CREDENTIALS
        session = self._session(identity, kind, caller.context, credentials, logon_sid)
        token = self._token(
            caller.context,
            session,
            logged.process,
            elevated=caller.elevated,
            origin=logged.logon_id,
            session_id=caller.session_id,
        )
        events.write_success(self.log, identity, kind, [session], [token], logged)
        return token

    def _allow_without_password(
        self, name: str, logon_type: LogonType, caller: Token | None, origin: LoggedOrigin
    ) -> None:
        """S4U: SeTcbPrivilege instead of a password, and only for BATCH and NETWORK."""
        if caller is not None and not caller.context.has_privilege("SeTcbPrivilege"):
            raise Refusal(Win32Error.PRIVILEGE_NOT_HELD, "a logon without a password takes SeTcbPrivilege")
        if logon_type not in (LogonType.BATCH, LogonType.NETWORK):
            self._refuse(name, logon_type, events.WRONG_PASSWORD, origin)

    # The pieces ---------------------------------------------------------------------------------------

    def _session(
        self,
        identity: Identity,
        logon_type: LogonType,
        context: SecurityContext,
        credentials: Credentials,
        logon_sid: Sid | None,
    ) -> LogonSession:
        if identity.fixed_session is not None:
            return self.sessions[identity.fixed_session]
        session = LogonSession(
            self.luids.next(),
            context.user,
            identity.name,
            identity.domain,
            logon_type,
            identity.package,
            credentials,
            logon_sid,
            logon_time=self.log.clock.now(),
            on_end=self._session_ended,
        )
        self.sessions[session.authentication_id] = session
        return session

    def _session_ended(self, session: LogonSession) -> None:
        self.sessions.pop(session.authentication_id, None)
        events.write_logoff(self.log, session)

    def _token(
        self,
        context: SecurityContext,
        session: LogonSession,
        source: str,
        *,
        elevated: bool = False,
        elevation_type: ElevationType = ElevationType.DEFAULT,
        level: ImpersonationLevel | None = None,
        origin: Luid = NO_LUID,
        session_id: int = 1,
    ) -> Token:
        return Token(
            context,
            session.authentication_id,
            self.luids,
            TokenType.PRIMARY if level is None else TokenType.IMPERSONATION,
            level,
            elevation_type,
            elevated,
            source,
            origin,
            session_id=session_id,
            session=session,
            log=self.log,
            creator=context,
        )

    def _logon_sid(self) -> Sid:
        luid = self.luids.next()
        return Sid(f"S-1-5-5-{luid >> 32}-{luid & 0xFFFFFFFF}")

    def _write_validation(self, tried: RefusedPassword) -> None:
        events.write_validation(self.log, tried.name, tried.workstation, tried.status)

    def _refuse(
        self, name: str, logon_type: LogonType, failure: LogonFailure, origin: LoggedOrigin
    ) -> NoReturn:
        domain, user = self.authentication.split(name)
        events.write_failure(self.log, user, domain, logon_type, failure, origin)
        raise Refusal(ERROR_OF[failure], f"{name} may not log on as {logon_type.name}: {failure.sentence}")
