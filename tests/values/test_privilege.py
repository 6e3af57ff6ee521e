"""The privileges: names, LUIDs, and what whoami says of them."""

import re

import pytest

from tests.support import shared_file
from tokenlab.values import PRIVILEGES, Luid, Privilege, PrivilegeAttributes


@pytest.mark.parametrize(
    ("luid", "name"),
    [  # wdm.h, SE_..._PRIVILEGE; [MS-LSAD] 3.1.1.2.1
        (2, "SeCreateTokenPrivilege"),
        (3, "SeAssignPrimaryTokenPrivilege"),
        (4, "SeLockMemoryPrivilege"),
        (5, "SeIncreaseQuotaPrivilege"),
        (6, "SeMachineAccountPrivilege"),
        (7, "SeTcbPrivilege"),
        (8, "SeSecurityPrivilege"),
        (9, "SeTakeOwnershipPrivilege"),
        (10, "SeLoadDriverPrivilege"),
        (11, "SeSystemProfilePrivilege"),
        (12, "SeSystemtimePrivilege"),
        (13, "SeProfileSingleProcessPrivilege"),
        (14, "SeIncreaseBasePriorityPrivilege"),
        (15, "SeCreatePagefilePrivilege"),
        (16, "SeCreatePermanentPrivilege"),
        (17, "SeBackupPrivilege"),
        (18, "SeRestorePrivilege"),
        (19, "SeShutdownPrivilege"),
        (20, "SeDebugPrivilege"),
        (21, "SeAuditPrivilege"),
        (22, "SeSystemEnvironmentPrivilege"),
        (23, "SeChangeNotifyPrivilege"),
        (24, "SeRemoteShutdownPrivilege"),
        (25, "SeUndockPrivilege"),
        (26, "SeSyncAgentPrivilege"),
        (27, "SeEnableDelegationPrivilege"),
        (28, "SeManageVolumePrivilege"),
        (29, "SeImpersonatePrivilege"),
        (30, "SeCreateGlobalPrivilege"),
        (31, "SeTrustedCredManAccessPrivilege"),
        (32, "SeRelabelPrivilege"),
        (33, "SeIncreaseWorkingSetPrivilege"),
        (34, "SeTimeZonePrivilege"),
        (35, "SeCreateSymbolicLinkPrivilege"),
        (36, "SeDelegateSessionUserImpersonatePrivilege"),
    ],
)
def test_a_luid_names_a_privilege(luid, name):
    assert Privilege.from_luid(luid) == name and Privilege(name).luid == luid


def test_there_are_36_and_only_the_obsolete_one_shares_its_luid():
    assert len(PRIVILEGES) == len(set(PRIVILEGES)) == 36
    luids = [privilege.luid for privilege in PRIVILEGES]
    assert sorted(luids) == luids and set(luids) == set(range(2, 37)) and luids.count(Luid(6)) == 2


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


@pytest.mark.parametrize(
    ("name", "description"),
    [  # not in the output of whoami at hand; "Privilege Constants", User Right
        ("SeMachineAccountPrivilege", "Add workstations to domain"),
        ("SeRemoteShutdownPrivilege", "Force shutdown from a remote system"),
        ("SeSyncAgentPrivilege", "Synchronize directory service data"),
        (
            "SeEnableDelegationPrivilege",
            "Enable computer and user accounts to be trusted for delegation",
        ),
    ],
)
def test_the_other_descriptions_are_those_of_the_user_rights(name, description):
    assert Privilege(name).description == description


@pytest.mark.parametrize(
    ("name", "constant"),
    [  # "Privilege Constants"
        ("SeProfileSingleProcessPrivilege", "SE_PROF_SINGLE_PROCESS_NAME"),
        ("SeIncreaseBasePriorityPrivilege", "SE_INC_BASE_PRIORITY_NAME"),
        ("SeIncreaseWorkingSetPrivilege", "SE_INC_WORKING_SET_NAME"),
    ],
)
def test_three_constants_are_shorter_than_the_name(name, constant):
    assert Privilege(name).constant == constant


def test_every_other_constant_spells_the_name():
    shorter = set()
    for privilege in PRIVILEGES:
        spelled = privilege.constant.removesuffix("NAME").replace("_", "") + "privilege"
        if spelled.lower() != privilege.lower():
            shorter.add(privilege.constant)
    assert shorter == {"SE_PROF_SINGLE_PROCESS_NAME", "SE_INC_BASE_PRIORITY_NAME", "SE_INC_WORKING_SET_NAME"}


def test_attributes_are_those_of_winnt():
    assert [int(flag) for flag in PrivilegeAttributes] == [1, 2, 4, 0x80000000]
