"""The few results that an access check can have: an NTSTATUS, and the Win32 error it becomes.

Numbers: [MS-ERREF] 2.3.1 (NTSTATUS) and 2.2 (Win32 error codes). The kernel answers with the first;
``GetLastError`` shows the second, which is what people search the web for.
"""

from enum import IntEnum


class Win32Error(IntEnum):
    """What ``GetLastError`` returns ([MS-ERREF] 2.2)."""

    SUCCESS = 0
    ACCESS_DENIED = 5
    PRIVILEGE_NOT_HELD = 1314
    INVALID_SECURITY_DESCR = 1338
    GENERIC_NOT_MAPPED = 1360

    def __str__(self) -> str:
        return "ERROR_" + self.name


class NtStatus(IntEnum):
    """What the kernel answers ([MS-ERREF] 2.3.1)."""

    SUCCESS = 0x00000000
    ACCESS_DENIED = 0xC0000022
    PRIVILEGE_NOT_HELD = 0xC0000061
    INVALID_SECURITY_DESCR = 0xC0000079
    GENERIC_NOT_MAPPED = 0xC00000E6

    @property
    def win32_error(self) -> Win32Error:
        """The same result as ``GetLastError`` tells it."""
        return Win32Error[self.name]

    def __str__(self) -> str:
        return "STATUS_" + self.name
