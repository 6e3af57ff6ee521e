"""Worlds of lesson 08: how a browser locks itself in."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from tokenlab.security import Ace, Acl, SecurityContext, SecurityDescriptor, access_check
from tokenlab.system import RestrictFlags, Token
from tokenlab.teach.answers import AnswerError, Plain
from tokenlab.teach.deciding import why
from tokenlab.teach.exercise import FunctionCall
from tokenlab.teach.exercises.scenes import Names, dealt, office
from tokenlab.teach.judgement import PartFinding
from tokenlab.teach.misconceptions import Misconception, believe
from tokenlab.teach.variant import Stream
from tokenlab.values import FileRights, Sid, SidError

EVERYONE, ADMINS = Sid("S-1-1-0"), Sid("S-1-5-32-544")
READ, WRITE = FileRights.READ_DATA, FileRights.WRITE_DATA
FIRST_PASS_ONLY = believe("the-users-rights-are-enough")
ANY_SECOND_PASS = believe("any-second-pass-is-a-wall")


def sddl(text: str) -> SecurityDescriptor:
    return SecurityDescriptor.from_sddl(f"O:SYG:SYD:{text}")


# 08.1 to 08.3: what the access check answers --------------------------------------------------------------
def three_states(stream: Stream) -> Names:
    """A group in three states, and five files that name it."""
    domain = stream.domain()
    (user,), (team,) = stream.people(1, domain), stream.groups(1, domain)
    allow, deny, everyone = f"(A;;FR;;;{team.sid})", f"(D;;FR;;;{team.sid})", "(A;;FR;;;WD)"
    files = dict(
        zip("ABCDE", (allow, deny + everyone, everyone + deny, allow + everyone, deny + allow), strict=True)
    )
    cases = []
    for file, dacl in files.items():
        decides = {
            state: _decider(SecurityContext(user.sid, [EVERYONE, (team.sid, attributes)]), dacl)
            for state, attributes in {"enabled": 0x7, "disabled": 0x0, "deny-only": 0x10}.items()
        }
        for state, right in decides.items():
            case = {"state": state, "file": file, "right": right, "beliefs": {}}
            if state == "deny-only" and right != decides["disabled"]:
                case["beliefs"] = {decides["disabled"]: "deny-only-is-gone"}
            cases.append(case)
    listing = "\n".join(f"{file}  {dacl}" for file, dacl in files.items())
    return dealt(stream, cases, 6, tries=("state", "file")) | {"user": user, "team": team, "listing": listing}


def _decider(context: SecurityContext, dacl: str) -> str:
    """Which ACE decides READ_DATA."""
    descriptor = sddl(dacl)
    decision = access_check(context, descriptor, READ)
    place = decision.reasons[int(READ)].place
    if place is None or place < 0:
        return "refused: no ACE allows it"
    assert descriptor.dacl is not None
    of_everyone = descriptor.dacl[place].sid == EVERYONE
    answer = "granted" if decision.granted else "refused"
    return f"{answer} by the ACE for {'Everyone' if of_everyone else 'the group'}"


def _what_decides(stripped: bool, first: bool, granted: bool) -> Names:
    """What answers a token that is stripped, or restricted; ``first`` is the pass with the user's SIDs."""
    if not first:
        decides = "refused: the first pass does not grant it"
        return _because(decides, "the DACL names neither the user nor a group of the user's")
    if stripped:
        decides, belief = "granted: no privilege is asked for", "privileges-open-files"
        wrong = {"refused: a privilege is missing": belief}
        return _because(decides, "each DACL is asked with SIDs, never with privileges", wrong)
    if granted:
        return _because("granted: both passes grant it", "the DACL names the user, and the restricting SID")
    decides = "refused: the second pass does not grant it"
    wrong = {"granted: both passes grant it": "the-users-rights-are-enough"}
    return _because(decides, "the DACL does not name the restricting SID", wrong)


def _because(right: str, why: str, beliefs: dict[str, str] | None = None) -> Names:
    return {"right": right, "why": why, "beliefs": beliefs or {}}


def no_privileges(stream: Stream) -> Names:
    """A token without privileges, and tokens with a restricting SID that DACLs name or do not name."""
    here = office(stream)
    shell = here.shell()
    me, nobodys, work = shell.token.context.user, stream.pick(("S-1-5-12", "S-1-0-0")), _made_up(stream)
    stripped = shell.token.restrict(flags=RestrictFlags.DISABLE_MAX_PRIVILEGE)
    tokens = {"its privileges are stripped": stripped}
    tokens |= {
        f"`{sid}` is the restricting SID": shell.token.restrict(restrict_to=[sid]) for sid in (nobodys, work)
    }
    acts = {
        "writes the user's notes, which are the user's alone": (f"(A;;FA;;;{me})", WRITE),
        "reads the compiler, which Users may read": ("(A;;0x1200a9;;;BU)", READ),
        f"writes a file that names both the user and `{work}`": (f"(A;;FA;;;{me})(A;;FA;;;{work})", WRITE),
        f"writes a file that names `{work}`, and has no ACE for the user": (f"(A;;FA;;;{work})", WRITE),
        "reads a colleague's notes, which are that colleague's alone": (f"(A;;FA;;;{me}9)", READ),
    }
    cases = []
    for (told, token), (act, (dacl, right)) in product(tokens.items(), acts.items()):
        first = access_check(shell.token.context, sddl(dacl), right).granted
        if first or token is stripped or work in dacl:  # else both passes refuse
            granted = access_check(token.context, sddl(dacl), right).granted
            cases.append({"token": told, "act": act} | _what_decides(token is stripped, first, granted))
    missing = "SeShutdownPrivilege is gone with the others, and no DACL gives it back"
    assert not stripped.context.has_privilege("SeShutdownPrivilege")
    shuts = {
        "token": next(iter(tokens)),
        "act": "shuts the desk down",
        "right": "refused: a privilege is missing",
    }
    found = {"full": here.full(here.user), "nobodys": nobodys, "work": work}
    return found | dealt(stream, [*cases, shuts | {"why": missing, "beliefs": {}}], 5, tries=("token", "act"))


def _made_up(stream: Stream) -> str:
    """A SID that is made up for a sandbox's own files."""
    parts = [stream.number(10**8, 10**9) for _ in range(3)]
    return "-".join(map(str, ("S-1-5-21", *parts, stream.number(1000, 2000))))


def two_passes(stream: Stream) -> Names:
    """Restricted and write-restricted tokens, and which of the two passes refuses."""
    here = office(stream)
    shell = here.shell()
    me, mine = shell.token.context.user, shell.token.context
    dacls = [
        *(f"(A;;FR;;;BU)(A;;FW;;;{me})", "(A;;FR;;;AU)", f"(A;;FA;;;{me})", "(A;;FA;;;WD)", "(A;;FR;;;BU)"),
        *("(A;;FA;;;BA)", "(A;;FA;;;S-1-5-12)", f"(A;;FA;;;{me})(A;;FR;;;S-1-5-12)"),
    ]
    cases = []
    kinds = {"restricted": RestrictFlags(0), "write-restricted": RestrictFlags.WRITE_RESTRICTED}
    restricting = {"BU": "Users", "S-1-5-12": "`S-1-5-12`"}
    for kind, sid, dacl, right in product(kinds, restricting, dacls, (READ, WRITE)):
        only = Sid("S-1-5-32-545" if sid == "BU" else sid)
        token = shell.token.restrict(restrict_to=[only], flags=kinds[kind])
        asked = kind == "restricted" or right == WRITE
        first = access_check(mine, sddl(dacl), right).granted
        second = not asked or access_check(SecurityContext(only), sddl(dacl), right).granted
        assert access_check(token.context, sddl(dacl), right).granted == (first and second)
        case = {"kind": kind, "restricting": sid, "to": restricting[sid], "dacl": dacl, "asked": right.name}
        verdict = PASSES[first, second]
        beliefs = {"granted": "the-users-rights-are-enough"} if first and not second else {}
        cases.append(case | {"right": verdict, "beliefs": beliefs})
    return dealt(stream, cases, 5, tries="kind restricting dacl asked") | {
        "full": here.full(here.user),
        "me": me,
    }


PASSES = {
    (True, True): "granted",
    (False, True): "refused by the first pass alone",
    (True, False): "refused by the second pass alone",
    (False, False): "refused by both passes",
}


# 08.4, 08.5: tokens that are built ------------------------------------------------------------------------
def _sids(value: object) -> list[Sid]:
    if type(value) is not list or len(value) > 20:
        raise AnswerError("expected a list of SIDs, for example ['S-1-5-32-545']")
    try:
        return [Sid(one) for one in value]
    except (SidError, TypeError, AttributeError) as wrong:
        raise AnswerError(f"expected SIDs, for example ['S-1-5-32-545']: {wrong}") from None


def open_door(stream: Stream) -> Names:
    """A list of restricting SIDs that lets too much through."""
    here = office(stream)
    shell = here.shell()
    work = _made_up(stream)
    drop, mine = sddl("(A;;FA;;;WD)"), sddl(f"(A;;FA;;;{shell.token.context.user})(A;;FA;;;{work})")
    programs = sddl("(A;;0x1200a9;;;BU)(A;;FA;;;SY)")

    def closed(token: Token) -> PartFinding:
        if not access_check(token.context, mine, WRITE):
            nothing = "it counts when the token can write the sandbox's own files"
            return PartFinding(False, nothing, FIRST_PASS_ONLY, at_once=True)
        decision = access_check(token.context, drop, WRITE)
        return PartFinding(not decision.granted, why(decision), ANY_SECOND_PASS)

    return {
        "full": here.full(here.user),
        "work": work,
        "read": lambda answer: shell.token.restrict(restrict_to=_sids(answer)),
        "example": ["S-1-1-0", "S-1-5-32-545", work],
        "closed": closed,
        "writes": _can(mine, WRITE),
        "reads": _can(programs, READ),
    }


def _can(descriptor: SecurityDescriptor, right: int) -> Callable[[Token], PartFinding]:
    def judge(token: Token) -> PartFinding:
        decision = access_check(token.context, descriptor, right)
        return PartFinding(decision.granted, why(decision), FIRST_PASS_ONLY)

    return judge


def _bare(made: Token) -> PartFinding:
    left = [str(one.privilege) for one in made.context.privileges]
    right = left in ([], ["SeChangeNotifyPrivilege"])
    return PartFinding(right, f"left: {', '.join(left) or 'none'}", believe("privileges-open-files"))


WHO = {"BU": "Users", "AU": "Authenticated Users", "WD": "Everyone", "IU": "INTERACTIVE"}
BLANK: dict[str, Plain] = {
    "deny_only": [],
    "integrity": "medium",
    "restricting": [],
    "strip_privileges": False,
}


Judge = Callable[[Token], PartFinding]


def _only_with(needed: list[Judge], waits: str, judge: Judge) -> Judge:
    """What holds earns nothing until all that is needed holds too; it ``waits``, and says so."""

    def judged(made: Token) -> PartFinding:
        found = judge(made)
        if found.right and not all(one(made).right for one in needed):
            return PartFinding(False, waits, at_once=True)
        return found

    return judged


def sandbox(stream: Stream) -> Names:
    """A renderer's token to a specification: one group's files stay open, two others' are shut."""
    here = office(stream)
    token = here.shell().token
    opened, *shut = stream.picks(list(WHO), 3)
    runs = _can(sddl(f"(A;;0x1200a9;;;{opened})"), READ)
    idle = f"it counts when the token also reads what {WHO[opened]} may read"
    leaks = f"it counts when the token also keeps closed what is open to {WHO[shut[0]]} and {WHO[shut[1]]}"

    def read(answer: object) -> Token:
        if (
            type(answer) is not dict
            or sorted(answer) != list(BLANK)
            or type(answer["strip_privileges"]) is not bool
        ):
            raise AnswerError(f"expected a dict with {', '.join(BLANK)}, for example {BLANK}")
        if answer["integrity"] not in ("medium", "low", "untrusted"):
            raise AnswerError("integrity: expected 'medium', 'low' or 'untrusted'")
        return _locked(token, answer)

    def cannot(dacl: str, right: int, belief: Misconception) -> Judge:
        def judge(made: Token) -> PartFinding:
            decision = access_check(made.context, sddl(dacl), right)
            # Without a restricting SID there is no second pass to believe in.
            second = belief is not ANY_SECOND_PASS or made.context.restricted_sids
            return PartFinding(not decision.granted, why(decision), belief if second else FIRST_PASS_ONLY)

        return _only_with([runs], idle, judge)

    shuts = [cannot(f"(A;;FA;;;{sid})", READ, ANY_SECOND_PASS) for sid in shut]
    return {
        "full": here.full(here.user),
        "user": token.context.user,
        "read": read,
        "example": BLANK,
        "opened": opened,
        "shut": shut,
        "who": [WHO[sid] for sid in (opened, *shut)],
        "blank": dict.fromkeys(BLANK),
        "runs": runs,
        "notes": cannot(f"(A;;FA;;;{token.context.user})", READ, believe("low-cannot-read")),
        "first_shut": shuts[0],
        "second_shut": shuts[1],
        "dropbox": _only_with(shuts, leaks, cannot(f"(A;;FA;;;{opened})", WRITE, FIRST_PASS_ONLY)),
        "bare": _only_with(shuts, leaks, _bare),
    }


def _locked(token: Token, answer: dict[str, object]) -> Token:
    """The token that an answer describes."""
    flags = RestrictFlags.DISABLE_MAX_PRIVILEGE if answer["strip_privileges"] else RestrictFlags(0)
    made = token.restrict(
        disable=_sids(answer["deny_only"]), restrict_to=_sids(answer["restricting"]), flags=flags
    )
    if answer["integrity"] != "medium":
        made.set_integrity(str(answer["integrity"]))
    return made


# 08.6, 08.7 -----------------------------------------------------------------------------------------------
def browser(stream: Stream) -> Names:
    return {"name": stream.pick(("renderer.exe", "decoder.exe", "viewer.exe", "parser.exe"))}


def both_passes(stream: Stream) -> Names:
    cases: list[FunctionCall] = []
    for group in ("one pass", "two passes", "deny-only"):
        count = {True: 0, False: 0}
        while sum(count.values()) < 8:
            arguments = _pass_case(stream, group)
            verdict = _pass_verdict(*arguments)
            if count[verdict] < 4:
                count[verdict] += 1
                cases.append(FunctionCall(arguments, verdict, group))
    return {"cases": cases}


SIDS = tuple(f"S-1-5-21-7-7-7-{number}" for number in range(1101, 1106))


def _pass_case(stream: Stream, group: str) -> tuple[Plain, ...]:
    mine, bits = stream.picks(SIDS, 3), (0x1, 0x2, 0x4)
    deny_only = [mine.pop()] if group == "deny-only" else []
    restricting = stream.picks(SIDS, 2) if group == "two passes" else []
    kinds = ("allow", "allow", "allow", "deny") if group == "two passes" else ("allow", "deny")
    lines: list[Plain] = [
        [stream.pick(kinds), sum(stream.picks(bits, stream.number(1, 2))), stream.pick(SIDS)]
        for _ in range(6)
    ]
    return list(mine), list(deny_only), list(restricting), lines, sum(stream.picks(bits, stream.number(1, 2)))


def _pass_verdict(sids: Plain, deny_only: Plain, restricting: Plain, dacl: Plain, desired: Plain) -> bool:
    """The model's answer to a case."""
    assert (
        isinstance(sids, list)
        and isinstance(deny_only, list)
        and isinstance(restricting, list)
        and isinstance(dacl, list)
    )
    assert isinstance(desired, int)
    make = {"allow": Ace.allow, "deny": Ace.deny}
    lines = Acl(make[kind](sid, mask) for kind, mask, sid in dacl)  # type: ignore
    context = SecurityContext(
        str(sids[0]),
        [*map(str, sids[1:]), *((str(one), 0x10) for one in deny_only)],
        restricted_sids=[str(one) for one in restricting],
    )
    return bool(access_check(context, sddl("").with_dacl(lines), desired))
