"""The service control manager: who may add a service to a machine, and what that leaves in the log.

"Service Security and Access Rights" and ``CreateServiceW`` on Microsoft Learn; its descriptor is what
``sc sdshow scmanager`` prints, without the entries for apps. "4697(S)" has the fields of one event, rules for
7045 name those of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from tokenlab.security import SecurityDescriptor
from tokenlab.system import object_events
from tokenlab.system.errors import Refusal, Win32Error
from tokenlab.system.opening import check_access
from tokenlab.values import SERVICE_MANAGER, ObjectType, ServiceManagerRights, ServiceRights

if TYPE_CHECKING:
    from tokenlab.system.handle_kinds import ServiceHandle
    from tokenlab.system.thread import Thread

_MANAGER = "O:SYG:SYD:(A;;CC;;;AU)(A;;CCLCRPRC;;;IU)(A;;CCLCRPRC;;;SU)(A;;CCLCRPWPRC;;;SY)(A;;KA;;;BA)"
_OWN_PROCESS, _ON_DEMAND = "0x10", "3"


class ServiceManager:
    """The database of services of one machine, as an object that is opened (``OpenSCManager``)."""

    kind: ClassVar[str] = "SC_MANAGER OBJECT"
    object_type: ClassVar[ObjectType] = SERVICE_MANAGER
    name = "ServicesActive"

    def __init__(self) -> None:
        self.descriptor = SecurityDescriptor.from_sddl(_MANAGER)


def create_service(thread: Thread, name: str, image: str, account: str = "LocalSystem") -> ServiceHandle:
    """Add a service that starts on demand (``CreateService``), and open it with every right; events 4697 and,
    in the System log, 7045.

    It takes CREATE_SERVICE on the manager, which administrators have. Raises `AccessDenied` for others,
    `Refusal` 1073 where the name is taken.
    """
    machine = thread.process.machine
    check_access(thread, ServiceManager(), ServiceManagerRights.CREATE_SERVICE)
    if any(known.lower() == name.lower() for known in machine.objects.services):
        raise Refusal(Win32Error.SERVICE_EXISTS, f"there is a service {name} already")
    service = machine.objects.add_service(name, image, account)
    machine.log.append(
        4697,
        **object_events.subject(thread.effective_token).fields(),
        ServiceName=name,
        ServiceFileName=image,
        ServiceType=_OWN_PROCESS,
        ServiceStartType=_ON_DEMAND,
        ServiceAccount=account,
    )
    machine.system_log.append(
        7045,
        ServiceName=name,
        ImagePath=image,
        ServiceType="user mode service",
        StartType="demand start",
        AccountName=account,
    )
    return cast("ServiceHandle", thread.open(service, ServiceRights.ALL_ACCESS))
