"""What logs and objects need to know of a process and of its threads: no more than is written here.

`Process`, `Thread` and `Machine` have all of it; who imports these protocols instead does not know the
three, and stays out of "The object graph" (docs/architecture.md).
"""

from __future__ import annotations

from typing import Protocol

from tokenlab.security import SecurityContext
from tokenlab.system.event_log import EventProgram, SecurityLog
from tokenlab.system.logon_session import LogonSession
from tokenlab.system.policy import LocalPolicy
from tokenlab.system.token import Token


class AuditedMachine(Protocol):
    """A machine with a Security log, and the policy that says what is written there."""

    @property
    def log(self) -> SecurityLog: ...
    @property
    def policy(self) -> LocalPolicy: ...


class RunningProcess(Protocol):
    """A process, as events name it; see `Process`."""

    pid: int
    image: str
    command_line: str
    token: Token
    desktop: LogonSession | None

    @property
    def name(self) -> str: ...
    @property
    def program(self) -> EventProgram: ...
    @property
    def machine(self) -> AuditedMachine: ...
    @property
    def parent(self) -> RunningProcess | None: ...
    @property
    def thread(self) -> RunningThread: ...


class RunningThread(Protocol):
    """A thread, and the token that counts for what it does; see `Thread`."""

    tid: int

    @property
    def process(self) -> RunningProcess: ...
    @property
    def effective_token(self) -> Token: ...
    @property
    def context(self) -> SecurityContext: ...
