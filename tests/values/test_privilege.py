"""The privileges: names, LUIDs, and what whoami says of them."""

import re

import pytest

from support import shared_file
from tokenlab.values import PRIVILEGES, Privilege, PrivilegeAttributes


@pytest.mark.parametrize(
    ("luid", "name"),
    [  # winnt.h, SE_..._PRIVILEGE; [MS-LSAD] 3.1.1.2.1
        (2, "SeCreateTokenPrivilege"),
        (3, "SeAssignPrimaryTokenPrivilege"),
        (5, "SeIncreaseQuotaPrivilege"),
        (6, "SeMachineAccountPrivilege"),
        (7, "SeTcbPrivilege"),
        (8, "SeSecurityPrivilege"),
        (9, "SeTakeOwnershipPrivilege"),
        (10, "SeLoadDriverPrivilege"),
        (17, "SeBackupPrivilege"),
        (18, "SeRestorePrivilege"),
        (19, "SeShutdownPrivilege"),
        (20, "SeDebugPrivilege"),
        (23, "SeChangeNotifyPrivilege"),
        (27, "SeEnableDelegationPrivilege"),
        (29, "SeImpersonatePrivilege"),
        (30, "SeCreateGlobalPrivilege"),
        (32, "SeRelabelPrivilege"),
        (36, "SeDelegateSessionUserImpersonatePrivilege"),
    ],
)
def test_a_luid_names_a_privilege(luid, name):
    assert Privilege.from_luid(luid) == name and Privilege(name).luid == luid


def test_there_are_36_and_only_the_obsolete_one_shares_its_luid():
    assert len(PRIVILEGES) == len(set(PRIVILEGES)) == 36
    luids = [privilege.luid for privilege in PRIVILEGES]
    assert sorted(luids) == luids and set(luids) == set(range(2, 37)) and luids.count(6) == 2


def test_a_privilege_is_its_name_and_case_does_not_matter_on_the_way_in():
    assert Privilege("sedebugprivilege") == "SeDebugPrivilege" and Privilege("SeDebugPrivilege") in {
        "SeDebugPrivilege"
    }
    assert eval(repr(PRIVILEGES[0])) == PRIVILEGES[0] and PRIVILEGES[0].constant == "SE_CREATE_TOKEN_NAME"


def test_a_wrong_name_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="SeDebugPrivilege"):
        Privilege("SeDebugPriviledge")
    with pytest.raises(ValueError, match="2 to 36"):
        Privilege.from_luid(37)


def test_descriptions_are_those_that_whoami_prints():
    told = 0
    for name in ("filtered_administrator", "iis_apppool_service", "local_system"):
        for line in shared_file(f"real/whoami/{name}.txt").read_text(encoding="utf-8").splitlines():
            found = re.match(r"(Se\w+Privilege)\s+(\S.*?)\s+(?:Enabled|Disabled)\s*$", line)
            if found:
                told += 1
                assert Privilege(found[1]).description == found[2]
    assert told > 40


def test_attributes_are_those_of_winnt():
    assert [int(flag) for flag in PrivilegeAttributes] == [1, 2, 4, 0x80000000]
