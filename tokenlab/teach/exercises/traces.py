"""Five ways to have more rights than one's own, and what each leaves in the Security log."""

from __future__ import annotations

from collections.abc import Callable

from tokenlab.system import LogonType, TokenType
from tokenlab.system.sid_history import add_sid_history
from tokenlab.teach.exercises.scenes import Office

OLD_SID = "S-1-5-21-3623811102-3361044346-30300840-1104"
WAYS = (
    "a service that writes into a pipe",
    "LogonUser of type 9",
    "runas /netonly",
    "a client's token, and a program under it",
    "a SID in an account's SID history",
)

SHOWN = (
    "EventID",
    "SubjectUserName",
    "ServiceFileName",
    "LogonType",
    "LogonProcessName",
    "TargetUserName",
    "TargetOutboundUserName",
    "ParentProcessName",
    "NewProcessName",
    "SourceUserName",
    "SidHistory",
)
_TOLD_OF = (4624, 4688, 4697, 4738, 4765)


def traces_of(here: Office) -> list[tuple[str, list[dict[str, str]]]]:
    """Each way, done once, with what it left."""
    full = here.full(here.admin)
    operator = here.controller.log_on(full, here.passwords[here.admin], LogonType.NETWORK)
    shell, console = here.shell(), here.shell(here.admin).elevate("cmd.exe")
    server = console.create_service("Wiki", r"C:\Program Files\Wiki\wiki.exe", "LocalService").start()
    client = here.desk.start_service("Spooler")
    server.create_pipe(r"\\.\pipe\wiki")
    line = client.connect(r"\\.\pipe\wiki")
    line.send("hello")

    def taken() -> None:
        server.thread.impersonate_client(line)
        server.start_with_token(server.thread.effective_token.duplicate(TokenType.PRIMARY), "cmd.exe")
        server.revert()

    acts: tuple[Callable[[], object], ...] = (
        lambda: console.create_service("Hello", r"cmd.exe /c echo hello > \\.\pipe\hello").start(),
        lambda: shell.log_on(full, "a guess", LogonType.NEW_CREDENTIALS),
        lambda: shell.start_with_logon(full, "a guess", "cmd.exe", net_only=True),
        taken,
        lambda: add_sid_history(here.controller, operator, here.user, rf"OLD\{here.user}", OLD_SID),
    )
    found = []
    for way, act in zip(WAYS, acts, strict=True):
        desk, controller = len(here.desk.log), len(here.controller.log)
        act()
        left = (*here.desk.log.since(desk), *here.controller.log.since(controller))
        kept = [event for event in left if event["EventID"] in _TOLD_OF]
        found.append(
            (
                way,
                [{name: str(event[name]) for name in SHOWN if event.get(name, "-") != "-"} for event in kept],
            )
        )
    return found


def told(records: list[dict[str, str]]) -> str:
    """Records as a question prints them."""
    return "\n\n".join(
        "\n".join(f"  {name:22} {value}" for name, value in record.items()) for record in records
    )


def why(way: str) -> str:
    """By what a trace shows its way."""
    return {
        WAYS[0]: "4697 has its command line; its process is a child of services.exe, as SYSTEM.",
        WAYS[1]: "The logon process is Advapi, and no program is started.",
        WAYS[2]: "The logon process is seclogo, and a 4688 follows.",
        WAYS[
            3
        ]: "No logon. The subject is the machine (SYSTEM), and the parent is a program of a weak account.",
        WAYS[4]: "4765 and 4738 name the account, the SID, and who added it.",
    }[way]
