"""Worlds of lesson 09: why an administrator is not an administrator."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tokenlab.system import LogonType
from tokenlab.system.release import WINDOWS_11_24H2
from tokenlab.system.uac import STANDARD_PRIVILEGES, is_powerful_group
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import Case
from tokenlab.teach.exercises.scenes import PASSWORDS, Office, attempt, office
from tokenlab.teach.variant import Stream
from tokenlab.values import FileRights, Sid
from tokenlab.values.well_known import ADMINISTRATORS

HOSTS = r"C:\Windows\System32\drivers\etc\hosts"
NUMBERS = ("one", "two", "three")
LETTERS = ("N:", "P:", "S:", "T:", "X:")


def people(here: Office) -> dict[str, Any]:
    names = {"user": here.user, "admin": here.admin, "full": here.full(here.admin)}
    return names | {"desk": here.desk.name, "hosts": HOSTS}


def one_password(stream: Stream) -> dict[str, Any]:
    here = office(stream)
    before = len(here.desk.sessions)
    token = here.desk.log_on(here.full(here.admin), here.passwords[here.admin])
    full = token.linked_token(here.desk.system_token.context)
    assert full is not None
    group = next(one for one in token.context.groups if one.sid == ADMINISTRATORS)
    gone = [one.privilege for one in full.context.privileges if one.privilege not in STANDARD_PRIVILEGES]
    return people(here) | {
        "dropped": str(stream.pick(gone)),
        "kept": stream.pick(sorted(STANDARD_PRIVILEGES)),
        "sessions": NUMBERS[len(here.desk.sessions) - before - 1],
        "group": "for deny only" if group.deny_only else "enabled",
        "level": {0x2000: "Medium", 0x3000: "High"}[token.context.integrity.level],
        "ids": "the same" if full.authentication_id == token.authentication_id else "another",
    }


def hosts_file(stream: Stream) -> dict[str, Any]:
    here = office(stream)
    shell = here.shell(here.admin)
    editor = stream.pick(("notepad.exe", "wordpad.exe", "edit.exe"))
    plain, elevated = shell.start(editor), shell.elevate("cmd.exe")
    programs = {"started": plain, "elevated": elevated, "child": elevated.start(editor)}
    opened = {
        name: attempt(partial(program.open, HOSTS, FileRights.WRITE_DATA))
        for name, program in programs.items()
    }
    return people(here) | opened | {"editor": editor}


def the_drive(stream: Stream) -> dict[str, Any]:
    here = office(stream)
    letter, shell, share = stream.pick(LETTERS), here.shell(here.admin), rf"\\{here.first.name}\data"
    shell.map_drive(letter, share)
    child, elevated = shell.start("cmd.exe"), shell.elevate("cmd.exe")
    grandchild = elevated.start("report.exe")
    programs = {"explorer": shell, "child": child, "elevated": elevated, "grandchild": grandchild}
    seen = {
        name: "it is there" if letter in one.drives else "no such drive" for name, one in programs.items()
    }
    return people(here) | seen | {"letter": letter, "share": share}


def from_there(stream: Stream) -> dict[str, Any]:
    here = office(stream)
    name, password = stream.pick(("helpdesk", "builder", "operator", "installer")), stream.pick(PASSWORDS)
    here.desk.sam.add_user(name, password, "Administrators")
    local = rf".\{name}"

    def over_the_wire(account: str, secret: str) -> str:
        token = here.desk.log_on(account, secret, LogonType.NETWORK)
        group = next((one for one in token.context.groups if one.sid == ADMINISTRATORS), None)
        return "all rights" if group is not None and group.enabled else "no more than a user"

    found = people(here) | {"name": name, "local": local, "by_local": over_the_wire(local, password)}
    found["by_domain"] = over_the_wire(here.full(here.admin), here.passwords[here.admin])
    here.desk.policy.local_account_token_filter_policy = True
    return found | {"by_policy": over_the_wire(local, password)}


def read_elevation(stream: Stream) -> dict[str, Any]:
    here = office(stream)
    helper, password = stream.pick(("helpdesk", "support", "rescue")), stream.pick(PASSWORDS)
    here.desk.sam.add_user(helper, password, "Administrators")
    admin, user = here.shell(here.admin), here.shell()
    tools = stream.picks(("backup.exe", "report.exe", "sync.exe", "index.exe", "setup.exe"), 4)
    kinds = {
        tools[0]: "not elevated, an administrator's",
        tools[1]: "elevated by consent",
        tools[2]: "elevated with another's password",
        tools[3]: "a plain user's",
    }
    says = {
        tools[0]: "%%1938 (Limited) and Medium: the half that UAC leaves.",
        tools[1]: "%%1937 (Full) and High: the other half of the same user.",
        tools[2]: "%%1937 (Full) and High, and the target is somebody else.",
        tools[3]: "%%1936 (Default) and Medium: nothing was split.",
    }
    starts: list[Callable[[], object]] = [
        lambda: admin.start(tools[0]),
        lambda: admin.elevate(tools[1]),
        lambda: user.elevate(tools[2], name=rf".\{helper}", password=password),
        lambda: user.start(tools[3]),
    ]
    seen = len(here.desk.log)
    for start in stream.shuffled(starts):
        start()
    keys = ("NewProcessName", "SubjectUserName", "TargetUserName", "TokenElevationType", "MandatoryLabel")
    events = {
        str(event["NewProcessName"]).rpartition("\\")[2]: {key: str(event[key]) for key in keys}
        for event in here.desk.log.since(seen)
        if event["EventID"] == 4688
    }
    records = (
        "\n".join(f"{key:19}{text}" for key, text in event.items())
        for tool, event in events.items()
        if tool in tools
    )
    return people(here) | {
        "helper": helper,
        "records": "\n\n".join(records),
        "cases": [{"tool": tool, "kind": kinds[tool], "why": says[tool]} for tool in sorted(tools)],
        "events": {tool: events[tool] for tool in sorted(tools)},
    }


def be_the_filter(stream: Stream) -> dict[str, Any]:
    domain = stream.domain()
    powerful = ["S-1-5-32-544", "S-1-5-32-551", f"{domain.sid}-512", f"{domain.sid}-519"]
    harmless = ["S-1-1-0", "S-1-5-32-545", "S-1-5-11", f"{domain.sid}-513", f"{domain.sid}-1177"]
    assert all(is_powerful_group(Sid(one)) for one in powerful)
    assert not any(is_powerful_group(Sid(one)) for one in harmless)
    return {
        "cases": [
            _filtered(stream, powerful, harmless, group)
            for group in ("plain users", "groups", "privileges", "integrity")
            for _ in range(4)
        ],
        "standard": ", ".join(f"`{one}`" for one in sorted(STANDARD_PRIVILEGES)),
    }


def _filtered(stream: Stream, powerful: list[str], harmless: list[str], group: str) -> Case:
    """A logon's groups and privileges, and what UAC leaves of them."""
    strong = ["SeDebugPrivilege", "SeBackupPrivilege", "SeLoadDriverPrivilege", "SeSecurityPrivilege"]
    mine = stream.picks(harmless, 3) + (stream.picks(powerful, 2) if group != "plain users" else [])
    held = stream.picks(sorted(STANDARD_PRIVILEGES), 3)
    held += stream.picks(strong, 2) if group == "privileges" else []
    mine, held = stream.shuffled(mine), stream.shuffled(held)
    split = [one for one in mine if one in powerful]
    kept = [one for one in held if not split or one in STANDARD_PRIVILEGES]
    left: Plain = {"deny_only": list(split), "privileges": list(kept), "integrity": 8192}
    level = 12288 if group == "integrity" else 8192
    return Case((list(mine), list(held), level, list(powerful)), left, group)


def the_other_answer(stream: Stream) -> dict[str, Any]:
    here = office(stream, client=WINDOWS_11_24H2)
    here.desk.policy.administrator_protection = True
    before = len(here.desk.sessions)
    shell = here.shell(here.admin)
    made = len(here.desk.sessions) - before
    letter, tool = stream.pick(LETTERS), stream.pick(("mmc.exe", "cmd.exe", "setup.exe"))
    shell.map_drive(letter, rf"\\{here.first.name}\data")
    seen = len(here.desk.log)
    elevated = shell.elevate(tool)
    (start,) = (
        event for event in here.desk.log.since(seen) if str(event.get("NewProcessName")).endswith(tool)
    )
    session = elevated.token.session
    assert session is not None
    file = rf"C:\Users\{session.user_name}\start.cmd"
    again = shell.elevate(tool).token.session is session
    return people(here) | {
        "letter": letter,
        "tool": tool,
        "hidden": session.user_name,
        "sessions": NUMBERS[made - 1],
        "who": f"{here.admin}, with the full half" if session.user_name == here.admin else "another account",
        "drive": "it is there" if letter in elevated.drives else "no such drive",
        "profile": attempt(partial(shell.create, file, FileRights.WRITE_DATA)),
        "again": "in the session of the first" if again else "in a session of its own",
        "type": str(start["TokenElevationType"]),
    }
