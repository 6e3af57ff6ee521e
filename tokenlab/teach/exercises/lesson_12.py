"""Exercises of lesson 12: why the second hop fails, and what fixes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from tokenlab.network import Exposure, Http, SmbShare, SqlServer, WinRm, exposure, playable_from
from tokenlab.network.domain import GENERIC_RIGHTS
from tokenlab.security import SecurityDescriptor
from tokenlab.teach.answers import AnswerError
from tokenlab.teach.deciding import read_descriptor
from tokenlab.teach.exercise import (
    Before,
    Choice,
    Kind,
    Requirement,
    Task,
    arrange,
    build,
    choose,
    exercise,
    instead,
)
from tokenlab.teach.exercises.scenes import office
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Stream
from tokenlab.values.well_known import ADMINISTRATORS
from tokenlab.worlds.double_hop import MENDS, WAYS, double_hop, single_changes

ABOUT_PERMISSIONS = Misconception(
    "the-hop-is-about-permissions",
    "The second hop is about permissions.",
    "Nobody known arrived: the session on the first server has nothing to show, whatever the share grants.",
    "ansible-collections/ansible.windows#383",
)
LEVEL_MAKES = Misconception(
    "the-level-makes-the-credentials",
    "The level makes the credentials.",
    "Delegation is what the server was given; a program cannot set it.",
    "dotnet/corefx#37747",
)
WORKS_FOR_FREE = Misconception(
    "what-works-costs-nothing",
    "What works costs nothing.",
    "A password or a ticket that was handed over lies on the server, for SYSTEM there; and a setting may let SYSTEM be people who never came.",
    "lesson 12",
)
ONE_SPN_FOR_ALL = Misconception(
    "delegation-is-to-a-machine",
    "Delegation is to a machine.",
    "It is to a service: the list has names such as cifs/... and MSSQLSvc/..., and each counts for itself.",
    "PowerShell/PowerShell#9331",
)
ANY_LOGON_WILL_DO = Misconception(
    "every-logon-has-credentials",
    "Who has logged on can go on.",
    "A key, a task without a password, S4U: the logon is real, and there is nothing for the wire.",
    "PowerShell/Win32-OpenSSH#1047",
)
NTLM_CAN_DELEGATE = Misconception(
    "ntlm-can-delegate",
    "With the right setting NTLM delegates too.",
    "An NTLM answer fits one challenge of one server: there is nothing to hand on.",
    "lesson 12",
)
CONSTRAINED_FIXES_ALL = Misconception(
    "constrained-fixes-remoting",
    "Constrained delegation fixes every double hop.",
    "The account that runs the process must be on the list; in remoting that is the user. The target's own word helps.",
    "MicrosoftDocs/PowerShell-Docs#5861",
)
GENERIC_IS_ENOUGH = Misconception(
    "generic-all-is-full-control-everywhere",
    "GENERIC_ALL is full control, wherever it is written.",
    "Generic rights are mapped when a descriptor is set on an object. Nobody maps this attribute: it has to name the rights themselves.",
    "Adaptix-Framework/Extension-Kit#146",
)

USER, MACHINE, NOBODY = "as the user", "as the machine", "anonymous"
ARRIVALS = (USER, MACHINE, NOBODY)
CARRIED = ("WinRM, CredSSP", "web, Basic", "SSH, password", "Remote Desktop", "task, password")
EMPTY = ("WinRM, Kerberos", "web, NTLM", "web, Kerberos", "SSH, key", "task, no password")
ITSELF = ("RDP, Restricted Admin", "service, SYSTEM", "service, NETWORK SERVICE")


@cache
def hop(way: str, mend: str = "none") -> tuple[str, Exposure, tuple[str, ...], str]:
    """How one arrives, the exposure, what kinds of things lie on the servers, and why."""
    bench = double_hop(way, mend)
    return (
        bench.arrival.value if bench.arrival else "not let in",
        bench.exposure,
        tuple(sorted({one.kind for one in bench.exposed})),
        WAYS[way].words,
    )


@exercise(
    "12.1",
    "Who arrives?",
    Kind.PREDICT,
    minutes=6,
    points=5,
    aims=(1,),
    rows=(35, 39),
    cases=("ansible-collections/ansible.windows#383", "PowerShell/Win32-OpenSSH#1047"),
)
def who_arrives(stream: Stream) -> Task:
    ways = stream.shuffled([*stream.picks(CARRIED, 2), *stream.picks(EMPTY, 2), stream.pick(ITSELF)])
    choices = []
    for number, way in enumerate(ways, 1):
        right, _, kinds, words = hop(way)
        if right == USER:
            says = f"{right}: what was handed over on the way in lies there ({', '.join(kinds)})."
        elif right == MACHINE:
            says = f"{right}: that session goes out with the account of the machine."
        else:
            says = f"{right}: the session on the first server holds nothing for the wire."
        belief = ANY_LOGON_WILL_DO if right == NOBODY else ABOUT_PERMISSIONS
        choices.append(
            Choice(
                f"way_{number}",
                f"**{way}** ({words})",
                ARRIVALS,
                right,
                says,
                instead(ARRIVALS, right, belief),
            )
        )
    return choose(
        "Five programs run on a first server: a user's, who came in one of these ways, or the server's own. Each opens a share on a second server. Nothing is set for delegation. How does it arrive there?",
        choices,
        hints=(
            "Was a password handed over, or was something only proved?",
            "SYSTEM and NETWORK SERVICE go out as their machine.",
        ),
        difficulty={"ways": len(ways)},
        given={"ways": tuple(ways)},
    )


@exercise(
    "12.2",
    "Weeks were lost",
    Kind.DIAGNOSE,
    minutes=6,
    points=4,
    aims=(1,),
    rows=(39,),
    cases=(
        "ansible-collections/ansible.windows#383",
        "MicrosoftDocs/windows-powershell-docs#1684",
        "dotnet/corefx#37747",
    ),
)
def weeks_lost(stream: Stream) -> Task:
    here = office(stream)
    remote = here.network.connect(here.shell().thread, WinRm(here.first))
    assert remote.thread is not None and remote.token is not None and remote.token.session is not None
    onward = here.network.connect(remote.thread, SmbShare(here.second))
    arrived = here.second.log.events(4624)[-1]
    keys = ("LogonType", "TargetUserName", "AuthenticationPackageName", "IpAddress")
    listing = "\n".join(f"{key:26} {arrived[key]}" for key in keys)
    machines = tuple(stream.shuffled((here.desk.name, here.first.name, here.second.name)))
    missing = (
        "a right on the share",
        "credentials in the remote session",
        "the user's group membership",
        "the impersonation level",
    )
    grant = ("it works then", "the user still does not arrive")
    level = remote.token.level
    assert onward.refusal is not None and level is not None
    return choose(
        f"From `{here.desk.name}` `{here.full(here.user)}` enters a PowerShell session on `{here.first.name}` (WinRM, Kerberos). `dir \\\\{here.second.name}\\data` works at the "
        f"desk; in the remote session access is denied. `klist` there shows no tickets. On `{here.second.name}` the last 4624 is\n\n```\n{listing}\n```",
        [
            Choice(
                "missing",
                "what is missing",
                missing,
                missing[1],
                str(onward.why) + ".",
                {missing[0]: ABOUT_PERMISSIONS, missing[2]: ABOUT_PERMISSIONS, missing[3]: LEVEL_MAKES},
            ),
            Choice(
                "where",
                "on which machine is it missing",
                machines,
                here.first.name,
                "It is the session on the first server that has to show something.",
                instead(machines, here.first.name, ABOUT_PERMISSIONS),
            ),
            Choice(
                "grant",
                f"{here.user} is given full control of the share",
                grant,
                grant[1],
                "Nobody known as the user arrives, so no line for the user is ever read.",
                {grant[0]: ABOUT_PERMISSIONS},
            ),
            Choice(
                "level",
                "the program there asks for the level Delegation",
                grant,
                grant[1],
                f"The level is what was granted, {level.name.capitalize()}; setting a flag hands nothing over.",
                {grant[0]: LEVEL_MAKES},
            ),
        ],
        hints=(
            "Who is it that arrived, by the 4624?",
            "Follow the chain: thread, token, session, credentials.",
        ),
        difficulty={"fields": len(keys)},
        given={"first": here.first.name},
    )


@exercise(
    "12.3",
    "The share works, the database does not",
    Kind.DIAGNOSE,
    minutes=7,
    points=5,
    aims=(1, 2),
    rows=(52,),
    cases=("PowerShell/PowerShell#9331",),
)
def share_and_database(stream: Stream) -> Task:
    here = office(stream)
    listed = stream.pick(("cifs", "MSSQLSvc"))
    share, sql = SmbShare(here.second), SqlServer(here.second)
    here.network.offer(sql)
    settings = here.domain.delegation(here.domain.account(f"{here.first.name}$"))
    names = {"cifs": f"cifs/{here.second.name}", "MSSQLSvc": sql.spn(here.second.name)}
    settings.to = frozenset({names[listed]})
    web = here.network.connect(here.shell().thread, Http(here.first))
    assert web.thread is not None
    found = {
        "share": here.network.connect(web.thread, share).arrival.value,
        "sql": here.network.connect(web.thread, sql).arrival.value,
    }
    other = next(name for name in names if name != listed)
    fixes = (
        f"add {names[other]} to the list",
        f"add HOST/{here.second.name} to the list",
        "grant ANONYMOUS LOGON access",
        "set the level to Delegation",
    )
    left = ("nothing", "a service ticket", "the ticket-granting ticket", "the password")
    anybody = ("nobody", "whoever visited the site", "anybody who may be delegated")
    lies = {one.kind for one in exposure(here.network)[here.first.name]}
    assert lies == {"service ticket"} and not playable_from(here.network, here.first)
    return choose(
        f"A web site on `{here.first.name}` runs as the machine, and clients come by Kerberos. The account `{here.first.name}$` may delegate, *Kerberos only*, to\n\n```\n{names[listed]}\n```\n\n"
        f"The site opens a share and a database on `{here.second.name}`, as its client. (The database is a service of its own: `{names['MSSQLSvc']}`.)",
        [
            Choice(
                "share",
                "how does the client arrive at the share",
                ARRIVALS,
                found["share"],
                f"{found['share']}: the share is `{names['cifs']}`.",
                instead(ARRIVALS, found["share"], ONE_SPN_FOR_ALL),
            ),
            Choice(
                "sql",
                "and at the database",
                ARRIVALS,
                found["sql"],
                f"{found['sql']}: the database is `{names['MSSQLSvc']}`.",
                instead(ARRIVALS, found["sql"], ONE_SPN_FOR_ALL),
            ),
            Choice(
                "fix",
                "the smallest change that lets both work",
                fixes,
                fixes[0],
                "The list names services; the other one is missing.",
                {fixes[1]: ONE_SPN_FOR_ALL, fixes[2]: ABOUT_PERMISSIONS, fixes[3]: LEVEL_MAKES},
            ),
            Choice(
                "lies",
                f"what of the user lies on `{here.first.name}` after these two hops",
                left,
                left[1],
                "The client handed nothing over, but the server asked for a ticket in the client's name, and holds it.",
                dict.fromkeys((left[0], *left[2:]), WORKS_FOR_FREE),
            ),
            Choice(
                "plays",
                f"whom can SYSTEM on `{here.first.name}` be at `{here.second.name}` without their visit",
                anybody,
                anybody[0],
                "Kerberos only: without a ticket that the client brought, the controller gives none that may be passed on.",
                {anybody[2]: WORKS_FOR_FREE},
            ),
        ],
        hints=(
            "Compare the name of each service with the list, letter by letter.",
            "A machine has many services, and each has a name.",
        ),
        difficulty={"services": 2},
        given={"listed": listed, "missing": names[other]},
    )


LIES = {(): "nothing", ("service ticket",): "a service ticket"}
PRICES = (
    "nothing; nobody",
    "a service ticket; nobody",
    "a service ticket; anybody",
    "a ticket-granting ticket; nobody",
    "the password; nobody",
)


def price(way: str, mend: str) -> str:
    """What then lies on the servers at worst, and who can be played from there: one of `PRICES`."""
    _, exposed, kinds, _ = hop(way, mend)
    worst = "the password" if "password" in kinds else "a ticket-granting ticket" if "TGT" in kinds else ""
    return f"{worst or LIES[kinds]}; {'anybody' if exposed.playable else 'nobody'}"


@exercise("12.4", "The price", Kind.PREDICT, minutes=8, points=6, aims=(2,), rows=(35, 40, 52))
def the_price(stream: Stream) -> Task:
    pairs = stream.shuffled(
        [
            (stream.pick(("web, Kerberos", "WinRM, Kerberos", "share, Kerberos")), "unconstrained"),
            (stream.pick(("web, Kerberos", "share, Kerberos")), "Kerberos only"),
            (stream.pick(("web, NTLM", "share, NTLM")), "any protocol"),
            (stream.pick(CARRIED), "none"),
            (stream.pick(("web, Kerberos", "WinRM, Kerberos", "share, NTLM")), "resource-based"),
            ("RDP, Credential Guard", "none"),
        ]
    )
    choices = []
    for number, (way, mend) in enumerate(pairs, 1):
        exposed, right = hop(way, mend)[1], price(way, mend)
        if mend != "none":
            why = f"{MENDS[mend].capitalize()}."
        else:
            why = (
                "What was handed over on the way in stays."
                if exposed.lies
                else "Requests go back to the desk."
            )
        says = f"{right} (exposure: {exposed}). {why}"
        choices.append(
            Choice(
                f"case_{number}",
                f"**{way}**, fix: {mend}",
                PRICES,
                right,
                says,
                instead(PRICES, right, WORKS_FOR_FREE),
            )
        )
    return choose(
        "Each of these lets the user reach the share on the second server as himself. Exposure has two parts. What of his lies on the two servers then, at worst, for SYSTEM there? And whom can SYSTEM on the "
        "first server be at the second one without their visit: nobody, or anybody who may be delegated?",
        choices,
        hints=(
            "Was a secret sent, or a ticket, or did a server only ask the controller? Who asks, holds what it was given.",
            "Must the client have brought a ticket? Where not, the server can name whom it likes.",
        ),
        difficulty={"cases": len(pairs)},
        given={"cases": tuple(pairs)},
    )


@exercise(
    "12.5",
    "The fix with the least exposure",
    Kind.MEND,
    minutes=10,
    points=5,
    aims=(2, 3),
    rows=(39, 40, 52),
    cases=("MicrosoftDocs/PowerShell-Docs#5861", "ansible-collections/ansible.windows#383"),
)
def least_exposure(stream: Stream) -> Task:
    way, why = stream.pick(
        (
            ("WinRM, Kerberos", "administrators work in PowerShell remoting, by name"),
            ("web, Kerberos", "clients come to a web site by its name"),
            ("web, NTLM", "clients come to a web site by its address"),
            ("share, NTLM", "an old program opens the first share by its address"),
        )
    )
    mends = stream.shuffled(tuple(MENDS))
    best = min(hop(way, mend)[1] for mend in MENDS if hop(way, mend)[0] == USER)

    def read(answer: object) -> str:
        if type(answer) is not str or answer not in MENDS:
            raise AnswerError(f"expected one of {', '.join(map(repr, mends))}")
        return answer

    def arrives(mend: str) -> Finding:
        found = hop(way, mend)[0]
        belief = (
            CONSTRAINED_FIXES_ALL
            if mend in ("Kerberos only", "any protocol")
            else NTLM_CAN_DELEGATE
            if "NTLM" in way
            else ABOUT_PERMISSIONS
        )
        return Finding(found == USER, f"{mend}: {found}. {MENDS[mend].capitalize()}.", belief, _flip(way))

    def cheap(mend: str) -> Finding:
        found, exposed, kinds, _ = hop(way, mend)
        if found != USER:
            return Finding(False, "what does not work is not cheap, it is useless", ABOUT_PERMISSIONS)
        return Finding(
            exposed <= best,
            f"exposure: {exposed} ({', '.join(kinds) or 'nothing'} of the user lies on the servers)",
            WORKS_FOR_FREE,
            _flip(way),
        )

    return build(
        f"The first hop cannot be changed: {why} (**{way}**). The second must reach the share **as the user**, with the least exposure: as little as possible lies on the servers, and where that is equal, as few "
        "people as possible can be played from there. Choose the fix: "
        + ", ".join(f"`{mend}`" for mend in mends)
        + ".",
        [
            Requirement("the user arrives at the share as the user", arrives, 3),
            Requirement("no fix that works has less exposure", cheap, 2),
        ],
        read=read,
        example="none",
        blank="",
        hints=(
            "Who would have to ask the controller: a service, or the user's own process? Does it have a ticket of the client?",
            "Where the client brings a ticket, a list for Kerberos only lets nobody be played.",
        ),
        difficulty={"mends": len(mends)},
        given={"way": way},
    )


@cache
def _flip(way: str) -> str:
    changes = [change for change in single_changes(double_hop(way)) if change.way == way]
    return f"the fix {changes[0].mend!r}, exposure: {changes[0].exposure}" if changes else ""


@exercise("12.6", "The controller is asked twice", Kind.ORDER, minutes=6, points=5, aims=(1, 2), rows=(52,))
def asked_twice(stream: Stream) -> Task:
    here = office(stream)
    lines = [
        f"{here.user}'s desk gets a ticket-granting ticket (AS)",
        f"the desk asks for a ticket to the web site on {here.first.name} (TGS)",
        f"the desk shows that ticket to {here.first.name} (AP)",
        f"{here.first.name} asks the controller for a ticket to {here.second.name} in {here.user}'s name, with {here.user}'s ticket as evidence (S4U2proxy)",
        f"the controller looks whether {here.second.name} is on {here.first.name}'s list",
        f"{here.first.name} shows the new ticket to {here.second.name}",
    ]
    return arrange(
        f"Constrained delegation, Kerberos only, from `{here.first.name}` to `{here.second.name}`. Put the messages in order.",
        lines,
        [
            Before(0, 1, "one asks for tickets with the ticket-granting ticket"),
            Before(1, 2, "a ticket is shown after it was given"),
            Before(
                2,
                3,
                "the evidence is the ticket that the client showed: without a visit there is none",
                CONSTRAINED_FIXES_ALL,
            ),
            Before(3, 4, "the list is looked at by the controller, when it is asked", LEVEL_MAKES),
            Before(4, 5, "only then there is a ticket for the second hop", ABOUT_PERMISSIONS),
        ],
        stream,
        hints=("First the visit, then the hop.", "Who decides about the hop: a server, or the controller?"),
        difficulty={},
    )


@exercise(
    "12.7",
    "The target's own word",
    Kind.BUILD,
    minutes=8,
    points=4,
    aims=(3,),
    rows=(52,),
    cases=("MicrosoftDocs/PowerShell-Docs#5861", "Adaptix-Framework/Extension-Kit#146"),
)
def targets_word(stream: Stream) -> Task:
    here = office(stream)
    target = here.domain.account(f"{here.second.name}$")
    wanted, unwanted = here.domain.account(f"{here.first.name}$"), here.domain.account(f"{here.desk.name}$")
    shell = here.shell()

    def set_to(descriptor: object) -> None:
        here.domain.delegation(target).from_others = descriptor  # type: ignore[assignment]

    def lets(account: object, yes: bool, says: str) -> Callable[[object], Finding]:
        def judge(descriptor: object) -> Finding:
            set_to(descriptor)
            if not yes and not here.domain.may_act_on_behalf(target, wanted):
                return Finding(
                    False, f"nobody may: not even {here.first.name}, who has to", ABOUT_PERMISSIONS
                )
            found = here.domain.may_act_on_behalf(target, account)  # type: ignore[arg-type]
            return Finding(found is yes, says, ONE_SPN_FOR_ALL)

        return judge

    def arrives(descriptor: object) -> Finding:
        set_to(descriptor)
        remote = here.network.connect(shell.thread, WinRm(here.first))
        assert remote.thread is not None
        hop = here.network.connect(remote.thread, SmbShare(here.second))
        belief = CONSTRAINED_FIXES_ALL
        if hop.arrival.value != USER and "KDC_ERR_BADOPTION" in hop.why and _has_generic(descriptor):
            belief = GENERIC_IS_ENOUGH
        return Finding(hop.arrival.value == USER, f"the remote session arrives {hop.arrival.value}", belief)

    return build(
        f"`{here.full(here.user)}` works in a remote PowerShell session on `{here.first.name}` and needs a share of `{here.second.name}`. Write the descriptor for "
        f"msDS-AllowedToActOnBehalfOfOtherIdentity of `{here.second.name}$`, as SDDL. The machine accounts: `{wanted.name}` is `{wanted.sid}`, `{unwanted.name}` is `{unwanted.sid}`. "
        "The controller makes an access check with it as it stands: nobody maps generic rights there, so name the rights themselves; full control of a directory object is `0xF01FF`.",
        [
            Requirement(
                f"{here.first.name} may speak for its clients",
                lets(wanted, True, "the access check on the target's descriptor says so"),
            ),
            Requirement(f"{here.desk.name} may not", lets(unwanted, False, "only who is named may")),
            Requirement("the remote session reaches the share as the user", arrives, 2),
        ],
        read=read_descriptor(ADMINISTRATORS),
        example="D:(A;;FR;;;BU)",
        blank="",
        hints=(
            "Who asks the controller: the machine on which the session runs.",
            "One line is enough; Everyone is too many.",
        ),
        difficulty={"machines": 3},
        given={"caller": wanted.sid},
    )


def _has_generic(descriptor: object) -> bool:
    """Does one of its lines name generic rights?"""
    assert isinstance(descriptor, SecurityDescriptor)
    return any(ace.mask & GENERIC_RIGHTS for ace in descriptor.dacl or ())
