"""The access token: a kernel object that says what its bearer may do.

Unlike the frozen `SecurityContext` inside, a token has identity: each holder sees every change, and a
duplicate is another object. "Access Tokens" on Microsoft Learn; *Windows Security Internals*, ch. 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from tokenlab.security import (
    Ace,
    AceType,
    Acl,
    GroupAttributes,
    MandatoryPolicy,
    PrivilegeState,
    SecurityContext,
    SecurityDescriptor,
    TokenGroup,
    new_object_descriptor,
)
from tokenlab.system import token_information
from tokenlab.system.errors import Refusal, Win32Error
from tokenlab.system.event_log import NO_PROGRAM, EventProgram, SecurityLog, lines
from tokenlab.system.logon_session import LogonSession
from tokenlab.system.observing import observe
from tokenlab.system.restriction import restrict
from tokenlab.system.token_types import (
    AdjustmentResult,
    ElevationType,
    ImpersonationLevel,
    RestrictFlags,
    TokenType,
)
from tokenlab.values import (
    TOKEN,
    IntegrityLevel,
    Luid,
    LuidSource,
    ObjectType,
    Privilege,
    PrivilegeAttributes,
    Sid,
)

NO_LUID = Luid(0)
_ENABLED, _REMOVED = PrivilegeAttributes.ENABLED, PrivilegeAttributes.REMOVED
_ADJUSTABLE = int(PrivilegeAttributes.ENABLED_BY_DEFAULT | _ENABLED | _REMOVED)


@dataclass(eq=False)
class Token:
    """An access token.

    ``token_id`` names this object, ``authentication_id`` the logon session it stands for, ``modified_id``
    changes with every adjustment. ``level`` is None for a primary token. ``origin`` is the session that
    asked for the logon (``TokenOrigin``), ``parent_id`` the token that this one was filtered from,
    ``creator`` the context that made the object, from which its own descriptor comes.
    """

    kind: ClassVar[str] = "Token"
    object_type: ClassVar[ObjectType] = TOKEN

    context: SecurityContext
    authentication_id: Luid
    luids: LuidSource = field(repr=False)
    token_type: TokenType = TokenType.PRIMARY
    level: ImpersonationLevel | None = None
    elevation_type: ElevationType = ElevationType.DEFAULT
    elevated: bool = False
    source: str = "User32 "
    origin: Luid = NO_LUID
    parent_id: Luid = NO_LUID
    session_id: int = 1
    session: LogonSession | None = field(default=None, repr=False)
    log: SecurityLog | None = field(default=None, repr=False)
    creator: SecurityContext | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if (self.level is None) is not (self.token_type is TokenType.PRIMARY):
            raise ValueError("only an impersonation token has a level, and it needs one: IMPERSONATION, say")
        if self.session is not None and not self.session.alive:
            raise Refusal(Win32Error.NO_SUCH_LOGON_SESSION, f"session {self.authentication_id} has ended")
        self.token_id = self.luids.next()
        self.modified_id = self.luids.next()
        self.closed = False
        self._integrity_at_birth = self.context.integrity
        self._descriptor: SecurityDescriptor | None = None
        if self.session is not None:
            self.session.add(self)

    def __repr__(self) -> str:
        kind = "primary" if self.level is None else f"{self.level.name.lower()} level"
        return f"<Token {self.token_id} of {self.context.user_label}, {kind}>"

    @property
    def name(self) -> str:
        """The token as a sentence names it: tokens have no names of their own."""
        return f"token {self.token_id} of {self._name(self.context.user)}"

    @property
    def is_restricted(self) -> bool:
        """True only if there are restricting SIDs (``IsTokenRestricted``); deny-only groups do not count."""
        return bool(self.context.restricted_sids)

    @property
    def descriptor(self) -> SecurityDescriptor:
        """What protects the token itself: its creator's default DACL, and a label of the token's level."""
        if self._descriptor is None:
            label = Ace(
                AceType.SYSTEM_MANDATORY_LABEL, 0, MandatoryPolicy.NO_WRITE_UP, self._integrity_at_birth
            )
            made = new_object_descriptor(None, self.creator or self.context, object_type=TOKEN)
            self._descriptor = replace(made, sacl=Acl([label]))
        return self._descriptor

    @descriptor.setter
    def descriptor(self, descriptor: SecurityDescriptor) -> None:
        self._descriptor = descriptor

    def query(self, information_class: str, caller: SecurityContext | None = None) -> Any:
        """One thing that the token says, by the name of its class: ``TokenUser`` (``GetTokenInformation``).

        ``caller`` is who asks, the token's own context by default: it decides what TokenLinkedToken gives.
        Raises `Refusal` 87 for a class that this token has no answer to, ValueError for an unknown name.
        """
        return token_information.query(self, information_class, caller or self.context)

    def linked_token(self, caller: SecurityContext | None = None) -> Token | None:
        """A copy of the other half that UAC made (``TokenLinkedToken``): a new object every time.

        Without SeTcbPrivilege it is good for looking only: an impersonation token at IDENTIFICATION.
        None where nothing was split.
        """
        other = self.session.linked if self.session else None
        if other is None or other.first_token is None or self.elevation_type is ElevationType.DEFAULT:
            return None
        caller = caller or self.context
        if caller.has_privilege("SeTcbPrivilege"):
            return other.first_token.duplicate(creator=caller)
        looking = ImpersonationLevel.IDENTIFICATION
        return other.first_token.duplicate(TokenType.IMPERSONATION, looking, creator=caller)

    @observe("close")
    def close(self) -> None:
        """Give it up, as when its last handle is closed. With its last token a logon session ends."""
        if not self.closed:
            self.closed = True
            if self.session is not None:
                self.session.remove(self)

    # What changes it, for everybody who holds it ------------------------------------------------------

    @observe("adjust")
    def adjust_privileges(
        self, changes: Mapping[str, int], program: EventProgram = NO_PROGRAM
    ) -> AdjustmentResult:
        """Enable (True, 2), disable (False, 0) or remove for good (4) privileges (``AdjustTokenPrivileges``).

        Attributes as ``previous`` gives them are taken too; anything else raises ValueError, nothing is done.
        A privilege that is not there is never added: the rest is done all the same, and the answer says
        1300, not all assigned. ``previous`` names what changed, with its attributes before. Event 4703.
        """
        wanted = {Privilege(name): _attributes(name, value) for name, value in changes.items()}
        before = dict(self.context.privileges)
        after = {name: now for name, now in before.items() if not wanted.get(name, 0) & _REMOVED}
        for privilege in wanted.keys() & after.keys():
            after[privilege] = before[privilege] & ~_ENABLED | wanted[privilege] & _ENABLED
        previous: dict[str, int] = {name: int(now) for name, now in before.items() if after.get(name) != now}
        if previous:
            self._change(privileges=tuple(PrivilegeState(*state) for state in after.items()))
            self._log_adjustment(before, after, program)
        missing = wanted.keys() - before.keys()
        return AdjustmentResult(previous, Win32Error.NOT_ALL_ASSIGNED if missing else Win32Error.SUCCESS)

    def disable_all_privileges(self) -> AdjustmentResult:
        """Disable all of them; they stay, and can be enabled again."""
        return self.adjust_privileges({state.privilege: 0 for state in self.context.privileges})

    @observe("adjust")
    def adjust_groups(
        self, changes: Mapping[str, bool] | None = None, *, reset: bool = False
    ) -> AdjustmentResult:
        """Enable or disable groups (``AdjustTokenGroups``), or reset them to their defaults; all or nothing.

        Raises `Refusal`: a mandatory group cannot be disabled, a deny-only one not enabled, and there must
        be something to do. Groups that the token lacks are passed over; the answer is 1300 then.
        """
        if not changes and not reset:
            raise Refusal(Win32Error.INVALID_PARAMETER, "no group was named")
        for name, enable in (changes or {}).items():
            if not isinstance(enable, bool):
                raise ValueError(f"{name}: {enable!r} says neither yes nor no: expected True or False")
        groups = [self._adjusted(group, changes or {}, reset) for group in self.context.groups]
        previous: dict[str, int] = {
            old.sid: int(old.attributes)
            for old, new in zip(self.context.groups, groups, strict=True)
            if old != new
        }
        if previous:
            self._change(groups=tuple(groups))
        missing = set(changes or ()) - {group.sid for group in groups}
        return AdjustmentResult(previous, Win32Error.NOT_ALL_ASSIGNED if missing else Win32Error.SUCCESS)

    def set_owner(self, sid: str) -> None:
        """Who will own new objects (``TokenOwner``): the user, or a group with the attribute OWNER.

        Raises `Refusal` 1307 for a SID that the token may not give.
        """
        owners = {group.sid for group in self.context.groups if group.attributes & GroupAttributes.OWNER}
        if sid != self.context.user and sid not in owners:
            raise Refusal(
                Win32Error.INVALID_OWNER, f"{self._name(sid)} is neither the user nor an owner group"
            )
        self._change(owner=Sid(sid))

    def set_primary_group(self, sid: str) -> None:
        """The group of new objects (``TokenPrimaryGroup``): one that the token holds.

        Raises `Refusal` 1308 for a SID that the token may not give.
        """
        if sid != self.context.user and sid not in {group.sid for group in self.context.groups}:
            raise Refusal(Win32Error.INVALID_PRIMARY_GROUP, f"{self._name(sid)} is not in the token")
        self._change(primary_group=Sid(sid))

    def set_default_dacl(self, dacl: Acl | None) -> None:
        """What protects new objects that inherit nothing (``TokenDefaultDacl``)."""
        self._change(default_dacl=dacl)

    @observe("lower")
    def set_integrity(self, level: IntegrityLevel | str | int) -> None:
        """Lower the level (``TokenIntegrityLevel``). Raises `Refusal` 1314 where it would rise, which takes
        SeTcbPrivilege.
        """
        level = IntegrityLevel(level)
        if level > self.context.integrity and not self.context.has_privilege("SeTcbPrivilege"):
            raise Refusal(Win32Error.PRIVILEGE_NOT_HELD, "only SeTcbPrivilege raises an integrity level")
        self._change(integrity=level)

    def set_session_id(self, session_id: int, caller: SecurityContext | None = None) -> None:
        """The desktop session (``TokenSessionId``). ``caller``, the token's own context by default, needs
        SeTcbPrivilege. Raises `Refusal` 1314 without it.
        """
        if not (caller or self.context).has_privilege("SeTcbPrivilege"):
            raise Refusal(Win32Error.PRIVILEGE_NOT_HELD, "only SeTcbPrivilege changes the session")
        self.session_id = session_id
        self.modified_id = self.luids.next()

    # What makes another one ---------------------------------------------------------------------------

    @observe("duplicate")
    def duplicate(
        self,
        token_type: TokenType = TokenType.PRIMARY,
        level: ImpersonationLevel | None = None,
        effective_only: bool = False,
        creator: SecurityContext | None = None,
    ) -> Token:
        """Another token that says the same (``DuplicateTokenEx``), of the same logon session.

        From a primary token any level can be made. An impersonation token cannot be duplicated to a higher
        level, and becomes primary only from IMPERSONATION on. ``effective_only`` leaves disabled privileges
        and groups behind. The descriptor of the token itself is not copied. Raises `Refusal` 1346.
        """
        if token_type is TokenType.PRIMARY:
            level = None
            if self.level is not None and self.level < ImpersonationLevel.IMPERSONATION:
                raise Refusal(Win32Error.BAD_IMPERSONATION_LEVEL, f"{self.level.name} cannot become primary")
        else:
            if level is None:
                level = self.level if self.level is not None else ImpersonationLevel.IMPERSONATION
            if self.level is not None and level > self.level:
                raise Refusal(
                    Win32Error.BAD_IMPERSONATION_LEVEL, f"{self.level.name} cannot become {level.name}"
                )
        context = self.context
        if effective_only:
            context = replace(
                context,
                groups=tuple(group for group in context.groups if group.enabled or group.deny_only),
                privileges=tuple(state for state in context.privileges if state.enabled),
            )
        made_by = creator or self.context
        return replace(self, context=context, token_type=token_type, level=level, creator=made_by)

    @observe("restrict")
    def restrict(
        self,
        disable: Iterable[str] = (),
        delete: Iterable[str] = (),
        restrict_to: Iterable[str] = (),
        flags: RestrictFlags | int = 0,
    ) -> Token:
        """A weaker token (``CreateRestrictedToken``): of the same type and level, filtered from this one.

        ``disable`` turns SIDs to deny-only (the user's too), ``delete`` takes privileges away,
        ``restrict_to`` adds restricting SIDs. What names something that is not there is passed over.
        """
        context = restrict(self.context, disable, delete, restrict_to, RestrictFlags(flags))
        return replace(self, context=context, parent_id=self.token_id, creator=self.context)

    def _change(self, **changes: Any) -> None:
        self.context = replace(self.context, **changes)
        self.modified_id = self.luids.next()

    def _adjusted(self, group: TokenGroup, changes: Mapping[str, bool], reset: bool) -> TokenGroup:
        enable = changes.get(group.sid)
        if reset and not group.deny_only:
            enable = bool(group.attributes & GroupAttributes.ENABLED_BY_DEFAULT)
        if enable is None:
            return group
        if enable and group.deny_only:
            raise Refusal(Win32Error.CANT_ENABLE_DENY_ONLY, f"{self._name(group.sid)} is there for deny only")
        if not enable and group.attributes & GroupAttributes.MANDATORY:
            raise Refusal(Win32Error.CANT_DISABLE_MANDATORY, f"{self._name(group.sid)} is mandatory")
        bit = GroupAttributes.ENABLED
        return TokenGroup(group.sid, group.attributes | bit if enable else group.attributes & ~bit)

    def _log_adjustment(
        self,
        before: Mapping[Privilege, PrivilegeAttributes],
        after: Mapping[Privilege, PrivilegeAttributes],
        program: EventProgram,
    ) -> None:
        enabled = [name for name, now in before.items() if now & _ENABLED]
        on = [name for name, now in after.items() if now & _ENABLED and name not in enabled]
        off = [name for name in enabled if not after.get(name, 0) & _ENABLED]
        if self.log is None or self.session is None or not (on or off):
            return
        subject = self.session.subject
        self.log.append(
            4703,
            **subject.fields("Subject"),
            **subject.fields("Target"),
            **program.fields(),
            EnabledPrivilegeList=lines(on),
            DisabledPrivilegeList=lines(off),
        )

    def _name(self, sid: str) -> str:
        return self.context.name_of(sid)


def _attributes(name: str, value: int) -> PrivilegeAttributes:
    """What is wanted of a privilege: True is 1 in Python, and SE_PRIVILEGE_ENABLED is 2."""
    if isinstance(value, bool):
        return _ENABLED if value else PrivilegeAttributes(0)
    if not isinstance(value, int) or value & ~_ADJUSTABLE:
        raise ValueError(
            f"{name}: {value!r} is no attribute of a privilege: expected True (enable), False (disable) or "
            f"4 (remove), for example {{'SeDebugPrivilege': True}}"
        )
    return PrivilegeAttributes(value)
