"""The table of SIDs that mean the same everywhere."""

import re

import pytest

from tests.support import load_json
from tokenlab.values import Sid
from tokenlab.values.sid_names import ALIAS_OF, DOMAIN_ALIASES, DOMAIN_NAMES, NAMES
from tokenlab.values.well_known import ALIASES, WELL_KNOWN


@pytest.mark.parametrize(
    ("alias", "sid"),
    [  # [MS-DTYP] 2.5.1.1, sid-token; "SID strings" on Microsoft Learn
        ("AA", "S-1-5-32-579"),
        ("AC", "S-1-15-2-1"),
        ("AN", "S-1-5-7"),
        ("AS", "S-1-18-1"),
        ("AU", "S-1-5-11"),
        ("BA", "S-1-5-32-544"),
        ("BG", "S-1-5-32-546"),
        ("BU", "S-1-5-32-545"),
        ("CG", "S-1-3-1"),
        ("CO", "S-1-3-0"),
        ("ED", "S-1-5-9"),
        ("ER", "S-1-5-32-573"),
        ("HI", "S-1-16-12288"),
        ("IU", "S-1-5-4"),
        ("LS", "S-1-5-19"),
        ("LW", "S-1-16-4096"),
        ("ME", "S-1-16-8192"),
        ("MP", "S-1-16-8448"),
        ("NS", "S-1-5-20"),
        ("NU", "S-1-5-2"),
        ("OW", "S-1-3-4"),
        ("PS", "S-1-5-10"),
        ("RC", "S-1-5-12"),
        ("RD", "S-1-5-32-555"),
        ("RU", "S-1-5-32-554"),
        ("SI", "S-1-16-16384"),
        ("SS", "S-1-18-2"),
        ("SU", "S-1-5-6"),
        ("SY", "S-1-5-18"),
        ("UD", "S-1-5-84-0-0-0-0-0"),
        ("WD", "S-1-1-0"),
        ("WR", "S-1-5-33"),
        ("AO", "S-1-5-32-548"),
        ("BO", "S-1-5-32-551"),
        ("CD", "S-1-5-32-574"),
        ("CY", "S-1-5-32-569"),
        ("ES", "S-1-5-32-576"),
        ("HA", "S-1-5-32-578"),
        ("HO", "S-1-5-32-584"),  # sddl.h, SDDL_USER_MODE_HARDWARE_OPERATORS
        ("IS", "S-1-5-32-568"),
        ("LU", "S-1-5-32-559"),
        ("MS", "S-1-5-32-577"),
        ("MU", "S-1-5-32-558"),
        ("NO", "S-1-5-32-556"),
        ("PO", "S-1-5-32-550"),
        ("PU", "S-1-5-32-547"),
        ("RA", "S-1-5-32-575"),
        ("RE", "S-1-5-32-552"),
        ("RM", "S-1-5-32-580"),  # sddl.h, SDDL_REMOTE_MANAGEMENT_USERS
        ("SO", "S-1-5-32-549"),
    ],
)
def test_an_alias_means_the_sid_that_windows_means(alias, sid):
    assert ALIASES[alias] == sid and ALIAS_OF[sid] == alias


@pytest.mark.parametrize(
    ("alias", "rid"),
    [("LA", 500), ("LG", 501), ("DA", 512), ("DU", 513), ("DG", 514), ("DC", 515), ("DD", 516), ("CA", 517)]
    + [("SA", 518), ("EA", 519), ("PA", 520), ("CN", 522), ("AP", 525), ("KA", 526), ("EK", 527), ("RO", 498)]
    + [("RS", 553)],  # [MS-DTYP] 2.4.2.4 and 2.5.1.1
)
def test_an_alias_of_a_domain_means_a_relative_identifier(alias, rid):
    assert DOMAIN_ALIASES[alias] == rid and rid in DOMAIN_NAMES


def test_no_sid_and_no_alias_stands_twice():
    assert len({row.sid for row in WELL_KNOWN}) == len(WELL_KNOWN) == len(NAMES)
    assert len(ALIASES) == len(ALIAS_OF) and not ALIASES.keys() & DOMAIN_ALIASES.keys()


def test_every_alias_that_real_windows_wrote_is_known():
    seen = set()
    for name in ("sddl_ordinary", "sddl_conditional"):
        for row in load_json(f"vectors/{name}.json"):
            seen |= set(re.findall(r"(?:;|SID\()([A-Z]{2})\)", row["sddl"]))
            seen |= set(re.findall(r"[OG]:([A-Z]{2})(?=[GDS]:|$)", row["sddl"]))
    assert len(seen) > 30 and seen <= ALIASES.keys() | DOMAIN_ALIASES.keys()


def test_names_are_those_that_whoami_prints():
    from tests.support import shared_file

    for name in ("filtered_administrator", "iis_apppool_service", "local_system"):
        text = shared_file(f"real/whoami/{name}.txt").read_text(encoding="utf-8")
        for line in text.splitlines():
            found = re.match(r"(\S.*?)\s{2,}(?:Well-known group|Alias|Label)\s+(S-1-[\d-]+)", line)
            if found:
                assert Sid(found[2]).name == found[1].strip(), line
