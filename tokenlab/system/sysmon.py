"""Sysmon beside the Security log: a channel of its own, for what Windows itself does not write down.

Process creation (1), network connection (3), process access (10), pipe created (17) and connected (18), with
the fields of real records. "Sysmon" in the Sysinternals documentation has each event. Its configuration
decides what a real Sysmon writes: one that asks for all five is assumed.
"""

from __future__ import annotations

from tokenlab.system.actors import RunningProcess, RunningThread
from tokenlab.system.event_log import SYSTEM32, EventLog
from tokenlab.system.token import Token
from tokenlab.values.guid import guid_of

CHANNEL = "Microsoft-Windows-Sysmon/Operational"
_LEVELS = {0: "Untrusted", 0x1000: "Low", 0x2000: "Medium", 0x3000: "High", 0x4000: "System"}
_ANY_PORT = "49152"


class SysmonLog(EventLog):
    """What Sysmon writes on one machine; see `Machine.install_sysmon`."""

    channel, provider = CHANNEL, "Microsoft-Windows-Sysmon"

    def write_process_creation(self, process: RunningProcess) -> None:
        """1: a process, its parent, its user, its logon id and its integrity level.

        What Sysmon reads from the image file (version, company, hashes) is ``-`` here.
        """
        parent, token = process.parent, process.token
        logon_id = str(token.authentication_id)
        unread = dict.fromkeys(("FileVersion", "Description", "Product", "Company", "OriginalFileName"), "-")
        self._write(
            1,
            **self._who(process),
            **unread,
            CommandLine=process.command_line,
            CurrentDirectory=SYSTEM32,
            User=_user(token),
            LogonGuid=self._guid(logon_id),
            LogonId=logon_id,
            TerminalSessionId="1" if process.desktop is not None else "0",
            IntegrityLevel=_level(token),
            Hashes="-",
            **(self._who(parent, "Parent") if parent else {"ParentProcessGuid": "-", "ParentProcessId": "0"}),
            ParentImage=parent.image if parent else "-",
            ParentCommandLine=parent.command_line if parent else "-",
            ParentUser=_user(parent.token) if parent else "-",
        )

    def write_connection(self, process: RunningProcess, source: str, target: str, port: int) -> None:
        """3: a process began a connection over TCP from one address to a port of another."""
        self._write(
            3,
            **self._who(process),
            User=_user(process.token),
            Protocol="tcp",
            Initiated="true",
            SourceIsIpv6="false",
            SourceIp=source,
            SourceHostname="-",
            SourcePort=_ANY_PORT,
            SourcePortName="-",
            DestinationIsIpv6="false",
            DestinationIp=target,
            DestinationHostname="-",
            DestinationPort=str(port),
            DestinationPortName="-",
        )

    def write_process_access(self, thread: RunningThread, target: RunningProcess, granted: int) -> None:
        """10: a process got a handle to another one, with these rights.

        ``CallTrace`` is simplified: without the offsets of real traces, and without what lies between.
        """
        source = thread.process
        self._write(
            10,
            SourceProcessGUID=self._guid(str(source.pid)),
            SourceProcessId=str(source.pid),
            SourceThreadId=str(thread.tid),
            SourceImage=source.image,
            TargetProcessGUID=self._guid(str(target.pid)),
            TargetProcessId=str(target.pid),
            TargetImage=target.image,
            GrantedAccess=f"{granted:#x}",
            CallTrace=f"{SYSTEM32}ntdll.dll|{SYSTEM32}KERNELBASE.dll|{source.image}",
            SourceUser=_user(source.token),
            TargetUser=_user(target.token),
        )

    def write_pipe_creation(self, process: RunningProcess, path: str) -> None:
        """17: a process serves a named pipe."""
        self._pipe(17, "CreatePipe", process, path)

    def write_pipe_connection(self, process: RunningProcess, path: str) -> None:
        """18: a process opened a named pipe, as its client."""
        self._pipe(18, "ConnectPipe", process, path)

    def _pipe(self, event_id: int, kind: str, process: RunningProcess, path: str) -> None:
        name = path.lower().partition(r"\pipe")[2] or path
        self._write(
            event_id,
            EventType=kind,
            **self._who(process),
            PipeName=path[-len(name) :],
            User=_user(process.token),
        )

    def _write(self, event_id: int, **fields: str) -> None:
        event = self.append(event_id, RuleName="-", UtcTime="", **fields)
        event["UtcTime"] = str(event["TimeCreated"]).rstrip("Z").replace("T", " ")

    def _who(self, process: RunningProcess, prefix: str = "") -> dict[str, str]:
        """``ProcessGuid``, ``ProcessId``, and ``Image`` unless it is the parent."""
        who = {f"{prefix}ProcessGuid": self._guid(str(process.pid)), f"{prefix}ProcessId": str(process.pid)}
        return who if prefix else who | {"Image": process.image}

    def _guid(self, what: str) -> str:
        return guid_of(f"{self.computer} {what}")


def _user(token: Token) -> str:
    """Sysmon names SYSTEM and its like by their own names, not by the machine's account."""
    return token.context.user_label


def _level(token: Token) -> str:
    level = token.context.integrity.level
    return _LEVELS[max(known for known in _LEVELS if known <= level)]
