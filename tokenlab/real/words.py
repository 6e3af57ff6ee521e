"""The words by which ``whoami`` says how a group counts and whether a privilege is enabled.

Windows translates them. The languages here are those whose words public print-outs show; English is complete.
Others are worked out from what is alike in every ordinary token: most groups are mandatory, enabled by
default and enabled, and SeChangeNotifyPrivilege is enabled.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from tokenlab.real.rows import LABEL, WhoamiRow
from tokenlab.security import GroupAttributes
from tokenlab.values.well_known import LOCAL_SERVICE, LOCAL_SYSTEM, NETWORK_SERVICE

Words = Mapping[str, GroupAttributes]

_BITS = (
    GroupAttributes.MANDATORY,
    GroupAttributes.ENABLED_BY_DEFAULT,
    GroupAttributes.ENABLED,
    GroupAttributes.OWNER,
    GroupAttributes.USE_FOR_DENY_ONLY,
    GroupAttributes.RESOURCE,
)
_ATTRIBUTES = """
Mandatory group|Enabled by default|Enabled group|Group owner|Group used for deny only|Local Group
Groupe obligatoire|Activé par défaut|Groupe activé|Propriétaire du groupe
Grupo obligatorio|Habilitado de manera predeterminada|Grupo habilitado||Grupo usado solo para denegar
Grupo obrigatório|Ativado por padrão|Grupo ativado|Proprietário do grupo|Grupo usado apenas para negar
Обязательная группа|Включены по умолчанию|Включенная группа||Группа, используемая только для запрета
固定グループ|既定で有効|有効なグループ|グループ所有者|拒否のみに使用するグループ
必需的组|启用于默认|启用的组|组的所有者|只用于拒绝的组|本地组
"""
_ENABLED = "Enabled Aktiviert Activé Habilitada Habilitado Abilitato 有効 已启用"
_DISABLED = "Disabled Deaktiviert Désactivé Deshabilitado Deshabilitada Disabilitato 無効 已禁用"


SERVICE_ACCOUNTS = {
    name: sid
    for sid, names in (
        (
            LOCAL_SYSTEM,
            r"nt authority\system|autorite nt\systeme|nt-autoritat\system|nt authority\sistema|"
            r"autoridade nt\sistema",
        ),
        (
            LOCAL_SERVICE,
            r"nt authority\local service|autorite nt\service local|nt-autoritat\lokaler dienst|"
            r"nt authority\servicio local",
        ),
        (
            NETWORK_SERVICE,
            r"nt authority\network service|autorite nt\service reseau|nt-autoritat\netzwerkdienst|"
            r"nt authority\servicio de red",
        ),
    )
    for name in names.split("|")
}
"""The accounts of services by the names that ``whoami`` prints, without accents."""


def without_accents(text: str) -> str:
    """The text in small letters, an accent less: a wrong code page spoils only these."""
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _squeezed(text: str) -> str:
    """Without the spaces and line ends that wrapping puts anywhere."""
    return re.sub(r"[\s|]+", "", text)


def _pattern(word: str) -> str:
    """The word as a pattern: a wrong code page turns a letter with an accent into some other sign or two."""
    return re.sub(r"[À-ſ]", "[^,]{1,2}", re.escape(word))


KNOWN: Words = {
    _squeezed(word): bit
    for line in _ATTRIBUTES.strip().splitlines()
    for word, bit in zip(line.split("|"), _BITS, strict=False)
    if word
}
_STATES = [
    (_pattern(word), state)
    for words, state in ((_ENABLED, True), (_DISABLED, False))
    for word in words.split()
]


def attributes_in(text: str, words: Words = KNOWN) -> tuple[int, str]:
    """The attributes that the text begins with; and the word, if any, that is not one of ``words``."""
    rest = _squeezed(re.sub(rf"\A[\s\"',;|]*(?:{LABEL})?", "", text)).rstrip("\"'")
    found = 0
    while rest:
        hits = ((re.match(_pattern(word), rest), bit) for word, bit in words.items())
        hit, bit = next(((hit, bit) for hit, bit in hits if hit), (None, GroupAttributes(0)))
        if hit is None:
            return found, rest.partition(",")[0] if found else rest
        found |= bit
        rest = rest[hit.end() :]
        if not rest.startswith(","):
            break  # in wrapped text the name of the next group may follow
        rest = rest.lstrip(",")
    return found, ""


def learn_attributes(rows: Iterable[WhoamiRow]) -> Words:
    """The three words that most rows carry, as the three attributes that most groups have."""
    triples: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        parts = attributes_in(row.text, {})[1].split(",")
        triples[tuple(parts[:3])] += len(set(parts)) >= 3
    words, count = triples.most_common(1)[0] if triples else ((), 0)
    return dict(zip(words, _BITS, strict=False)) if count else {}


def state_in(text: str) -> bool | None:
    """True for enabled, False for disabled, None if no known word says so."""
    places = [
        (match.end(), state)
        for word, state in _STATES
        for match in re.finditer(rf"(?<!\w)(?:{word})(?!\w)", text)
    ]
    if places:
        return max(places)[1]
    squeezed = _squeezed(text).rstrip("\"'")
    return next((state for word, state in _STATES if re.search(rf"(?:{word})\Z", squeezed)), None)


def learn_states(rows: Iterable[WhoamiRow]) -> tuple[dict[WhoamiRow, bool | None], str, list[str]]:
    """States by the last word of each row: the one of SeChangeNotifyPrivilege means enabled.

    Also that word, empty if there is none, and the others.
    """
    words = {row: (re.findall(r"[^\s\"|]+", row.text) or [""])[-1] for row in rows}
    enabled = next((word for row, word in words.items() if row.anchor == "SeChangeNotifyPrivilege"), "")
    others = sorted({word for word in words.values() if word not in ("", enabled)})
    return (
        {row: word == enabled if word and enabled else None for row, word in words.items()},
        enabled,
        others,
    )
