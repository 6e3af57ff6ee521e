"""The programs that Windows itself runs, and their numbers: known before anybody looks at the processes.

*Windows Internals*, 7th ed., part 1, ch. 2, "Key system components". All run as SYSTEM but the provider host
of WMI (events 4688: by S-1-5-20); one svchost.exe stands for the several that a real machine has.
"""

from __future__ import annotations

from typing import NamedTuple

from tokenlab.system.event_log import SYSTEM32, EventProgram

FIRST_ID = 4
ID_STEP = 4  # processes and threads share their numbers, multiples of 4


class WindowsProgram(NamedTuple):
    """An image, the name of its parent, and whether its process is protected."""

    image: str
    parent: str
    protected: bool = False


PROGRAMS = (
    WindowsProgram("System", "", True),
    WindowsProgram(SYSTEM32 + "smss.exe", "System", True),
    WindowsProgram(SYSTEM32 + "csrss.exe", "smss.exe", True),
    WindowsProgram(SYSTEM32 + "wininit.exe", "smss.exe", True),
    WindowsProgram(SYSTEM32 + "services.exe", "wininit.exe", True),
    WindowsProgram(SYSTEM32 + "lsass.exe", "wininit.exe"),
    WindowsProgram(SYSTEM32 + "winlogon.exe", "smss.exe"),
    WindowsProgram(SYSTEM32 + "svchost.exe", "services.exe"),
    WindowsProgram(SYSTEM32 + r"wbem\WmiPrvSE.exe", "svchost.exe"),
)


def program_of_windows(name: str) -> EventProgram:
    """``svchost.exe``, as events name it: a process and its first thread take a number each.

    Raises KeyError for another program.
    """
    for index, program in enumerate(PROGRAMS):
        if program.image.rpartition("\\")[2] == name:
            return EventProgram(FIRST_ID + 2 * ID_STEP * index, program.image)
    raise KeyError(f"{name} is not among the programs that Windows starts itself: for example svchost.exe")
