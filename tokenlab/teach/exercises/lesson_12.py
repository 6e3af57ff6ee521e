"""Worlds of lesson 12: why the second hop fails, and what fixes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from tokenlab.network import (
    AuthenticationMechanism,
    Exposure,
    Http,
    SmbShare,
    SqlServer,
    WinRm,
    exposure,
    find_playable,
)
from tokenlab.network.domain import GENERIC_RIGHTS
from tokenlab.security import SecurityDescriptor
from tokenlab.system import LogonType, Thread
from tokenlab.teach.answers import AnswerError
from tokenlab.teach.deciding import read_descriptor
from tokenlab.teach.exercises.scenes import Names, Office, office, players
from tokenlab.teach.judgement import PartFinding
from tokenlab.teach.misconceptions import believe
from tokenlab.teach.variant import Stream
from tokenlab.values.well_known import ADMINISTRATORS
from tokenlab.worlds.double_hop import FIXES, double_hop

SETTINGS = FIXES | {  # in words that stand alone
    "any protocol": "the first server's account lists the second one's share, with any protocol",
    "sensitive": "every setting is on, but the user is sensitive",
    "protected": "every setting is on, but the user is in Protected Users",
}
USER, MACHINE = "as the user", "as the machine"
SQL, SHARE = "SQL Server", "share"
HANDED = "as the user: a password was handed over on the way in"
FORWARDED = "as the user: a ticket-granting ticket was forwarded"
ASKED_FOR = "as the user: the controller gave a ticket in the user's name"
ITS_OWN = "as the machine: that session goes out with the machine's account"
EMPTY = "anonymous: there is nothing to show, and nothing is set"
UNCOVERED = "anonymous: what is set does not cover this case"
# (way, fix, target of the second hop), by what comes of it
CASES = {
    HANDED: [
        ("web, Basic", "Kerberos only", SQL),
        ("WinRM, CredSSP", "none", SQL),
        ("SSH, password", "none", SHARE),
        ("task, password", "sensitive", SHARE),
        ("Remote Desktop", "sensitive", SQL),
    ],
    FORWARDED: [(way, "unconstrained", SQL) for way in ("share, Kerberos", "web, Kerberos", "WinRM, Kerberos")],
    ASKED_FOR: [
        ("share, NTLM", "resource-based", SQL),
        ("web, NTLM", "resource-based", SQL),
        ("WinRM, Kerberos", "resource-based", SQL),
        ("web, Kerberos", "Kerberos only", SHARE),
    ],
    ITS_OWN: [
        ("service, SYSTEM", "unconstrained", SQL),
        ("service, NETWORK SERVICE", "any protocol", SHARE),
        ("RDP, Restricted Admin", "resource-based", SQL),
    ],
    EMPTY: [(way, "none", SQL) for way in ("SSH, key", "task, no password", "WinRM, NTLM", "share, Kerberos")],
    UNCOVERED: [
        ("web, Kerberos", "Kerberos only", SQL),
        ("share, Kerberos", "Kerberos only", SQL),
        ("web, NTLM", "unconstrained", SHARE),
        ("share, NTLM", "unconstrained", SQL),
        ("WinRM, Kerberos", "Kerberos only", SHARE),
        ("web, NTLM", "any protocol", SQL),
    ],
}  # fmt: skip


@cache
def hop(
    way: str, fix: str = "none", target: str = SHARE, new: bool = False
) -> tuple[str, Exposure, set[str]]:
    """How one arrives, the exposure, and what kinds of things lie on the servers."""
    bench = double_hop(way, fix, target, TODAY if new else BEFORE)
    arrived = bench.arrival.value if bench.arrival else "not let in"
    return arrived, bench.exposure, {one.kind for one in bench.exposed}


BEFORE, TODAY = ("Windows 10 1809", "Windows Server 2019"), ("Windows 11 24H2", "Windows Server 2025")


def who_arrives(stream: Stream) -> Names:
    """Five cases, each with another outcome or another reason."""
    cases = tuple(stream.pick(CASES[outcome]) for outcome in stream.picks(tuple(CASES), 5))
    return {"cases": cases, "arrivals": [_arrival(*case) for case in cases]}


def _arrival(way: str, fix: str, target: str) -> Names:
    arrived, _, kinds = hop(way, fix, target)
    if arrived == USER:
        outcome = HANDED if "password" in kinds else FORWARDED if "TGT" in kinds else ASKED_FOR
    elif arrived == MACHINE:
        outcome = ITS_OWN
    else:
        outcome = EMPTY if fix == "none" else UNCOVERED
    return {
        "way": way,
        "setting": SETTINGS[fix],
        "target": target,
        "outcome": outcome,
        "wrong": _belief(way, fix, outcome),
    }


def _belief(way: str, fix: str, outcome: str) -> dict[str, str]:
    """What somebody believes who chooses another outcome, where that follows."""
    if outcome == EMPTY:
        return {HANDED: "every-logon-has-credentials"}
    if outcome != UNCOVERED:
        return {}
    if "NTLM" in way and fix == "unconstrained":
        return {FORWARDED: "ntlm-can-delegate"}
    return {
        ASKED_FOR: "constrained-fixes-remoting" if way.startswith("WinRM") else "delegation-is-to-a-machine"
    }


CAUSES = ("session", "machine", "right")


def weeks_lost(stream: Stream) -> Names:
    """A share that refuses, for one of three causes; what the second server wrote; and what two changes do."""
    here, cause = office(stream), stream.pick(CAUSES)
    user, admin = (here.domain.account(name) for name in (here.user, here.admin))
    allowed = admin if cause == "right" else user
    share = SmbShare(here.second, descriptor=f"O:SYG:SYD:(A;;FA;;;SY)(A;;FR;;;{allowed.sid})")

    def refused() -> bool:
        return here.network.connect(_thread(here, cause), share).refusal is not None

    assert refused()
    arrived = here.second.log.events(4624)[-1]
    share.descriptor = f"O:SYG:SYD:(A;;FA;;;SY)(A;;FA;;;{user.sid})"
    grant = "refused" if refused() else "served"
    share.descriptor = f"O:SYG:SYD:(A;;FA;;;SY)(A;;FR;;;{allowed.sid})"
    one, two = (here.domain.account(f"{name}$") for name in (here.first.name, here.second.name))
    here.domain.allow_on_behalf(two, one)
    named = "refused" if refused() else "served"
    keys = ("LogonType", "TargetUserName", "AuthenticationPackageName", "IpAddress")
    machine = f"{here.first.name}$"
    who = {"session": "nobody known", "machine": machine, "right": here.user}[cause]
    assert arrived["TargetUserName"] == {"session": "ANONYMOUS LOGON"}.get(cause, who)
    why_not = {"session": "nobody known arrives", "machine": f"{machine} arrives, not {here.user}"}
    why_named = {
        "machine": "nobody asks for a ticket of a user",
        "right": f"{here.user} arrives already, without a right",
    }
    return here.names | {
        "event": {key: arrived[key] for key in keys},
        "listing": "\n".join(f"{key:26} {arrived[key]}" for key in keys),
        "story": STORIES[cause].format_map(here.names),
        "path": rf"\\{here.second.name}\data",
        "machine": machine,
        "who": who,
        "missing": {
            "session": f"credentials in the session on {here.first.name}",
            "machine": f"a right of {machine} on the share",
            "right": f"a right of {here.user} on the share",
        }[cause],
        "grant": grant if grant == "served" else f"refused: {why_not[cause]}",
        "named": named if named == "served" else f"refused: {why_named[cause]}",
    }  # fmt: skip


STORIES = {
    "session": "`{full}` enters a PowerShell session on `{first}` (WinRM, Kerberos).",
    "machine": "A service on `{first}` runs as SYSTEM. `{full}` wrote it, and tested it at the desk.",
    "right": "`{full}` enters a PowerShell session on `{first}` (WinRM, CredSSP).",
}


def _thread(here: Office, cause: str) -> Thread:
    """The thread on the first server that opens the share."""
    if cause == "machine":
        token = here.first.log_on(r"NT AUTHORITY\SYSTEM", None, LogonType.SERVICE)
        return here.first.processes.new(here.first.full_path("svchost.exe"), token).thread
    way = AuthenticationMechanism.CREDSSP if cause == "right" else AuthenticationMechanism.NEGOTIATE
    remote = here.network.connect(here.shell().thread, WinRm(here.first), way=way)
    assert remote.thread is not None
    return remote.thread


def share_and_database(stream: Stream) -> Names:
    """A list with one of two services of a server, for clients with a ticket or for all."""
    here = office(stream)
    listed, package = stream.pick(("cifs", "MSSQLSvc")), stream.pick(("Kerberos", "NTLM"))
    any_protocol = stream.pick((False, True))
    share, sql = SmbShare(here.second), SqlServer(here.second)
    here.network.offer(sql)
    settings = here.domain.delegation(here.domain.account(f"{here.first.name}$"))
    services = {"cifs": f"cifs/{here.second.name}", "MSSQLSvc": sql.spn(here.second.name)}
    settings.to, settings.any_protocol = frozenset({services[listed]}), any_protocol
    host = here.first.name if package == "Kerberos" else here.network.address(here.first)
    web = here.network.connect(here.shell().thread, Http(here.first), host=host)
    assert web.thread is not None and web.package == package
    at_share = here.network.connect(web.thread, share).arrival.value
    at_database = here.network.connect(web.thread, sql).arrival.value
    got = {services["cifs"]: at_share, services["MSSQLSvc"]: at_database}
    tickets = [f"a ticket to {service}" for service, arrived in got.items() if arrived == USER]
    assert bool(tickets) == bool({one.kind for one in exposure(here.network)[here.first.name]})
    missing = next(name for kind, name in services.items() if kind != listed)
    add, protocol = f"add {missing} to the list", "allow any protocol"
    played = find_playable(here.network, here.first)
    settings.to = frozenset(services.values())
    enough = here.network.connect(web.thread, share).arrival.value == USER
    return here.names | {
        "listed": listed,
        "package": package,
        "any_protocol": any_protocol,
        "on_the_list": services[listed],
        "kind": "any protocol" if any_protocol else "Kerberos only",
        "missing": missing,
        "at_share": _why_there(at_share, listed == "cifs", enough),
        "at_database": _why_there(at_database, listed == "MSSQLSvc", enough),
        "share_service": services["cifs"],
        "database_service": services["MSSQLSvc"],
        "fix": add if enough else f"{add}, and {protocol}",
        "lies": " and ".join(tickets) or "nothing",
        "plays": f"{here.user} and {here.admin}" if played else "nobody",
    }


def _why_there(arrived: str, listed: bool, evidence: bool) -> str:
    """How the client arrives, and why."""
    if arrived == USER:
        return USER
    missing = {(False, True): "the list does not name it", (True, False): "there is no ticket as evidence"}
    return f"{arrived}: {missing.get((listed, evidence), 'neither the list nor a ticket allows it')}"


# 12.4 ----------------------------------------------------------------------------------------------------
VISITS = {
    "web": "a visit to a web site by name",
    "address": "a visit to a web site by address",
    "remoting": "PowerShell remoting by name",
    "CredSSP": "PowerShell remoting with CredSSP",
}
AFTERWARDS = {
    "open": "the connection stays open",
    "closed": "then {user} closes the connection",
    "taken back": "then the setting is taken back; the connection stays open",
    "sensitive": "{admin} was marked sensitive before; the connection stays open",
}
TRIES = (
    *[("web", "unconstrained", then) for then in ("open", "taken back", "closed")],
    *[("web", "Kerberos only", then) for then in ("open", "closed", "sensitive")],
    *[("address", "any protocol", then) for then in AFTERWARDS],
    *[("remoting", "resource-based", then) for then in AFTERWARDS],
    *[("remoting", "unconstrained", then) for then in ("open", "closed")],
    *[("CredSSP", "none", then) for then in ("open", "closed")],
    *[("CredSSP", "resource-based", then) for then in ("taken back", "closed")],
)


def the_price(stream: Stream) -> Names:
    """Six cases after which something else lies on the first server, or somebody else can be played."""
    cast = players(stream)
    people = {"user": cast.user, "admin": cast.admin}
    prices: dict[str, list[tuple[str, str, str]]] = {}
    for case in TRIES:
        prices.setdefault(_price(*case).format_map(people), []).append(case)
    cases = [stream.pick(prices[price]) for price in stream.picks(sorted(prices), 6)]
    return people | {
        "cases": tuple(cases),
        "prices": sorted(prices),
        "tries": [
            {
                "visit": VISITS[visit],
                "setting": SETTINGS[fix],
                "then": AFTERWARDS[then].format_map(people),
                "price": _price(visit, fix, then).format_map(people),
                "wrong": {"nothing; nobody": "what-works-costs-nothing"} if then == "open" else {},
            }
            for visit, fix, then in cases
        ],
    }


def _came_by(here: Office, visit: str) -> Any:
    service = Http(here.first) if visit in ("web", "address") else WinRm(here.first)
    host = here.network.address(here.first) if visit == "address" else here.first.name
    way = AuthenticationMechanism.CREDSSP if visit == "CredSSP" else AuthenticationMechanism.NEGOTIATE
    return here.network.connect(here.shell().thread, service, way=way, host=host)


def _set_up(here: Office, fix: str) -> None:
    """Let the first server reach the share of the second one by this setting."""
    one, two = (here.domain.account(f"{name}$") for name in (here.first.name, here.second.name))
    settings = here.domain.delegation(one)
    if fix == "resource-based":
        here.domain.allow_on_behalf(two, one)
    settings.unconstrained, settings.any_protocol = fix == "unconstrained", fix == "any protocol"
    if fix in ("Kerberos only", "any protocol"):
        settings.to = frozenset({f"cifs/{here.second.name}"})


@cache
def _price(visit: str, fix: str, then: str) -> str:
    """Tried in a new office: what lies on the first server at worst; who can be played from there.

    Names do not matter for that, so that it is found out once for everybody.
    """
    here = office(Stream("any office"))
    one, two = (here.domain.account(f"{name}$") for name in (here.first.name, here.second.name))
    settings = here.domain.delegation(one)
    _set_up(here, fix)
    here.domain.account(here.admin).sensitive = then == "sensitive"
    came = _came_by(here, visit)
    assert came.thread is not None
    assert here.network.connect(came.thread, SmbShare(here.second)).arrival.value == USER
    if then == "closed":
        came.close()
    if then == "taken back":
        settings.unconstrained, settings.any_protocol, settings.to = False, False, frozenset()
        here.domain.delegation(two).from_others = None
    kinds = {one.kind for one in exposure(here.network)[here.first.name]}
    words = {
        "password": "the password",
        "TGT": "a ticket-granting ticket",
        "service ticket": "a service ticket",
    }
    worst = next((word for kind, word in words.items() if kind in kinds), "nothing")
    played = {one.person for one in find_playable(here.network, here.first)}
    people = {"{user}": here.user, "{admin}": here.admin}
    return f"{worst}; {' and '.join(role for role, name in people.items() if name in played) or 'nobody'}"


# 12.5 ----------------------------------------------------------------------------------------------------
ENTRANCES = {
    "PowerShell remoting": ("WinRM, Kerberos", "WinRM, NTLM", "WinRM, CredSSP"),
    "a web site": ("web, Kerberos", "web, NTLM", "web, Basic"),
    "a shell or a scheduled task": ("SSH, key", "SSH, password", "task, password"),
}
ALLOWED = {
    "Every setting may be changed.": tuple(FIXES),
    "The owners of the second server change nothing.": (
        "none",
        "unconstrained",
        "Kerberos only",
        "any protocol",
    ),
    "Only the owners of the second server change something.": ("none", "resource-based"),
}


def least_exposure(stream: Stream) -> Names:
    """Ways in and settings that are to be had, and what judges a pair of them."""
    entrance, permission = stream.pick(tuple(ENTRANCES)), stream.pick(tuple(ALLOWED))
    target, new = stream.pick((SHARE, SQL)), stream.pick((False, True))
    if entrance == "PowerShell remoting" and "resource-based" not in ALLOWED[permission]:
        new = False  # Credential Guard lets neither a ticket-granting ticket nor a saved password out
    ways, fixes = stream.shuffled(ENTRANCES[entrance]), stream.shuffled(ALLOWED[permission])
    tried = {(way, fix): hop(way, fix, target, new) for way in ways for fix in fixes}
    best = min(exposed for arrived, exposed, _ in tried.values() if arrived == USER)
    pair = next(pair for pair, (arrived, exposed, _) in tried.items() if arrived == USER and exposed == best)
    flip = f"{pair[0]!r} with {pair[1]!r}, exposure: {best}"

    return {
        "entrance": entrance,
        "target": "a database (SQL Server)" if target == SQL else "a share",
        "service": target,
        "permission": permission,
        "releases": TODAY if new else BEFORE,
        "systems": "Windows 11 24H2 and Windows Server 2025, with Credential Guard" if new
        else "Windows 10 1809 and Windows Server 2019",
        "ways": tuple(ways),
        "fixes": tuple(fixes),
        "listed_ways": ", ".join(f"`{way}`" for way in ways),
        "listed_fixes": "\n".join(f"* `{fix}`: {SETTINGS[fix]}" for fix in fixes),
        "example": [ways[0], fixes[0]],
    } | _judges(tried, target, best, flip)  # fmt: skip


Tried = Mapping[tuple[str, str], tuple[str, Any, Any]]


def _judges(tried: Tried, target: str, best: Any, flip: str) -> Names:
    """What judges a way and a setting."""

    def read(answer: object) -> tuple[str, str]:
        if type(answer) is not list or len(answer) != 2 or tuple(answer) not in tried:
            raise AnswerError(
                f"expected a way and a setting of those offered, for example {list(next(iter(tried)))}"
            )
        return answer[0], answer[1]

    def arrives(answer: tuple[str, str]) -> PartFinding:
        way, fix = answer
        belief = "ntlm-can-delegate" if "NTLM" in way and fix == "unconstrained" else ""
        if fix in ("Kerberos only", "any protocol") and way.startswith("WinRM"):
            belief = "constrained-fixes-remoting"
        elif fix in ("Kerberos only", "any protocol") and target == SQL:
            belief = "delegation-is-to-a-machine"
        arrived = tried[answer][0]
        told = believe(belief) if belief else None
        return PartFinding(arrived == USER, f"{way} with {fix}: {arrived}", told, flip)

    def cheap(answer: tuple[str, str]) -> PartFinding:
        arrived, exposed, kinds = tried[answer]
        if arrived != USER:
            return PartFinding(False, "only what works is compared", at_once=True)
        says = f"exposure: {exposed} (of the user: {', '.join(sorted(kinds)) or 'nothing'})"
        return PartFinding(exposed <= best, says, believe("what-works-costs-nothing"), flip)

    return {"read": read, "arrives": arrives, "cheap": cheap}


def asked_twice(stream: Stream) -> Names:
    return office(stream).names


def targets_word(stream: Stream) -> Names:
    """A remote session that needs a share, and what judges the descriptor of its server's account."""
    here = office(stream)
    target = here.domain.account(f"{here.second.name}$")
    wanted, unwanted = here.domain.account(f"{here.first.name}$"), here.domain.account(f"{here.desk.name}$")
    shell = here.shell()

    def may(descriptor: Any, account: Any) -> bool:
        here.domain.delegation(target).from_others = descriptor
        return here.domain.may_act_on_behalf(target, account)

    def lets(account: object, yes: bool, says: str) -> Callable[[object], PartFinding]:
        def judge(descriptor: object) -> PartFinding:
            if not yes and not may(descriptor, wanted):
                nobody = f"it counts when {here.first.name} may"
                return PartFinding(False, nobody, believe("the-hop-is-about-permissions"), at_once=True)
            return PartFinding(may(descriptor, account) is yes, says, believe("delegation-is-to-a-machine"))

        return judge

    def arrives(descriptor: SecurityDescriptor) -> PartFinding:
        may(descriptor, wanted)
        remote = here.network.connect(shell.thread, WinRm(here.first))
        assert remote.thread is not None
        hop = here.network.connect(remote.thread, SmbShare(here.second))
        arrived = hop.arrival.value
        belief = "constrained-fixes-remoting"
        generic = any(ace.mask & GENERIC_RIGHTS for ace in descriptor.dacl or ())
        if arrived != USER and "KDC_ERR_BADOPTION" in hop.why and generic:
            belief = "generic-all-is-full-control-everywhere"
        return PartFinding(arrived == USER, f"the remote session arrives {arrived}", believe(belief))

    return here.names | {
        "first_account": wanted.name,
        "caller": wanted.sid,
        "desk_account": unwanted.name,
        "desk_sid": unwanted.sid,
        "first_may": lets(wanted, True, "the access check on the target's descriptor says so"),
        "desk_may_not": lets(unwanted, False, "only who is named may"),
        "arrives": arrives,
        "read": read_descriptor(ADMINISTRATORS),
    }
