"""Worlds of lesson 12: why the second hop fails, and what fixes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from tokenlab.network import Exposure, Http, SmbShare, SqlServer, WinRm, exposure, playable_from
from tokenlab.network.domain import GENERIC_RIGHTS
from tokenlab.security import SecurityDescriptor
from tokenlab.teach.answers import AnswerError
from tokenlab.teach.deciding import read_descriptor
from tokenlab.teach.exercises.scenes import office
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import believe
from tokenlab.teach.variant import Stream
from tokenlab.values.well_known import ADMINISTRATORS
from tokenlab.worlds.double_hop import FIXES, WAYS, double_hop, single_changes

Names = dict[str, Any]
USER, MACHINE, NOBODY = "as the user", "as the machine", "anonymous"
CARRIED = ("WinRM, CredSSP", "web, Basic", "SSH, password", "Remote Desktop", "task, password")
EMPTY = ("WinRM, Kerberos", "web, NTLM", "web, Kerberos", "SSH, key", "task, no password")
ITSELF = ("RDP, Restricted Admin", "service, SYSTEM", "service, NETWORK SERVICE")


@cache
def hop(way: str, fix: str = "none") -> tuple[str, Exposure, tuple[str, ...], str]:
    """How one arrives, the exposure, what kinds of things lie on the servers, and why."""
    bench = double_hop(way, fix)
    return (
        bench.arrival.value if bench.arrival else "not let in",
        bench.exposure,
        tuple(sorted({one.kind for one in bench.exposed})),
        WAYS[way].words,
    )


def who_arrives(stream: Stream) -> Names:
    """Five ways in: two hand something over, two leave nothing, one belongs to the server itself."""
    ways = stream.shuffled([*stream.picks(CARRIED, 2), *stream.picks(EMPTY, 2), stream.pick(ITSELF)])
    return {"ways": tuple(ways), "arrivals": [_arrival(way) for way in ways]}


def _arrival(way: str) -> Names:
    right, _, kinds, words = hop(way)
    if right == USER:
        why = f"what was handed over on the way in lies there ({', '.join(kinds)})"
    elif right == MACHINE:
        why = "that session goes out with the account of the machine"
    else:
        why = "the session on the first server holds nothing for the wire"
    belief = "every-logon-has-credentials" if right == NOBODY else "the-hop-is-about-permissions"
    return {"way": way, "words": words, "arrival": right, "why": why, "belief": belief}


def weeks_lost(stream: Stream) -> Names:
    """A remote session that goes on to a share, and what the second server wrote."""
    here = office(stream)
    remote = here.network.connect(here.shell().thread, WinRm(here.first))
    assert remote.thread is not None and remote.token is not None and remote.token.level is not None
    onward = here.network.connect(remote.thread, SmbShare(here.second))
    arrived = here.second.log.events(4624)[-1]
    keys = ("LogonType", "TargetUserName", "AuthenticationPackageName", "IpAddress")
    assert onward.refusal is not None
    return here.names | {
        "listing": "\n".join(f"{key:26} {arrived[key]}" for key in keys),
        "machines": stream.shuffled((here.desk.name, here.first.name, here.second.name)),
        "why": onward.why,
        "granted_level": remote.token.level.name.capitalize(),
    }


def share_and_database(stream: Stream) -> Names:
    """A list with one of two services of a server, and how the client arrives at both."""
    here = office(stream)
    listed = stream.pick(("cifs", "MSSQLSvc"))
    share, sql = SmbShare(here.second), SqlServer(here.second)
    here.network.offer(sql)
    settings = here.domain.delegation(here.domain.account(f"{here.first.name}$"))
    services = {"cifs": f"cifs/{here.second.name}", "MSSQLSvc": sql.spn(here.second.name)}
    settings.to = frozenset({services[listed]})
    web = here.network.connect(here.shell().thread, Http(here.first))
    assert web.thread is not None
    at_share = here.network.connect(web.thread, share).arrival.value
    at_database = here.network.connect(web.thread, sql).arrival.value
    assert {one.kind for one in exposure(here.network)[here.first.name]} == {"service ticket"}
    assert not playable_from(here.network, here.first)
    return here.names | {
        "listed": listed,
        "on_the_list": services[listed],
        "missing": next(name for kind, name in services.items() if kind != listed),
        "at_share": at_share,
        "at_database": at_database,
        "share_service": services["cifs"],
        "database_service": services["MSSQLSvc"],
    }


LIES = {(): "nothing", ("service ticket",): "a service ticket"}


def price(way: str, fix: str) -> str:
    """What then lies on the servers at worst, and who can be played from there."""
    _, exposed, kinds, _ = hop(way, fix)
    worst = "the password" if "password" in kinds else "a ticket-granting ticket" if "TGT" in kinds else ""
    return f"{worst or LIES[kinds]}; {'anybody' if exposed.playable else 'nobody'}"


def the_price(stream: Stream) -> Names:
    """Six settings that let the user arrive, one of each price."""
    cases = stream.shuffled(
        [
            (stream.pick(("web, Kerberos", "WinRM, Kerberos", "share, Kerberos")), "unconstrained"),
            (stream.pick(("web, Kerberos", "share, Kerberos")), "Kerberos only"),
            (stream.pick(("web, NTLM", "share, NTLM")), "any protocol"),
            (stream.pick(CARRIED), "none"),
            (stream.pick(("web, Kerberos", "WinRM, Kerberos", "share, NTLM")), "resource-based"),
            ("RDP, Credential Guard", "none"),
        ]
    )
    return {"cases": tuple(cases), "tries": [_price(way, fix) for way, fix in cases]}


def _price(way: str, fix: str) -> Names:
    exposed = hop(way, fix)[1]
    if fix != "none":
        why = f"{FIXES[fix].capitalize()}."
    else:
        why = "What was handed over on the way in stays." if exposed.lies else "Requests go back to the desk."
    return {"way": way, "fix": fix, "price": price(way, fix), "exposure": exposed, "why": why}


OCCASIONS = (
    ("WinRM, Kerberos", "administrators work in PowerShell remoting, by name"),
    ("web, Kerberos", "clients come to a web site by its name"),
    ("web, NTLM", "clients come to a web site by its address"),
    ("share, NTLM", "an old program opens the first share by its address"),
)


def least_exposure(stream: Stream) -> Names:
    """A way in that cannot be changed, and what judges a fix of its second hop."""
    way, occasion = stream.pick(OCCASIONS)
    fixes = stream.shuffled(tuple(FIXES))
    best = min(hop(way, fix)[1] for fix in FIXES if hop(way, fix)[0] == USER)
    permissions = believe("the-hop-is-about-permissions")

    def read(answer: object) -> str:
        if type(answer) is not str or answer not in FIXES:
            raise AnswerError(f"expected one of {', '.join(map(repr, fixes))}")
        return answer

    def arrives(fix: str) -> Finding:
        found = hop(way, fix)[0]
        belief = believe("ntlm-can-delegate") if "NTLM" in way else permissions
        if fix in ("Kerberos only", "any protocol"):
            belief = believe("constrained-fixes-remoting")
        return Finding(found == USER, f"{fix}: {found}. {FIXES[fix].capitalize()}.", belief, _flip(way))

    def cheap(fix: str) -> Finding:
        found, exposed, kinds, _ = hop(way, fix)
        if found != USER:
            return Finding(False, "what does not work is not cheap, it is useless", permissions)
        says = f"exposure: {exposed} ({', '.join(kinds) or 'nothing'} of the user lies on the servers)"
        return Finding(exposed <= best, says, believe("what-works-costs-nothing"), _flip(way))

    return {
        "way": way,
        "occasion": occasion,
        "listed": ", ".join(f"`{fix}`" for fix in fixes),
        "read": read,
        "arrives": arrives,
        "cheap": cheap,
    }


@cache
def _flip(way: str) -> str:
    changes = [change for change in single_changes(double_hop(way)) if change.way == way]
    return f"the fix {changes[0].fix!r}, exposure: {changes[0].exposure}" if changes else ""


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

    def lets(account: object, yes: bool, says: str) -> Callable[[object], Finding]:
        def judge(descriptor: object) -> Finding:
            if not yes and not may(descriptor, wanted):
                nobody = f"nobody may: not even {here.first.name}, who has to"
                return Finding(False, nobody, believe("the-hop-is-about-permissions"))
            return Finding(may(descriptor, account) is yes, says, believe("delegation-is-to-a-machine"))

        return judge

    def arrives(descriptor: SecurityDescriptor) -> Finding:
        may(descriptor, wanted)
        remote = here.network.connect(shell.thread, WinRm(here.first))
        assert remote.thread is not None
        hop = here.network.connect(remote.thread, SmbShare(here.second))
        arrived = hop.arrival.value
        belief = "constrained-fixes-remoting"
        generic = any(ace.mask & GENERIC_RIGHTS for ace in descriptor.dacl or ())
        if arrived != USER and "KDC_ERR_BADOPTION" in hop.why and generic:
            belief = "generic-all-is-full-control-everywhere"
        return Finding(arrived == USER, f"the remote session arrives {arrived}", believe(belief))

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
