"""The words of attributes and states, in the languages whose print-outs are public, and in others."""

import pytest

from tokenlab.real import from_whoami
from tokenlab.real.words import attributes_in, state_in

# Mandatory + enabled by default + enabled; the same with owner; deny only; enabled; disabled. As public
# print-outs of `whoami /groups` and `whoami /priv` in these languages show them; a dash where none was found.
PRINTED = {
    "English": (
        "Mandatory group, Enabled by default, Enabled group",
        "Mandatory group, Enabled by default, Enabled group, Group owner",
        "Group used for deny only",
        "Enabled",
        "Disabled",
    ),
    "French": (
        "Groupe obligatoire, Activé par défaut, Groupe activé",
        "Groupe obligatoire, Activé par défaut, Groupe activé, Propriétaire du groupe",
        "-",
        "Activé",
        "Désactivé",
    ),
    "Spanish": (
        "Grupo obligatorio, Habilitado de manera predeterminada, Grupo habilitado",
        "-",
        "Grupo usado solo para denegar",
        "Habilitada",
        "Deshabilitado",
    ),
    "Portuguese": (
        "Grupo obrigatório, Ativado por padrão, Grupo ativado",
        "Grupo obrigatório, Ativado por padrão, Grupo ativado, Proprietário do grupo",
        "Grupo usado apenas para negar",
        "-",
        "-",
    ),
    "Russian": (
        "Обязательная группа, Включены по умолчанию, Включенная группа",
        "-",
        "Группа, используемая только для запрета",
        "-",
        "-",
    ),
    "Japanese": (
        "固定グループ, 既定で有効, 有効なグループ",
        "固定グループ, 既定で有効, 有効なグループ, グループ所有者",
        "拒否のみに使用するグループ",
        "有効",
        "無効",
    ),
    "Chinese": (
        "必需的组, 启用于默认, 启用的组",
        "必需的组, 启用于默认, 启用的组, 组的所有者",
        "只用于拒绝的组",
        "已启用",
        "已禁用",
    ),
    "German": ("-", "-", "-", "Aktiviert", "Deaktiviert"),
    "Italian": ("-", "-", "-", "Abilitato", "Disabilitato"),
}
WORDS = [
    pytest.param(text, value, id=f"{language}: {text}")
    for language, row in PRINTED.items()
    for text, value in zip(row, (0x7, 0xF, 0x10, True, False), strict=True)
    if text != "-"
]
ATTRIBUTES = [row for row in WORDS if not isinstance(row.values[1], bool)]
STATES = [row for row in WORDS if isinstance(row.values[1], bool)]


@pytest.mark.parametrize(("text", "attributes"), ATTRIBUTES)
def test_the_words_of_a_known_language_are_bits(text: str, attributes: int) -> None:
    assert attributes_in(f" {text}   ") == (attributes, "")
    assert attributes_in(f'","{text}"') == (attributes, "")  # in CSV
    assert attributes_in(f"\nAttributes: {text}") == (attributes, "")  # in a list


@pytest.mark.parametrize(("text", "attributes"), ATTRIBUTES)
def test_words_may_be_broken_anywhere(text: str, attributes: int) -> None:
    for place in range(len(text)):
        assert attributes_in(f"{text[:place]}\n  {text[place:]}\nNT AUTHORITY\\Next") == (attributes, "")


@pytest.mark.parametrize(("text", "enabled"), STATES)
def test_the_words_for_states_are_known_at_the_end_of_a_line(text: str, enabled: bool) -> None:
    assert state_in(f" Bypass traverse checking {text}  ") is enabled
    assert state_in(f'","Bypass traverse checking","{text}"') is enabled
    assert state_in(f" Bypass traverse checking\n{text[:3]}\n{text[3:]}") is enabled


@pytest.mark.parametrize("page", ["cp850", "cp437", "cp1252"])
def test_a_wrong_code_page_does_not_hide_a_word(page: str) -> None:
    """An old console prints cp850 or cp437; what copies it may take that for cp1252, or for UTF-8."""
    for text in ("Groupe obligatoire, Activé par défaut, Groupe activé", "Désactivé"):
        printed = text.encode(page)
        for copied in (printed.decode("cp1252", "replace"), printed.decode("utf-8", "replace")):
            assert (attributes_in(copied)[0] == 0x7) if "," in text else (state_in(copied) is False)
    assert state_in("Désactivé".encode().decode("cp1252")) is False


def test_a_sentence_with_such_a_word_in_it_is_no_state() -> None:
    assert state_in(" Enable computer and user accounts to be trusted for delegation") is None
    assert state_in(" Enable computer and user accounts to be trusted for delegation Disabled") is False


ESPERANTO = """
Uzanto      SID
=========== ==============================================
astro\\cosmo S-1-5-21-2154378322-3929449213-1104335884-1104

Grupo                  Speco       SID          Ecoj
====================== =========== ============ =============================================
Ĉiuj                   Konata gr.  S-1-1-0      Deviga grupo, Defaŭlte ŝaltita, Ŝaltita grupo
BUILTIN\\Administrantoj Alinomo     S-1-5-32-544 {administrators}
BUILTIN\\Uzantoj        Alinomo     S-1-5-32-545 Deviga grupo, Defaŭlte ŝaltita, Ŝaltita grupo
Deviga nivelo\\Meza     Etikedo     S-1-16-8192

Privilegio                    Priskribo           Stato
============================= =================== ==========
SeShutdownPrivilege           Malŝalti la sistemo Malŝaltita
SeChangeNotifyPrivilege       Preteriri kontrolon Ŝaltita
SeIncreaseWorkingSetPrivilege Pligrandigi         Malŝaltita
"""


@pytest.mark.parametrize(
    ("administrators", "attributes", "assumed"),
    [
        ("Grupo nur por rifuzi", 0x10, "deny only is assumed"),
        ("Deviga grupo, Defaŭlte ŝaltita, Ŝaltita grupo", 0x7, None),
        ("Deviga grupo, Defaŭlte ŝaltita, Ŝaltita grupo, Grupa posedanto", 0xF, "Group owner is assumed"),
    ],
)
def test_an_unknown_language_is_worked_out_and_the_notes_say_how(
    administrators: str, attributes: int, assumed: str | None
) -> None:
    context = from_whoami(ESPERANTO.format(administrators=administrators))
    groups = dict(context.groups)
    assert groups == {"S-1-1-0": 0x7, "S-1-5-32-544": attributes, "S-1-5-32-545": 0x7}
    assert context.enabled_privileges == {"SeChangeNotifyPrivilege"}
    said = "\n".join(context.notes)
    assert "'Devigagrupo, Defaŭlteŝaltita, Ŝaltitagrupo'" in said
    assert (
        "'Ŝaltita', which SeChangeNotifyPrivilege carries, is taken for Enabled, and 'Malŝaltita' for" in said
    )
    assert assumed is None or assumed in said
    assert len(context.notes) == 3 + (assumed is not None) + (attributes == 0xF)


def test_without_a_privilege_whose_state_is_certain_none_is_enabled() -> None:
    text = ESPERANTO.format(administrators="x").replace("SeChangeNotifyPrivilege", "SeDebugPrivilege       ")
    context = from_whoami(text)
    assert context.enabled_privileges == frozenset()
    assert sum("No state can be read" in note for note in context.notes) == 3
