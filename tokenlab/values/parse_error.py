"""What all readers of text and bytes raise."""


class ParseError(ValueError):
    """Text or bytes that cannot be read.

    ``reason`` says why; ``line`` and ``column`` say where, both from 1: characters of a text, or bytes on the
    one line that bytes are. Both are 1 where the whole is meant. The readers' own errors are subclasses:
    `SddlError`, `ConditionError`, `ClaimError`, `WireError`, `DescriptorTextError`, `WhoamiError`,
    `ExportError`, `EventError`.
    """

    def __init__(self, reason: str, *, line: int = 1, column: int = 1, message: str = "") -> None:
        super().__init__(message or reason)
        self.reason, self.line, self.column = reason, line, column
