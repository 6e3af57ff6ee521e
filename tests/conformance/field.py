"""``../shared/field``: what people pasted and asked, and what really happened (its ``INDEX.tsv``).

What is right stands here, in terms of the model: for each file what it must come out as. `DIFFERENCES` are
the rows in which the model is not to follow.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import Any

from tests.support import load_json, shared_file
from tokenlab.security import SecurityContext, SecurityDescriptor, access_check
from tokenlab.security.context import AppContainer
from tokenlab.values import OBJECT_TYPES, AccessRights, GenericMapping, ObjectType, Sid

DIFFERENCES = {
    "n13.py": "who may register a task is not modelled, only who may run one",
    "n38c.py": "the thread says that every child gets an empty DACL; its sequel, #1636, says the token's "
    "default for new ones, as [MS-DTYP] 2.5.3.4 does: empty is what was there and had inherited ACEs only",
}


def index() -> dict[str, dict[str, str]]:
    """The rows of ``INDEX.tsv``, by file."""
    with shared_file("field/INDEX.tsv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def text_of(name: str) -> str:
    """The pasted text, as it lies there; bytes that are no UTF-8 become a sign, as in a browser."""
    return shared_file(f"field/{name}").read_bytes().decode("utf-8", "replace")


# --- s: descriptors ------------------------------------------------------------------------------

_YES = "s01a s02b s03 s05b s08b s11b s16c s17c s17f s18b s18c s27b"
_NO = "s02a s04 s05a s07a s08a s09 s10a s11a s15b s16a s17a s17d s18 s26a s26c s26d s28 s29b"
GRANTED = dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)
"""File without its ending: is the access granted?"""

# s18: the attribute of resource-based delegation, which a controller reads itself
BY_THE_CONTROLLER = ("s18", "s18b", "s18c")

_DOMAIN = "S-1-5-21-2154378322-3929449213-1104335884"
_OWN = GenericMapping(0x1, 0x2, 0x4, 0x7)  # of a type that the model does not have: four rights, all its own


def case(name: str) -> dict[str, Any]:
    found: dict[str, Any] = load_json(f"field/{name}.json")
    return found


def is_granted(name: str) -> bool:
    """What the check says; SYSTEM owns what names no owner, as the service manager's objects do."""
    row = case(name)
    who = row["who"]
    assert isinstance(who, dict)
    context = SecurityContext(
        who["user"],
        who["groups"],
        integrity=who.get("integrity", "medium"),
        restricted_sids=who.get("restricted", ()),
        app=AppContainer(Sid(who["app"])) if "app" in who else None,
    )
    kind = OBJECT_TYPES.get(str(row["kind"])) or ObjectType(str(row["kind"]), AccessRights, _OWN)
    descriptor = SecurityDescriptor.from_sddl(str(row["sddl"]), _DOMAIN, owner="SY", group="SY")
    parent = SecurityDescriptor.from_sddl(str(row["parent"])) if "parent" in row else None
    return access_check(context, descriptor, int(str(row["desired"])), kind, parent=parent).granted


# --- w: whoami -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Token:
    """What must be read from a print-out: user, number of groups, level, enabled privileges."""

    user: str
    groups: int
    level: str
    enabled: tuple[str, ...] = ()
    disabled: int = 0
    marked: tuple[tuple[str, str], ...] = ()  # SID and one attribute it must have, by name
    notes: tuple[str, ...] = ()  # words that a note must have


_ON = ("SeChangeNotifyPrivilege", "SeImpersonatePrivilege", "SeCreateGlobalPrivilege")
_IUSR = Token("S-1-5-17", 7, "High", _ON, marked=(("S-1-5-6", "USE_FOR_DENY_ONLY"),))
_WINRM = ("SeMachineAccountPrivilege", "SeChangeNotifyPrivilege", "SeIncreaseWorkingSetPrivilege")

TOKENS = {
    "w01_es_iusr.txt": _IUSR,
    "w02_fr_name_then_groups.txt": Token(
        "S-1-5-18", 3, "System", marked=(("S-1-5-32-544", "OWNER"),), notes=("autorite nt",)
    ),
    "w04_fr_translated_no_rulers.txt": Token(f"{_DOMAIN}-1003", 10, "Medium"),
    "w05_de_priv_markdown.txt": Token(f"{_DOMAIN}-1105", 0, "Medium", _ON, 9),
    "w07_de_csv_elevated.csv": Token(
        f"{_DOMAIN}-1001", 3, "High", marked=(("S-1-5-32-544", "OWNER"), ("S-1-5-32-544", "ENABLED"))
    ),
    "w08_zh_msa_wrapped.txt": Token(
        f"{_DOMAIN}-1001",
        13,
        "Medium",
        ("SeChangeNotifyPrivilege",),
        4,
        marked=(("S-1-5-32-544", "USE_FOR_DENY_ONLY"), ("S-1-5-114", "USE_FOR_DENY_ONLY")),
    ),
    "w09_zh_winrm_dnsadmins.txt": Token(
        "S-1-5-21-298176814-2846777796-698167141-1103",
        10,
        "Medium Plus",
        _WINRM,
        marked=(("S-1-5-21-298176814-2846777796-698167141-1101", "RESOURCE"),),
    ),
    "w12_en_winrm_list.txt": Token(f"{_DOMAIN}-1105", 8, "Medium Plus", _WINRM),
    "w13_en_win7_low.txt": Token(f"{_DOMAIN}-1001", 8, "Low"),
    "w14b_en_redacted_xx.txt": Token(
        "S-1-5-21-", 7, "High", marked=(("S-1-5-32-544", "OWNER"),), notes=("S-1-5-21-xx",)
    ),
    "w16_ansible_win_whoami.json": Token(
        f"{_DOMAIN}-1001",
        3,
        "High",
        ("SeChangeNotifyPrivilege", "SeDebugPrivilege"),
        1,
        marked=(("S-1-5-32-544", "OWNER"), ("S-1-5-32-544", "ENABLED")),
    ),
    "w18_mixed_markdown_emoji.txt": Token(
        f"{_DOMAIN}-1103",
        0,
        "Medium",
        ("SeChangeNotifyPrivilege", "SeManageVolumePrivilege", "SeImpersonatePrivilege"),
        2,
    ),
    "w20_sql_mangled_headings.txt": Token(
        "S-1-5-80-3880006512-4290199581-1648723128-3569869737-3631323133",
        9,
        "High",
        (*_ON, "SeManageVolumePrivilege"),
        3,
    ),
    "w21_en_groups_only.txt": Token("S-1-", 6, "High", notes=("no user",)),
    "w22_utf16_read_as_bytes.txt": Token(f"{_DOMAIN}-1001", 8, "Low", notes=("UTF-16",)),
    "w23_quoted_reply_with_words.txt": Token(f"{_DOMAIN}-1001", 8, "Low"),
    "w24_es_wrong_codepage.txt": _IUSR,
}
REFUSED_TOKENS = {"w17_container_token_tool.txt": "whoami"}
"""Other tools' print-outs: refused, with a word that the sentence must have."""


# --- e: logs -------------------------------------------------------------------------------------

_STORY = (4688, 4688, 4624, 4688, 4688, 4688, 4688)  # one recording, in many forms

LOGS: dict[str, tuple[int, ...]] = {
    "e01_evtx_dump_pretty.json": (1102, 4648),
    "e03_evtx_with_wrapper.jsonl": (4688, 4688),
    "e04_winlogbeat.ndjson": _STORY,
    "e05_wazuh.jsonl": _STORY,
    "e06_sentinel_security_event.json": _STORY,
    "e09_splunk_export.json": _STORY,
    "e11_xml_control_character.xml": (4661, 4661),
    "e11b_xml_control_reference.xml": (4688,),
    "e14_event_viewer_save_as_xml.xml": (4688,),
    "e15b_windows7_token_manip.xml": (4624, 4688, 4688, 4688),
    "e16_guid_without_braces.xml": (1102, 4648, 4624),
    "e19_velociraptor.jsonl": (4688, 4688),
    "e24_xml_last_event_cut.xml": _STORY[:-1],
    "e25_prompt_before.xml": (4688,),
    "e26_sigma_4648.json": (4648,),
    "e27_single_line_xmlwineventlog.txt": _STORY,
}
"""The numbers of the records that must be read."""

REFUSED_LOGS = {
    "e08_event_viewer_text.txt": "ToXml",
    "e18_hayabusa.jsonl": "hayabusa",
}
"""Refused, with a word of the command that exports what can be read."""

_TOOL = r"\Device\Mup\VBoxSvr\Users\cosmo\Downloads\tool\x64\Debug\tool.exe"
BORROWED = {
    name: [_TOOL] if ids[:4] == _STORY[:4] else []
    for name, ids in LOGS.items()
    if 4624 in ids and 4688 in ids
}
"""The programs that were started for the logon of type 9: Windows 7 does not say."""
