"""The security descriptor: who owns an object, who may do what to it, and what is audited.

[MS-DTYP] 2.4.6. Its two real forms are in `sddl` (text) and `wire` (bytes).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tokenlab.security.descriptor import sddl, wire
from tokenlab.security.descriptor.ace_fields import AceType, MandatoryPolicy
from tokenlab.security.descriptor.acl import Acl
from tokenlab.security.descriptor.parts import ControlFlags, DescriptorParts
from tokenlab.values import IntegrityLevel, Sid

_CONTROL = {int(flag): flag for flag in map(ControlFlags, (0x0, 0x4, 0x14, 0x1004, 0x0404, 0x1404))}
_MEDIUM = (IntegrityLevel.MEDIUM, MandatoryPolicy.NO_WRITE_UP)


class _DerivedDescriptor:
    label: tuple[IntegrityLevel, MandatoryPolicy]
    """The integrity level of the object, and what it forbids to lower levels.

    The first mandatory label of the SACL that is not inherit-only; without one, Windows takes
    Medium with no-write-up ([MS-DTYP] 2.4.4.13, 2.5.3.3).
    """
    level: int
    """The integrity level as a number, 0x2000 for Medium."""
    limited: bool
    """True if a trust label or an access filter stands in the SACL."""
    complete: bool
    """True if it has an owner and a group, without which nothing can be checked."""


@dataclass(frozen=True, init=False)
class SecurityDescriptor(_DerivedDescriptor):
    """Owner, group, DACL, SACL and control bits; compared by value.

    ``dacl is None`` has two forms that both let everybody in: an *absent* DACL (`dacl_present` is
    False, SDDL has no ``D:``) and a *NULL* DACL (``D:NO_ACCESS_CONTROL``). An *empty* DACL (``D:``)
    lets nobody in. A DACL or SACL that is given sets its control bit by itself.

    >>> memo = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FR;;;WD)")
    >>> memo.owner, len(memo.dacl), memo.to_sddl()
    (Sid('S-1-5-18'), 1, 'O:SYG:SYD:(A;;FR;;;WD)')
    """

    owner: Sid | None
    group: Sid | None
    dacl: Acl | None
    sacl: Acl | None
    control: ControlFlags
    resource_manager_control: int

    def __init__(
        self,
        owner: Sid | str | None = None,
        group: Sid | str | None = None,
        dacl: Acl | None = None,
        sacl: Acl | None = None,
        control: ControlFlags | int = 0,
        resource_manager_control: int = 0,
    ) -> None:
        bits = int(control) & ~0x8000
        if dacl is not None:
            bits |= 0x0004
        if sacl is not None:
            bits |= 0x0010
        label = _MEDIUM if sacl is None else _label(sacl)
        values = self.__dict__  # a frozen dataclass is filled once, here
        values["owner"] = None if owner is None else Sid(owner)
        values["group"] = None if group is None else Sid(group)
        values["dacl"] = dacl
        values["sacl"] = sacl
        values["control"] = _CONTROL.get(bits) or ControlFlags(bits)
        values["resource_manager_control"] = resource_manager_control
        values["label"] = label
        values["complete"] = owner is not None and group is not None
        values["limited"] = sacl is not None and any(ace.type in _LIMITS for ace in sacl)
        values["level"] = 0x2000 if label is _MEDIUM else label[0].level

    @classmethod
    def from_sddl(
        cls,
        text: str,
        domain: Sid | str | None = None,
        *,
        owner: Sid | str | None = None,
        group: Sid | str | None = None,
    ) -> SecurityDescriptor:
        """The descriptor that SDDL text names ([MS-DTYP] 2.5.1).

        ``domain`` (S-1-5-21-a-b-c) gives aliases such as DA (Domain Admins) their meaning. ``owner`` and
        ``group``, as SIDs or aliases of SDDL, are taken where the text names none: ``sc sdshow`` prints
        only the lists, and Windows checks nothing without an owner. Raises `SddlError`, which points at
        the place.
        """
        read = sddl.parse(text, domain)
        if owner is not None and read.owner is None:
            read = read._replace(owner=sddl.parse(f"O:{owner}", domain).owner)
        if group is not None and read.group is None:
            read = read._replace(group=sddl.parse(f"G:{group}", domain).group)
        return cls(*read)

    def to_sddl(self, domain: Sid | str | None = None) -> str:
        """The SDDL that Windows writes; ``domain`` lets it write aliases such as DA.

        Raises ValueError for what only bytes can say: reserved types of ACEs, damaged conditions and claims.
        """
        return sddl.format_descriptor(self._parts(), domain)

    @classmethod
    def from_bytes(cls, data: bytes) -> SecurityDescriptor:
        """The descriptor in self-relative bytes ([MS-DTYP] 2.4.6). Raises `WireError`."""
        return cls(*wire.decode(data))

    def to_bytes(self) -> bytes:
        """Self-relative bytes, laid out as Windows lays them out. Raises `WireError` if too large."""
        return wire.encode(self._parts())

    def _parts(self) -> DescriptorParts:
        return DescriptorParts(
            self.owner, self.group, self.dacl, self.sacl, self.control, self.resource_manager_control
        )

    @property
    def dacl_present(self) -> bool:
        """False if there is no DACL at all, which lets everybody in."""
        return bool(self.control & ControlFlags.DACL_PRESENT)

    def with_dacl(self, dacl: Acl | None) -> SecurityDescriptor:
        """The same descriptor with another DACL; None is a NULL DACL."""
        return replace(self, dacl=dacl, control=self.control | ControlFlags.DACL_PRESENT)

    def with_owner(self, owner: Sid | str) -> SecurityDescriptor:
        """The same descriptor with another owner."""
        return replace(self, owner=Sid(owner))

    def __str__(self) -> str:
        """The SDDL; an ACE that has none in words of our own."""
        try:
            return self.to_sddl()
        except ValueError:
            lists = (("D:", self.dacl), ("S:", self.sacl))
            told = "".join(f"{head}{''.join(map(str, acl))}" for head, acl in lists if acl is not None)
            return f"O:{self.owner or ''}G:{self.group or ''}{told}"

    def __repr__(self) -> str:
        try:
            text = self.to_sddl()
            again = SecurityDescriptor.from_sddl(text)
            if [*(again.dacl or ()), *(again.sacl or ())] == [*(self.dacl or ()), *(self.sacl or ())]:
                return f"SecurityDescriptor.from_sddl({text!r})"
        except ValueError:  # something in it has no SDDL, or none that is read where it stands
            pass
        return f"SecurityDescriptor.from_bytes(bytes.fromhex({self.to_bytes().hex()!r}))"


_LIMITS = (AceType.SYSTEM_PROCESS_TRUST_LABEL, AceType.SYSTEM_ACCESS_FILTER)


def _label(sacl: Acl) -> tuple[IntegrityLevel, MandatoryPolicy]:
    for ace in sacl:
        if ace.type is AceType.SYSTEM_MANDATORY_LABEL and not ace.inherit_only and _is_level(ace.sid):
            return IntegrityLevel(ace.sid), MandatoryPolicy(ace.mask & 0x7)
    return _MEDIUM


def _is_level(sid: Sid) -> bool:
    return sid.startswith("S-1-16-") and len(sid.subauthorities) == 1
