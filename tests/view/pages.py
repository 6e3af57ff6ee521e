"""What the tests of the pictures share: real values to draw, and a strict reader of HTML."""

from dataclasses import replace
from html.parser import HTMLParser

from tokenlab import FileRights, SecurityContext, SecurityDescriptor, access_check
from tokenlab.security import AccessDecision
from tokenlab.security.check.central_policy import CentralPolicy, CentralRule
from tokenlab.security.context import AppContainer
from tokenlab.values import DIRECTORY_OBJECT, FILE, SERVICE, ObjectType, Sid

DOMAIN = "S-1-5-21-1004336348-1177238915-682003330"

# A descriptor and its type of object: a Windows folder's, a service's, one of a directory, and the odd ones.
DESCRIPTORS: dict[str, tuple[str, ObjectType]] = {
    "hosts file": ("O:SYG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU)(A;;0x1200a9;;;AC)", FILE),
    "service": (
        "D:(A;;CCLCSWLOCRRC;;;AU)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;CCLCSWRPWPDTLOCRRC;;;SY)"
        "S:(AU;FA;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;WD)",
        SERVICE,
    ),
    "directory object": (
        f"O:{DOMAIN}-512G:{DOMAIN}-512D:PAI(OD;CI;WP;f3a64788-5306-11d1-a9c5-0000f80367c1;;{DOMAIN}-1205)"
        "(OA;CIIO;CCDCLC;c975c901-6cea-4b6f-8319-d67f45449506;4828cc14-1437-45bc-9b07-ad6f015e5f28;AU)"
        "(A;;RPLCLORC;;;AU)",
        DIRECTORY_OBJECT,
    ),
    "label, condition, inheritance": (
        f"O:{DOMAIN}-1104G:{DOMAIN}-513D:AI(D;;0x116;;;{DOMAIN}-513)(A;OICIIO;GA;;;CO)(A;OICIID;0x1301bf;;;AU)"
        '(XA;;FX;;;WD;(@User.Title == "PM"))S:(ML;;NW;;;HI)(RA;;;;;WD;("Project",TS,0,"Windows"))',
        FILE,
    ),
    "NULL DACL": ("O:SYG:SYD:NO_ACCESS_CONTROL", FILE),
    "empty DACL": ("O:SYG:SYD:", FILE),
    "no DACL": ("O:SYG:SY", FILE),
    "nothing": ("", FILE),
    "a bit that no file right has": ("O:SYG:SYD:(A;;0x2035b;;;WD)", FILE),
}

USER = SecurityContext(
    f"{DOMAIN}-1104",
    groups=[
        "S-1-1-0",
        "S-1-5-11",
        "S-1-5-32-545",
        ("S-1-5-32-544", 0x10),
        ("S-1-5-5-0-123456", 0xC0000007),
        ("S-1-5-32-559", 0),
    ],
    privileges=["SeChangeNotifyPrivilege", ("SeShutdownPrivilege", 0)],
    notes=["the attributes of one group were cut off"],
)


def descriptor(name: str) -> SecurityDescriptor:
    return SecurityDescriptor.from_sddl(DESCRIPTORS[name][0])


HOSTS = descriptor("hosts file")

DECISIONS: dict[str, AccessDecision] = {
    "granted": access_check(USER, HOSTS, FileRights.READ),
    "granted in part": access_check(USER, HOSTS, FileRights.READ | FileRights.WRITE_DATA),
    "the most there is": access_check(USER, HOSTS, FileRights.MAXIMUM_ALLOWED),
    "denied by a line": access_check(
        USER,
        SecurityDescriptor.from_sddl("O:SYG:SYD:(D;;WO;;;AU)(A;;FR;;;WD)(D;;FW;;;BA)(A;;FA;;;WD)"),
        FileRights.READ | FileRights.WRITE_DATA,
    ),
    "denied by integrity": access_check(USER, descriptor("label, condition, inheritance"), FileRights.DELETE),
    "privilege missing": access_check(USER, HOSTS, FileRights.READ | FileRights.ACCESS_SYSTEM_SECURITY),
    "by privilege alone": access_check(
        USER.with_privilege("SeTakeOwnershipPrivilege"), HOSTS, FileRights.WRITE_OWNER
    ),
    "by ownership": access_check(
        USER, SecurityDescriptor.from_sddl(f"O:{DOMAIN}-1104G:SYD:"), FileRights.WRITE_DAC
    ),
    "NULL DACL": access_check(USER, descriptor("NULL DACL"), FileRights.ALL_ACCESS),
    "empty DACL": access_check(USER, descriptor("empty DACL"), FileRights.READ),
    "no owner": access_check(USER, descriptor("service"), 0x80000000, SERVICE),
    "generic right left": access_check(USER, HOSTS, 0x80000000, premapped=True),
    "asked for nothing": access_check(USER, HOSTS, 0),
    "lent by the folder": access_check(
        USER,
        SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FR;;;AU)"),
        FileRights.DELETE,
        parent=SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FA;;;AU)"),
    ),
}
POLICY = "S-1-17-1-2-3"
OPEN = "O:SYG:SYD:(A;;FA;;;WD)"
APP = replace(USER, app=AppContainer(Sid("S-1-15-2-1-2-3-4-5-6-7")))
DECISIONS |= {
    "not trusted": access_check(
        USER, SecurityDescriptor.from_sddl(f"{OPEN}S:(TL;;0x1;;;S-1-19-512-4096)"), FileRights.WRITE_DATA
    ),
    "stopped by a filter": access_check(
        USER, SecurityDescriptor.from_sddl(f"{OPEN}S:(FL;;0x1;;;WD;(@User.a == 1))"), FileRights.WRITE_DATA
    ),
    "an app without a DACL": access_check(APP, descriptor("NULL DACL"), FileRights.READ_DATA),
    "refused by a central rule": access_check(
        USER,
        SecurityDescriptor.from_sddl(f"{OPEN}S:(SP;;;;;{POLICY})"),
        FileRights.WRITE_DATA,
        policies={POLICY: CentralPolicy(Sid(POLICY), (CentralRule("finance", "D:(A;;FR;;;WD)"),))},
    ),
    "refused to the app": access_check(APP, SecurityDescriptor.from_sddl(OPEN), FileRights.READ_DATA),
}


class Page(HTMLParser):
    """HTML, read strictly: every tag closed in its turn, attributes written once."""

    VOID = ("br", "col", "wbr")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []  # what can be seen
        self.said: list[str] = []  # titles and labels
        self._open: list[tuple[str, bool]] = []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        assert len(values) == len(attrs), f"an attribute twice in <{tag}>"
        self.tags.append((tag, values))
        self.said += [values[name] for name in ("title", "aria-label") if name in values]
        if tag not in self.VOID:
            hidden = bool(self._open and self._open[-1][1]) or "wait" in values.get("class", "").split()
            self._open.append((tag, hidden or tag == "style"))
        if tag != "wbr":
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1][0] == tag, f"</{tag}> closes {self._open[-1:]}"
        self._open.pop()
        self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self.words.append(data)

    @property
    def visible(self) -> str:
        return " ".join("".join(self.words).split())

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)
